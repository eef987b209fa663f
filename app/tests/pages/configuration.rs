//! The policy: its sections, what each says, and how it is changed.

use crate::{
    pages::{has, has_html},
    support::{fake::Mood, render::render},
};

#[tokio::test]
async fn each_section_leads_to_its_page() {
    let answer = render("/configuration", Mood::Well).await;
    has(&answer, "Version 3 is in force.");
    has_html(&answer, r#"href="/configuration/expectations""#);
    has(&answer, "fiona put version 3 in force “ Harbour asks for a signature ”");
    has(&render("/configuration", Mood::Empty).await, "Nothing is billed by guess");
}

#[tokio::test]
async fn a_section_shows_its_rows_by_page_and_by_word() {
    let answer = render("/configuration/contracts?page=2", Mood::Well).await;
    has(&answer, "C-1042 Harbour 2026 from 1 Jan 2026 Billed on delivery · POD signed · Charges rated");
    has(&answer, "120 lines listed · page 2 of 3");
    has_html(&answer, r#"href="/configuration/contracts?page=3""#);
    has(&render("/configuration/contracts?q=x", Mood::Well).await, "Nothing matches");
    assert_eq!(render("/configuration/nothing", Mood::Well).await.status, Some(404));
}

#[tokio::test]
async fn only_who_may_change_it_gets_the_form_and_nothing_is_put_before_it_was_checked() {
    let may = render("/configuration/expectations", Mood::Well).await;
    has_html(&may, r#"name="replaces" value="3""#);
    has_html(&may, "[expectations]\npod_grace = 12");
    has_html(&may, r#"name="do" value="check""#);
    assert!(!may.html.contains(r#"value="put""#));
    let may_not = render("/configuration/expectations", Mood::Looking).await;
    assert!(!may_not.html.contains("<textarea"));
    has(&may_not, "A finance lead or an administrator who sees all regions and business units can put another one in force.");
}
