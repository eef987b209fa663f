//! What people meet: rows and figures, and every state in which there are none.

use crate::support::{
    fake::Mood,
    render::{Answer, render},
};

const PAGES: [&str; 18] = [
    "/",
    "/shipments",
    "/shipments/0193b3c0-0000-7000-8000-000000000004",
    "/shipments/0193b3c0-0000-7000-8000-000000000004/events/1041",
    "/quarantine",
    "/quarantine/0193b3c1-0000-7000-8000-000000000000",
    "/search?q=SCMS-86",
    "/exceptions",
    "/exceptions?view=list",
    "/home",
    "/orders/SO-7",
    "/work/unbilled",
    "/configuration",
    "/configuration/contracts",
    "/configuration/expectations?page=2",
    "/work/stale?sort=value",
    "/exceptions/0193b3c2-0000-7000-8000-000000000000",
    "/shipments/0193b3c0-0000-7000-8000-000000000004/readiness",
];

pub fn has(answer: &Answer, words: &str) {
    let text = answer.text();
    assert!(text.contains(words), "no “{words}” in: {text}");
}

pub fn has_html(answer: &Answer, html: &str) {
    assert!(answer.html.contains(html), "no “{html}” in: {}", answer.html);
}

#[tokio::test]
async fn every_page_has_one_heading_one_main_and_a_way_to_skip_to_it() {
    for page in PAGES {
        let answer = render(page, Mood::Well).await;
        assert_eq!(answer.html.matches("<h1").count(), 1, "{page}");
        assert_eq!(answer.html.matches("<main").count(), 1, "{page}");
        assert!(answer.html.contains(r##"href="#main""##), "{page}");
        assert!(!answer.html.contains("Loading…"), "{page} was not whole");
        assert_eq!((answer.status, answer.redirect), (None, None), "{page}");
    }
}

#[tokio::test]
async fn no_page_needs_an_inline_style() {
    for page in PAGES {
        assert!(!render(page, Mood::Well).await.html.contains(" style="), "{page}");
    }
}

#[tokio::test]
async fn ids_are_unique_on_each_page() {
    for page in PAGES {
        let answer = render(page, Mood::Well).await;
        let ids: Vec<_> = answer.html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{page}: {ids:?}");
    }
}

#[tokio::test]
async fn without_a_script_in_the_build_a_page_loads_none() {
    let answer = render("/", Mood::Well).await;
    assert!(!answer.html.contains("modulepreload") && !answer.html.contains("type=\"module\""));
    has_html(&answer, r#"<link rel="stylesheet" href="/assets/main-1.css">"#);
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_sign_in_and_back() {
    let answer = render("/shipments?stage=planned", Mood::SignedOut).await;
    assert_eq!(answer.redirect.as_deref(), Some("/sign-in?next=%2Fshipments%3Fstage%3Dplanned"));
    assert!(!answer.html.contains("aria-label=\"Main\""), "no navigation for strangers");
}

#[tokio::test]
async fn the_sign_in_page_asks_no_server() {
    let answer = render("/sign-in?next=%2Fquarantine&error=refused", Mood::SignedOut).await;
    assert_eq!((answer.status, answer.redirect.as_deref()), (None, None));
    has_html(&answer, r#"name="next" value="/quarantine""#);
    has(&answer, "do not fit together");
}

#[tokio::test]
async fn each_failure_is_told_with_its_status() {
    let cases =
        [(Mood::Forbidden, 403, "Not for your role"), (Mood::Away, 503, "Busy just now"), (Mood::Gone, 404, "Nothing here")];
    for (mood, status, words) in cases {
        for page in PAGES {
            let answer = render(page, mood).await;
            assert_eq!(answer.status, Some(status), "{page} {mood:?}");
            has(&answer, words);
            assert_eq!(answer.html.matches("<h1").count(), 1, "{page} {mood:?}");
        }
    }
}

#[tokio::test]
async fn an_unknown_address_is_not_found() {
    let answer = render("/nope", Mood::Well).await;
    assert_eq!(answer.status, Some(404));
    has(&answer, "Nothing here");
}

#[tokio::test]
async fn every_number_of_the_overview_leads_to_its_rows() {
    let answer = render("/?region=VN", Mood::Well).await;
    has_html(&answer, r#"href="/kpis/K25/rows?part=holds%3A16" data-n="200" data-money="1250.50 EUR""#);
    has_html(&answer, r#"href="/shipments?stage=in_transit" data-n="421""#);
    has_html(&answer, r#"href="/kpis/K6/rows?part=age%3A4-24h" data-n="96""#);
    has_html(&answer, r#"href="/kpis/K7/rows?part=state%3Arefused%2Bage%3A0-15m" data-n="12""#);
    has_html(&answer, r#"href="/exceptions?cause=pod_missing%3ADHL&amp;view=list" data-n="70""#);
    has_html(&answer, r#"href="/kpis/K25/rows?part=any%3A4" data-n="9""#);
    has_html(&answer, r#"href="/trends?region=VN""#);
    has_html(&answer, r#"href="/kpis/K4/rows?part=proof_to_invoice%3Aleft_out" data-n="7""#);
    has_html(&answer, r#"href="/kpis/OTD/rows?region=VN&amp;part=left_out" data-n="211""#);
    for card in ["cash", "causes", "proof", "erp", "pipeline", "sources"] {
        has_html(&answer, &format!(r#"href="/overview/{card}/csv?region=VN""#));
    }
    has_html(&answer, r#"aria-label="Remove filter Region: Vietnam""#);
}

#[tokio::test]
async fn a_card_says_what_it_counts_and_what_holds_things_up() {
    let answer = render("/", Mood::Well).await;
    has(&answer, "88.5 % on time 9,138 on time, 1,186 late");
    has(&answer, "left out: 211 no promise told");
    has(&answer, "left out: 7 invoiced before the POD came");
    has(&answer, "left out: 2 sources that only ever told old data");
    has(
        &answer,
        "OTD: shipments whose first invoice was issued in the period · clock: calendar · all days; cases in the weeks from 2 Feb 2026 to 15 Feb 2026 · as of",
    );
    has(&answer, "In the papers most time goes here: 283 shipments stand in “Delivered”.");
    has(&answer, "Share of EUR");
    has(
        &answer,
        "K25: shipments whose first invoice was issued in the period · clock: calendar, since: dispatch first confirmed · now · as of",
    );
    has(&answer, "Told by no source Dispatch, Invoice");
    has(&answer, "283 Delivered half within 4 h until the invoice left out: 7 invoiced before the POD came Bottleneck");
    has(&answer, "Drain time: 2 d 4 h 1.0 a day came, 2.0 went (told without their rows)");
    has(&answer, "88 held by nothing but the POD : a POD alone would release them, 1,250.50 EUR .");
    has(&answer, "POD missing 65.5 % 200 1,250.50 EUR");
    has(&answer, "North gate Silent never 2 of wms/eu 3 of wms/us 9");
    has(&answer, "South gate No cadence set never 0 none");
    has(&answer, "shipments that wait for a POD or whose status is stale are not counted here");
}

#[tokio::test]
async fn who_may_not_read_quarantine_is_not_told_that_nothing_is_in_it() {
    let answer = render("/", Mood::Looking).await;
    has(&answer, "Source How it is Last word Shipments that wait for it Their money");
    has(&answer, "North gate Silent never 9");
}

#[tokio::test]
async fn more_causes_are_where_causes_are_listed() {
    let answer = render("/?region=VN", Mood::Well).await;
    has_html(&answer, r#"href="/exceptions?region=VN&amp;snoozed=yes">3 causes more"#);
    has_html(&answer, r#"href="/kpis/K25?region=VN">3 sets of holds more"#);
    let answer = render("/?carrier=PRRE", Mood::Well).await;
    has(&answer, "3 causes more, all of them in the file");
}

#[tokio::test]
async fn under_twenty_cases_there_is_no_rate() {
    let answer = render("/", Mood::Few).await;
    has(&answer, "4 of 6 on time");
    has(&answer, "Everything that is delivered is invoiced.");
    assert!(!answer.text().contains('%'));
}

#[tokio::test]
async fn a_role_sees_only_what_it_may_open() {
    let viewer = render("/", Mood::Few).await;
    assert!(!viewer.html.contains("href=\"/quarantine\""));
    let integration = render("/", Mood::Well).await;
    has_html(&integration, "href=\"/quarantine\"");
}

#[tokio::test]
async fn emptiness_says_why() {
    has(&render("/", Mood::Empty).await, "waybill apikey create tms");
    has(&render("/?region=VN", Mood::Empty).await, "No shipment matches");
    has(&render("/shipments", Mood::Empty).await, "No shipments yet");
    has(&render("/shipments?stage=posted", Mood::Empty).await, "No shipment matches");
    has(&render("/quarantine", Mood::Empty).await, "Nothing waits");
    has(&render("/quarantine?code=x", Mood::Empty).await, "Nothing matches");
    has(&render("/search?q=nothing", Mood::Well).await, "Nothing found");
    has(&render("/search", Mood::Well).await, "What do you look for?");
}

#[tokio::test]
async fn a_list_shows_its_filter_and_the_next_page() {
    let answer = render("/shipments?stage=&region=VN", Mood::Well).await;
    has(&answer, "10,324 shipments");
    has_html(&answer, r#"aria-label="Remove filter Region: Vietnam""#);
    has_html(&answer, r#"<option value="VN" selected>"#);
    has_html(&answer, r#"href="/shipments?region=VN&amp;after=c2VxOjUw""#);
}

#[tokio::test]
async fn a_shipment_tells_what_no_source_has_told() {
    let answer = render(PAGES[2], Mood::Well).await;
    has(&answer, "Not told by any source");
    has(&answer, "Dispatched not told");
    has(&answer, "Loaded Superseded");
    has(&answer, "Recorded before it occurred");
}

#[tokio::test]
async fn only_who_may_fix_gets_the_forms() {
    let may = render(PAGES[5], Mood::Well).await;
    has_html(&may, r#"action="/api/ui/quarantine_fix""#);
    has_html(&may, r#"name="version" value="2""#);
    let may_not = render(PAGES[5], Mood::Few).await;
    assert!(!may_not.html.contains("quarantine_fix"));
    has(&may_not, "Your role may look, not fix.");
}

#[tokio::test]
async fn a_resolved_item_leads_to_its_shipment() {
    let answer = render("/quarantine/resolved?flash=accepted", Mood::Well).await;
    has(&answer, "Replayed and accepted: the event is in the store.");
    has_html(&answer, r#"href="/shipments/0193b3c0-0000-7000-8000-000000000004""#);
    assert!(!answer.html.contains("quarantine_fix"));
}

#[tokio::test]
async fn a_form_without_script_comes_back_with_the_field() {
    // {"error":"invalid","field":"reason","message":"Say why."}
    let error = "eyJlcnJvciI6ImludmFsaWQiLCJmaWVsZCI6InJlYXNvbiIsIm1lc3NhZ2UiOiJTYXkgd2h5LiJ9";
    let answer = render(&format!("{}?__path=%2Fapi%2Fui%2Fquarantine_fix&__err={error}", PAGES[5]), Mood::Well).await;
    has_html(&answer, r#"id="reason-problem" class="problem">Say why."#);
}

#[tokio::test]
async fn a_discarded_item_offers_nothing_more() {
    let answer = render("/quarantine/discarded", Mood::Well).await;
    assert!(!answer.html.contains("/api/ui/quarantine_"));
    has(&answer, "Discarded: no shipment was changed.");
}

#[tokio::test]
async fn raw_events_are_linked_for_those_who_may_read_them() {
    assert!(render(PAGES[2], Mood::Well).await.html.contains("/events/1041"));
    assert!(!render(PAGES[2], Mood::Few).await.html.contains("/events/1041"));
}
