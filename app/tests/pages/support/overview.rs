//! An Overview made up.

use super::{
    fake::{Fake, Mood, now},
    figures::meaning,
};
use app::model::{
    ErpBacklog, KpiFilter, Money, Omission, Overview, Parts, Period, PipelineStep, SourceHealth, SourceState, Stage, Tally,
};

fn money(amount: &str) -> Vec<Money> {
    vec![Money { amount: amount.into(), currency: "EUR".into() }]
}

fn tally(label: &str, n: u64, href: &str) -> Tally {
    Tally { label: label.into(), n, money: money("1250.50"), share: Some(655), share_of: None, href: href.into() }
}

fn parts(label: &str, n: u64, of: &[(&str, u64, &str)]) -> Parts {
    Parts {
        whole: tally(label, n, "/kpis/K25/rows"),
        parts: of.iter().map(|(label, n, href)| tally(label, *n, href)).collect(),
        shares_of: "EUR".into(),
        further: 3,
        oldest: Some("16 d".into()),
    }
}

fn step(stage: Stage, n: u64, took: Option<&str>, bottleneck: bool) -> PipelineStep {
    let href = format!("/shipments?stage={}", stage.code());
    let tally = Tally { label: stage.label().into(), n, href, ..Tally::default() };
    let until = took.map(|_| "until the invoice".to_owned());
    let left_out = took.map(|_| Omission { reason: "invoiced before the POD came".into(), count: 7 }).into_iter().collect();
    PipelineStep {
        stage,
        tally,
        took_hours: took.map(|_| 4.0),
        took: took.map(Into::into),
        until,
        took_of: None,
        left_out,
        left_out_href: "/kpis/K4/rows?part=proof_to_invoice%3Aleft_out".into(),
        bottleneck,
    }
}

/// The page over a filter.
pub fn overview(fake: Fake, filter: KpiFilter) -> Overview {
    let few = fake.0 == Mood::Few;
    let wait = |n| if few { 0 } else { n };
    let age = |code: &str, n| tally(code, n, &format!("/kpis/K6/rows?part=age%3A{code}"));
    let cell = |n| tally("under 15 min", n, "/kpis/K7/rows?part=state%3Arefused%2Bage%3A0-15m");
    let of = |source: &str, n| tally(source, n, &format!("/quarantine?source={source}"));
    let quiet = SourceHealth {
        name: "South gate".into(),
        state: SourceState::Unwatched,
        last: None,
        ago: None,
        quarantined: (fake.0 != Mood::Looking).then(Vec::new),
        blocks: None,
    };
    let source = SourceHealth {
        name: "North gate".into(),
        state: SourceState::Silent,
        last: None,
        ago: None,
        quarantined: (fake.0 != Mood::Looking).then(|| vec![of("wms/eu", 2), of("wms/us", 3)]),
        blocks: Some(tally("wait", 9, "/kpis/K25/rows?part=any%3A4")),
    };
    Overview {
        as_of: now(),
        known_at: None,
        under_way: None,
        period: Period { from: filter.from, to: filter.to },
        covers: Some(Period { from: Some("2026-02-02".into()), to: Some("2026-02-16".into()) }),
        meanings: ["K25", "K8", "K6", "K7", "OTD"].map(meaning).into(),
        nothing: fake.0 == Mood::Empty,
        cash: parts(
            "delivered, not invoiced",
            wait(318),
            &[
                ("POD missing", 200, "/kpis/K25/rows?part=holds%3A16"),
                ("nothing: billable, not invoiced", 118, "/kpis/K25/rows?part=holds%3A0"),
            ],
        ),
        pipeline: vec![
            step(Stage::InTransit, 421, Some("mean 2 d"), false),
            step(Stage::Delivered, 283, Some("half within 4 h"), true),
            step(Stage::Invoiced, 0, None, false),
        ],
        bottlenecks: vec!["In the papers most time goes here: 283 shipments stand in “Delivered”.".into()],
        proof: Parts { parts: vec![age("0-4h", 41), age("4-24h", 96)], ..parts("wait for a POD", wait(137), &[]) },
        only_proof: tally("held by nothing but the POD", 88, "/kpis/K6/rows?part=only"),
        erp: ErpBacklog {
            states: parts(
                "invoiced, not confirmed by the ERP",
                wait(12),
                &[("refused by the ERP", 12, "/kpis/K7/rows?part=state%3Arefused")],
            ),
            ages: vec!["under 15 min".into()],
            cells: vec![vec![cell(12)]],
            drain: "2 d 4 h".into(),
            pace: "1.0 a day came, 2.0 went".into(),
        },
        causes: (!few)
            .then(|| parts("open exceptions", 77, &[("POD missing: DHL", 70, "/exceptions?cause=pod_missing%3ADHL&view=list")])),
        sources: (!few).then(|| vec![source, quiet]),
        further_sources: 0,
        old_sources: 2,
        overdue: tally("past the promise, not delivered", 57, "/shipments?timeliness=overdue"),
        on_time: tally("delivered on time", if few { 4 } else { 9_138 }, "/shipments?timeliness=on_time"),
        on_time_rate: (!few).then(|| "88.5 %".into()),
        late: tally("delivered late", if few { 2 } else { 1_186 }, "/shipments?timeliness=delivered_late"),
        left_out: vec![Omission { reason: "no promise told".into(), count: 211 }],
        quarantined: (!few).then(|| tally("wait for a fix", 23, "/quarantine")),
        untold: vec!["Dispatch".into(), "Invoice".into()],
    }
}
