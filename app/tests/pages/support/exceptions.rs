//! Exceptions and readiness, as examples.

use super::fake::{at, row as shipment};
use app::model::*;

fn money(amount: &str, currency: &str) -> Money {
    Money { amount: amount.into(), currency: currency.into() }
}

fn group(kind: ExceptionKind, detail: &str, queue: Queue, severity: Severity, numbers: [u64; 3], oldest: &str) -> ExceptionGroup {
    let [exceptions, shipments, overdue] = numbers;
    ExceptionGroup {
        cause: format!("{}:{}", kind.code(), detail.to_lowercase()),
        kind,
        detail: detail.into(),
        queue,
        severity,
        exceptions,
        shipments,
        money: match kind {
            ExceptionKind::PodMissing => vec![money("184200.00", "USD"), money("12410.50", "EUR")],
            ExceptionKind::SourceSilent => Vec::new(),
            _ => vec![money("9120.40", "USD")],
        },
        oldest: oldest.into(),
        overdue,
    }
}

/// The page, by group or by row.
pub fn page(filter: &ExceptionFilter, as_of: Moment) -> Exceptions {
    use ExceptionKind as K;
    let list = filter.view.as_deref() == Some("list");
    let groups = vec![
        group(K::PodMissing, "DHL", Queue::Logistics, Severity::High, [41, 41, 12], "6 d 4 h"),
        group(K::PostingFailed, "Customer unknown in the ERP", Queue::Integration, Severity::Critical, [7, 7, 7], "2 d"),
        group(K::RateMismatch, "", Queue::Finance, Severity::Medium, [3, 3, 0], "21 h"),
        group(K::SourceSilent, "wms/eu-1", Queue::Integration, Severity::Low, [1, 0, 0], "5 h"),
    ];
    Exceptions {
        queues: vec![(Queue::Logistics, 41), (Queue::Finance, 3), (Queue::Integration, 8), (Queue::Service, 0)],
        groups: if list { Vec::new() } else { groups },
        items: if list { (0..20).map(row).collect() } else { Vec::new() },
        next: (list && filter.after.is_none()).then(|| "c2VxOjIw".into()),
        total: 52,
        shipments: 50,
        money: vec![money("202440.80", "USD"), money("12410.50", "EUR")],
        as_of,
    }
}

/// Nothing waits.
pub fn nothing(as_of: Moment) -> Exceptions {
    Exceptions {
        queues: Queue::ALL.into_iter().map(|queue| (queue, 0)).collect(),
        groups: Vec::new(),
        items: Vec::new(),
        next: None,
        total: 0,
        shipments: 0,
        money: Vec::new(),
        as_of,
    }
}

/// Row `i` of the list.
pub fn row(i: usize) -> ExceptionRow {
    let kinds =
        [ExceptionKind::PodMissing, ExceptionKind::PostingFailed, ExceptionKind::RateMismatch, ExceptionKind::SourceSilent];
    let (kind, ship) = (kinds[i % 4], shipment(i));
    let silent = kind == ExceptionKind::SourceSilent;
    ExceptionRow {
        id: format!("0193b3c2-0000-7000-8000-{i:012}"),
        cause: format!("{}:{}", kind.code(), ["dhl", "customer unknown in the erp", "", "wms/eu-1"][i % 4]),
        kind,
        detail: ["DHL", "Customer unknown in the ERP", "", "wms/eu-1"][i % 4].into(),
        state: if i % 5 == 1 { ExceptionState::Claimed } else { ExceptionState::Open },
        severity: [Severity::High, Severity::Critical, Severity::Medium, Severity::Low][i % 4],
        queue: [Queue::Logistics, Queue::Integration, Queue::Finance, Queue::Integration][i % 4],
        shipment: (!silent).then_some((ship.id, ship.reference)),
        customer: (i % 3 != 2).then(|| "ACME Hospital Supply".into()),
        money: (!silent).then(|| money(&format!("{}.50", 1_200 + i * 310), if i % 6 == 2 { "EUR" } else { "USD" })),
        age: format!("{} d {} h", i % 9, i % 24),
        due: (i % 4 != 2).then(|| at("20 Nov 2026, 18:00", "2026-11-20T17:00:00Z", 1_795_194_000_000_000)),
        overdue: i % 4 == 1,
        assignee: (i % 3 == 1).then(|| "jonas".into()),
        snoozed_until: (i == 7).then(|| at("21 Nov 2026, 08:00", "2026-11-21T07:00:00Z", 1_795_244_400_000_000)),
        reopens: u32::from(i % 6 == 4),
        version: 3,
    }
}

