//! Exceptions: what waits, whose move it is, and what a person can do about it.

use crate::{
    pages::{has, has_html},
    support::{fake::Mood, render::render},
};

const ONE: &str = "/exceptions/0193b3c2-0000-7000-8000-000000000000";
const SHIPMENT: &str = "/shipments/0193b3c0-0000-7000-8000-000000000004";

#[tokio::test]
async fn the_head_tells_how_many_wait_and_how_much_in_each_currency() {
    let answer = render("/exceptions", Mood::Well).await;
    has(&answer, "52 exceptions on 50 shipments 202,440.80 USD 12,410.50 EUR waiting");
    has(&answer, "All 52 Logistics 41 Finance 3 Integration 8 Customer service 0");
}

#[tokio::test]
async fn a_group_leads_to_its_rows_without_losing_the_filter() {
    let answer = render("/exceptions?region=VN", Mood::Well).await;
    has(&answer, "POD missing: DHL High Logistics 41 41 184,200.00 USD 12,410.50 EUR 6 d 4 h 12 past due");
    has_html(&answer, r#"href="/exceptions?cause=pod_missing%3Adhl&amp;region=VN&amp;view=list""#);
    has_html(&answer, r#"href="/exceptions?queue=finance&amp;region=VN""#);
}

#[tokio::test]
async fn the_part_travels_once_and_is_marked_as_the_servers() {
    let answer = render("/exceptions", Mood::Well).await;
    assert_eq!(answer.html.matches("POD missing: DHL").count(), 1);
    has_html(&answer, r#"<div id="page" data-shown="" data-topics="exceptions" class="served">"#);
}

#[tokio::test]
async fn picked_rows_are_posted_with_the_version_that_was_seen() {
    let answer = render("/exceptions?view=list&queue=finance", Mood::Well).await;
    has_html(&answer, r#"action="/exceptions/act""#);
    has_html(&answer, r#"name="back" value="/exceptions?queue=finance&amp;view=list""#);
    has_html(&answer, r#"value="0193b3c2-0000-7000-8000-000000000000:3""#);
    has_html(&answer, r#"data-amount="1200.50" data-currency="USD""#);
    has_html(&answer, r#"aria-label="Select POD missing: DHL, SCMS-193560""#);
    has_html(&answer, r#"href="/exceptions?queue=finance&amp;view=list&amp;after=c2VxOjIw""#);
    for action in ["assign", "snooze", "claim"] {
        has_html(&answer, &format!(r#"name="action" value="{action}""#));
    }
}

#[tokio::test]
async fn a_row_that_hides_or_came_back_says_so() {
    let answer = render("/exceptions?view=list", Mood::Well).await;
    has(&answer, "snoozed until 21 Nov 2026, 08:00");
    has(&answer, "came back 1×");
    has(&answer, "20 Nov 2026, 18:00 past due");
    has(&answer, "Said to be solved");
}

#[tokio::test]
async fn the_filter_is_told_and_can_be_taken_apart() {
    let answer = render("/exceptions?view=list&cause=pod_missing%3Adhl&assignee=me&state=claimed", Mood::Well).await;
    has(&answer, "Cause: POD missing: DHL");
    has_html(&answer, r#"aria-label="Remove filter Assigned to: Me""#);
    has_html(&answer, r#"aria-label="Remove filter State: Said to be solved""#);
}

#[tokio::test]
async fn nothing_waiting_is_not_the_same_as_nothing_matching() {
    has(&render("/exceptions", Mood::Empty).await, "Nothing waits");
    has(&render("/exceptions?view=list", Mood::Empty).await, "Nothing waits");
    has(&render("/exceptions?kind=duplicate", Mood::Empty).await, "Nothing matches");
}

#[tokio::test]
async fn only_who_may_read_exceptions_is_led_to_them() {
    has_html(&render("/", Mood::Well).await, r#"href="/exceptions""#);
    assert!(!render("/", Mood::Few).await.html.contains(r#"href="/exceptions""#));
    assert_eq!(render("/exceptions", Mood::Few).await.status, Some(403));
    assert_eq!(render(ONE, Mood::Few).await.status, Some(403));
}

#[tokio::test]
async fn who_may_only_look_is_offered_nothing_to_act_with() {
    let answer = render("/exceptions?view=list", Mood::Looking).await;
    has(&answer, "POD missing: DHL");
    assert!(!answer.html.contains("data-pick") && !answer.html.contains("/exceptions/act"));
}

#[tokio::test]
async fn who_is_signed_out_is_led_back_to_the_same_rows() {
    let answer = render("/exceptions?view=list&queue=finance", Mood::SignedOut).await;
    assert_eq!(answer.redirect.as_deref(), Some("/sign-in?next=%2Fexceptions%3Fview%3Dlist%26queue%3Dfinance"));
}

#[tokio::test]
async fn an_exception_tells_what_ends_it_and_that_nobody_can_close_it() {
    let answer = render(ONE, Mood::Well).await;
    has(&answer, "A proof of delivery for this shipment comes in.");
    has(&answer, "Nobody can close it by hand");
    has(&answer, "Ask DHL for the signed POD.");
    has(&answer, "Came back 1×");
    has_html(&answer, r#"href="/exceptions?cause=pod_missing%3Adhl&amp;view=list">40 others"#);
    has(&answer, "jonas Said to be solved “ DHL sent it by mail ”");
    has(&answer, "Held by 2 conditions");
}

#[tokio::test]
async fn the_forms_are_those_that_the_viewer_may_use_now() {
    let offered = |html: &str| -> Vec<String> {
        let fields = html.split(r#"name="action" value=""#).skip(1);
        fields.filter_map(|rest| rest.split('"').next()).map(Into::into).collect()
    };
    assert_eq!(offered(&render(ONE, Mood::Well).await.html), ["claim", "assign", "assign", "snooze", "comment", "waive"]);
    let claimed = render("/exceptions/claimed", Mood::Well).await;
    assert_eq!(offered(&claimed.html), ["assign", "assign", "snooze", "comment", "reopen", "waive"]);
    has(&claimed, "its effect is not seen yet");
    let verified = render("/exceptions/verified", Mood::Well).await;
    assert_eq!(offered(&verified.html), ["comment"]);
    has(&verified, "Solved: its effect was seen.");
    let readonly = render("/exceptions/readonly", Mood::Well).await;
    assert!(offered(&readonly.html).is_empty());
    has(&readonly, "Your role may look, not act.");
}

#[tokio::test]
async fn acting_leads_back_with_the_way_to_the_rows_it_was_come_from() {
    let rows = "/kpis/K8/rows?carrier=PRRE";
    let answer = render(&format!("{ONE}?back=%2Fkpis%2FK8%2Frows%3Fcarrier%3DPRRE"), Mood::Well).await;
    has_html(&answer, &format!(r#"href="{rows}">← Behind K8"#));
    let backs: Vec<&str> =
        answer.html.split(r#"name="back" value=""#).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(backs.len() > 6, "each action and the undoing: {backs:?}");
    for back in backs {
        assert_eq!(back, format!("{ONE}?back=%2Fkpis%2FK8%2Frows%3Fcarrier%3DPRRE"));
    }
}

#[tokio::test]
async fn what_an_action_came_to_is_told_where_it_leads_back() {
    for address in ["/exceptions?view=list&flash=f1", "/exceptions?flash=f1", &format!("{ONE}?flash=f1")] {
        let answer = render(address, Mood::Well).await;
        has(&answer, "Snoozed 2 exceptions. Undo");
        has(&answer, "POD missing : ben changed it");
        has_html(&answer, r#"action="/exceptions/undo""#);
        has_html(&answer, r#"name="on" value="0190-a:4""#);
    }
    let unharmed = render("/exceptions?flash=%3Cb%3E", Mood::Well).await;
    assert!(!unharmed.html.contains("class=\"flash"));
}

#[tokio::test]
async fn a_shipment_tells_whether_it_may_be_billed_and_what_holds_it() {
    let answer = render(SHIPMENT, Mood::Well).await;
    has(
        &answer,
        "Billing readiness Held by 2 conditions All 2 together release 4,200.00 USD : none of them does so alone. Money waiting 4,200.00 USD",
    );
    has(&answer, "Signed proof of delivery Not met Logistics 13 Nov 2026, 09:00 A signed POD releases it.");
    has(&answer, "Charges rated Not met Finance not told");
    has(&answer, "Temperature proven Waived");
    has(&answer, "waived by amira: dry goods");
    has(&answer, "Delivered Met 13 Nov 2026");
    has(&answer, "Open exceptions");
    assert_eq!(answer.html.matches("A signed POD releases it.").count(), 1, "no second copy for the browser");
}

#[tokio::test]
async fn a_shipment_says_nothing_of_readiness_to_those_it_is_not_for() {
    let answer = render(SHIPMENT, Mood::Few).await;
    assert_eq!(answer.status, None);
    assert!(!answer.text().contains("Billing readiness"));
    has(&answer, "Not told by any source");
    assert_eq!(render(&format!("{SHIPMENT}/readiness"), Mood::Few).await.status, Some(403));
}

#[tokio::test]
async fn what_ends_it_is_offered_first_and_leads_back() {
    let answer = render(ONE, Mood::Well).await;
    has(&answer, "What ends it");
    has(&answer, "pod 4711 signed.pdf · PDF, 1.8 MB · attached by ben");
    has_html(&answer, r#"enctype="multipart/form-data""#);
    let html = &answer.html;
    assert!(html.find("Attach it").expect("offered") < html.find("Act on it").expect("offered"));
    has(&answer, "Last: jonas said that it is solved . Undo that");
}

#[tokio::test]
async fn a_shipment_offers_what_its_reader_may_do_and_shows_what_was_taken_back() {
    let answer = render(SHIPMENT, Mood::Well).await;
    for form in
        ["Attach a proof of delivery", "Validate the proof", "Reject the proof", "Approve the freight charge", "Correct a field"]
    {
        has(&answer, form);
    }
    has(&answer, "Customer (now: C-1042)");
    has(&answer, "ben : POD validated Note page 2 is black Taken back by amira");
    has_html(&answer, "<s>another");
    assert!(!answer.html.contains("documents/d1"), "what was taken back is not offered");
    // An unmet condition is waived where it stands, with a reason.
    has(&answer, "Waive : Signed proof of delivery");
    let looking = render(SHIPMENT, Mood::Looking).await;
    has(&looking, "pod 4711 signed.pdf");
    assert!(!looking.html.contains("/undo\"") && !looking.html.contains("multipart"));
    let few = render(SHIPMENT, Mood::Few).await;
    assert!(!few.text().contains("Said at the desk"));
}
