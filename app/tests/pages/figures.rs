//! Key figures: each number leads to its rows, with the filter kept.

use crate::{
    pages::{has, has_html},
    support::{fake::Mood, render::render},
};

#[tokio::test]
async fn all_figures_lead_to_each_and_to_its_rows() {
    let answer = render("/kpis?region=EU", Mood::Well).await;
    has(&answer, "K1 Dispatch to invoice 2 d 2 h 1,204 87 shipments whose first invoice was issued in the period");
    has(&answer, "clock: calendar · calendar clock 12 Finance");
    has(&answer, "region EU · all days; cases in the weeks from 2 Feb 2026 to 15 Feb 2026 (UTC days)");
    has_html(&answer, r#"href="/kpis/K1/rows?region=EU&amp;part=left_out" data-n="12""#);
    has_html(&answer, r#"href="/kpis/csv?region=EU""#);
    has_html(&answer, r#"href="/kpis/K3?region=EU""#);
    has_html(&answer, r#"href="/kpis/K3/rows?region=EU""#);
    has_html(&answer, r#"href="/definitions""#);
}

#[tokio::test]
async fn a_figure_tells_its_cases_what_is_left_out_and_what_it_means() {
    let answer = render("/kpis/K1?carrier=PRRE", Mood::Well).await;
    has(&answer, "p50 50.0 h , p75 70.0 h , p90 120.5 h , p95 200.0 h");
    has(&answer, "87 still open, not in the figure");
    has(&answer, "3 known to the day only, in whole days");
    has(&answer, "left out: 12 nobody told when it started");
    has(&answer, "A part that is no link is told without its rows.");
    has(&answer, "p75 and p90 of a week are told without their rows.");
    has(&answer, "Starts dispatch first confirmed");
    has_html(&answer, r#"href="/kpis/K1/rows?carrier=PRRE&amp;part=left_out""#);
    has_html(&answer, r#"href="/kpis/K1/rows?from=2026-02-09&amp;to=2026-02-16&amp;carrier=PRRE""#);
    has_html(&answer, r#"href="/kpis/K1/csv?carrier=PRRE""#);
    has_html(&answer, r#"href="/kpis/K1/parts/csv?carrier=PRRE""#);
    has_html(&answer, r#"<svg class="chart">"#);
}

#[tokio::test]
async fn rows_lead_to_their_shipments_with_the_way_back() {
    let answer = render("/kpis/K1/rows?carrier=PRRE", Mood::Well).await;
    has(&answer, "S-1001 2026-02-10 2 d 3 h");
    has_html(&answer, r#"href="/shipments/s1?back=%2Fkpis%2FK1%2Frows%3Fcarrier%3DPRRE""#);
}

#[tokio::test]
async fn what_is_empty_or_forbidden_is_said() {
    has(&render("/kpis/K1", Mood::Empty).await, "No case in this period");
    has(&render("/kpis/K1/rows", Mood::Empty).await, "No case");
    for (path, mood) in [("/kpis", Mood::Forbidden), ("/kpis/K1", Mood::Forbidden), ("/definitions", Mood::Forbidden)] {
        assert_eq!(render(path, mood).await.status, Some(403), "{path}");
    }
    let definitions = render("/definitions", Mood::Well).await;
    has(&definitions, "K3 Dispatch to invoice");
    has(&definitions, "Parts, and what stands beside it dispatch to delivery");
    has_html(&definitions, r#"href="/definitions/csv""#);
}

#[tokio::test]
async fn trends_lead_from_each_week_to_its_rows_and_hold_two_sides_against_each_other() {
    let one = render("/trends?region=EU", Mood::Well).await;
    has(&one, "K1 Dispatch to invoice");
    has(&one, "1,204 cases , 87 still open , p75 70.0 h");
    has(&one, "region EU · all days; cases in the weeks from 2 Feb 2026 to 15 Feb 2026 · as of");
    has(&one, "dispatch to delivery 40 h 40.00 65.0 %");
    has_html(&one, r#"href="/kpis/K1/rows?from=2026-02-09&amp;to=2026-02-16&amp;region=EU""#);
    has_html(&one, r#"href="/trends/stages/csv?region=EU""#);
    has_html(&one, r#"href="/kpis/K1/rows?region=EU&amp;part=left_out" data-n="12">left out: 12"#);
    has_html(&one, r#"href="/kpis/K11/rows?from=2026-02-09&amp;to=2026-02-16&amp;region=EU&amp;part=share" data-n="500""#);
    has_html(&one, r#"href="/kpis/K11/rows?from=2026-02-09&amp;to=2026-02-16&amp;region=EU" data-n="604""#);
    has(&one, "p75 and p90 of a week are told without their rows");
    has_html(&one, r#"href="/kpis/K11/svg?region=EU""#);
    assert!(!one.html.contains("<h3"), "one side needs no name");
    let two = render("/trends?region=EU&vs_carrier=PRRE", Mood::Well).await;
    has(&two, "region EU · carrier PRRE");
    has_html(&two, r#"href="/kpis/K1/rows?from=2026-02-09&amp;to=2026-02-16&amp;region=EU&amp;carrier=PRRE""#);
    assert_eq!(two.html.matches("<h3").count(), 6, "each of two figures and the stages, twice");
    has(&render("/trends", Mood::Empty).await, "No week to show yet");
    has(&render("/trends?region=EU", Mood::Empty).await, "No case in this period");
    assert_eq!(render("/trends", Mood::Forbidden).await.status, Some(403));
}