/// One exception; the id's end says in which state, `readonly` that the viewer may only look.
pub fn detail(id: String, as_of: Moment) -> ExceptionDetail {
    let ends = |end| id.ends_with(end);
    let state = match () {
        () if ends("claimed") => ExceptionState::Claimed,
        () if ends("verified") => ExceptionState::Verified,
        () if ends("waived") => ExceptionState::Waived,
        () => ExceptionState::Open,
    };
    use ExceptionAction::{Assign, Claim, Comment, Reopen, Snooze, Waive};
    let may = match state {
        _ if ends("readonly") => Vec::new(),
        ExceptionState::Open => vec![Assign, Comment, Snooze, Claim, Waive],
        ExceptionState::Claimed => vec![Assign, Comment, Snooze, Reopen, Waive],
        ExceptionState::Verified => vec![Comment],
        ExceptionState::Waived => vec![Comment, Reopen],
    };
    let step = |actor: &str, what: &str, note: &str| ExceptionStep {
        at: as_of.clone(),
        actor: actor.into(),
        what: what.into(),
        note: note.into(),
    };
    ExceptionDetail {
        row: ExceptionRow { id: id.clone(), state, reopens: 1, ..row(0) },
        detected: at("14 Nov 2026, 09:00", "2026-11-14T08:00:00Z", 1_794_643_200_000_000),
        since: at("13 Nov 2026, 09:00", "2026-11-13T08:00:00Z", 1_794_556_800_000_000),
        ends_when: "A proof of delivery for this shipment comes in.".into(),
        playbook: vec!["Ask DHL for the signed POD.".into(), "If there is none, ask the consignee.".into()],
        rank: "184,200.00 USD × 6 d × 0.6".into(),
        history: vec![
            step("Waybill", "Detected", "No POD 24 h after delivery"),
            step("jonas", "Assigned to jonas", ""),
            step("jonas", "Said to be solved", "DHL sent it by mail"),
        ],
        same_cause: 40,
        readiness: Some(readiness()),
        undo: may.contains(&ExceptionAction::Comment).then(|| "jonas said that it is solved".into()),
        item: None,
        unmapped: None,
        unknown_carrier: None,
        may,
    }
}

/// Held by two conditions, one of five waived.
pub fn readiness() -> Readiness {
    let condition = |code: &str, label: &str, met, owner, evidence: &str| ReadinessCondition {
        code: code.into(),
        label: label.into(),
        met,
        waived: (code == "temperature").then(|| "amira: dry goods".into()),
        waivable: (!met).then(|| ("0193b3c0-e000-7000-8000-000000000001".into(), 3)),
        waives_also: if code == "charges" { vec!["pod_signed".into()] } else { Vec::new() },
        unwaivable: None,
        waived_with: None,
        owner,
        since: (code != "charges").then(|| at("13 Nov 2026, 09:00", "2026-11-13T08:00:00Z", 1_794_556_800_000_000)),
        evidence: evidence.into(),
    };
    Readiness {
        contract: Some("acme-standard".into()),
        verdict: "Held by 2 conditions".into(),
        conditions: vec![
            condition("pod_signed", "Signed proof of delivery", false, Queue::Logistics, "A signed POD releases it."),
            condition("charges", "Charges rated", false, Queue::Finance, "Rated charges release it."),
            condition("temperature", "Temperature proven", false, Queue::Logistics, "A temperature record releases it."),
            condition("delivered", "Delivered", true, Queue::Logistics, "pod-app: delivered 13 Nov 2026, 09:00"),
            condition("contract", "Contract known", true, Queue::Finance, "acme-standard since 1 Jan 2026"),
        ],
        money: Some(money("4200.00", "USD")),
        since: Some(at("13 Nov 2026, 09:00", "2026-11-13T08:00:00Z", 1_794_556_800_000_000)),
        lifecycles: vec![LifecyclePlace {
            lifecycle: "invoice".into(),
            title: "Invoice".into(),
            state: "none".into(),
            label: "None".into(),
        }],
        charges: vec![RatedCharge {
            code: "detention".into(),
            description: "Two hours at the dock".into(),
            amount: money("150.00", "USD"),
        }],
        charges_away: None,
    }
}
