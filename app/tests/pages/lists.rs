//! Lists of work: what waits, for how long, for how much money, and whose move it is.

use crate::{
    pages::{has, has_html},
    support::{fake::Mood, render::render},
};

#[tokio::test]
async fn the_head_tells_how_many_wait_and_how_much_and_each_part_leads_to_its_own() {
    let answer = render("/work/unbilled?region=VN", Mood::Well).await;
    has(&answer, "Delivered, not invoiced 1,053 shipments 202,440.80 USD 12,410.50 EUR waiting");
    has(&answer, "POD missing 41 184,200.00 USD 12,410.50 EUR");
    has_html(&answer, r#"href="/work/unbilled?hold=pod_missing&amp;region=VN""#);
    has_html(&answer, r#"href="/work/pod?region=VN""#);
    has_html(&answer, r#"href="/work/unbilled?region=VN&amp;sort=value""#);
    has_html(&answer, r#"href="/work/unbilled?region=VN&amp;after=bC54""#);
    has_html(&answer, r#"href="/work/unbilled/csv?region=VN""#);
}

#[tokio::test]
async fn a_row_tells_every_hold_and_leads_on_with_the_way_back() {
    let answer = render("/work/unbilled?hold=pod_missing", Mood::Well).await;
    has(&answer, "SCMS-193560 6 d 4 h 1,200.50 USD POD missing Charges missing Logistics, Finance");
    has(&answer, "SCMS-193570 6 d 4 h 1,200.50 USD Ready to invoice Finance");
    let back = "back=%2Fwork%2Funbilled%3Fhold%3Dpod_missing";
    has_html(&answer, &format!("href=\"/shipments/0193b3c0-0000-7000-8000-000000000000?{back}\""));
    has_html(&answer, r#"aria-label="Remove filter Held by: POD missing""#);
}

#[tokio::test]
async fn a_list_of_one_kind_leads_to_the_exception() {
    let answer = render("/work/orders", Mood::Well).await;
    has(&answer, "blocked for credit");
    has_html(&answer, r#"href="/exceptions/0193b3c2-0000-7000-8000-000000000000?back=%2Fwork%2Forders""#);
}

#[tokio::test]
async fn shipment_and_exception_lead_back_to_the_list() {
    let back = "?back=%2Fwork%2Funbilled%3Fhold%3Dpod_missing";
    for page in [
        "/shipments/0193b3c0-0000-7000-8000-000000000004",
        "/shipments/0193b3c0-0000-7000-8000-000000000004/readiness",
        "/exceptions/0193b3c2-0000-7000-8000-000000000000",
    ] {
        let answer = render(&format!("{page}{back}"), Mood::Well).await;
        has_html(&answer, r#"<a href="/work/unbilled?hold=pod_missing">← Delivered, not invoiced</a>"#);
        let elsewhere = render(&format!("{page}?back=%2F%2Fevil.example"), Mood::Well).await;
        assert!(!elsewhere.html.contains("←"), "{page}");
    }
}

#[tokio::test]
async fn emptiness_says_why_and_what_is_no_list_is_not_found() {
    has(&render("/work/stale", Mood::Empty).await, "Nothing waits");
    has(&render("/work/stale?region=VN", Mood::Empty).await, "Nothing matches");
    assert_eq!(render("/work/nothing", Mood::Well).await.status, Some(404));
}

#[tokio::test]
async fn home_leads_from_each_figure_to_its_rows_and_from_each_cause_to_its_own() {
    let answer = render("/home", Mood::Well).await;
    has(&answer, "Late, not delivered over 10,000");
    has_html(&answer, r#"href="/work/stale""#);
    has_html(&answer, r#"href="/exceptions?cause=pod_missing%3Adhl&amp;view=list""#);
    has_html(&answer, r#"aria-label="What do I tell the caller?""#);
    has(&render("/home", Mood::Empty).await, "Nothing waits");
    assert!(!render("/home", Mood::Few).await.html.contains("What do I tell the caller?"));
}

#[tokio::test]
async fn a_shipment_says_what_to_tell_the_caller() {
    for mood in [Mood::Well, Mood::Few] {
        let answer = render("/shipments/0193b3c0-0000-7000-8000-000000000004", mood).await;
        has(&answer, "What to tell the caller It was delivered on 14 Nov 2026. There is no invoice yet: POD missing.");
    }
}

#[tokio::test]
async fn an_order_shows_its_legs_with_their_own_carriers_and_leads_to_each() {
    let answer = render("/orders/SO-7", Mood::Well).await;
    has(&answer, "SO-7 Changed Blocked for credit 3 shipments 3,601.50 USD in all");
    has(&answer, "Order blocked");
    has_html(&answer, r#"href="/shipments/0193b3c0-0000-7000-8000-000000000000?back=%2Forders%2FSO-7""#);
    has_html(&answer, r#"href="/search?q=INV-7""#);
    has(&render("/orders/SO-7", Mood::Empty).await, "No shipment yet");
    assert!(!render("/orders/SO-7", Mood::Few).await.html.contains("Held from billing by"));
}
