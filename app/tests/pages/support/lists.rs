//! Lists of work, as examples.

use super::fake::{Fake, Mood, at, choices, now, row as shipment};
use app::{
    error::AppError,
    model::*,
    ports::{Caller, Lists},
};

fn money(amount: &str, currency: &str) -> Money {
    Money { amount: amount.into(), currency: currency.into() }
}

fn hold(code: &str, label: &str, owner: Queue) -> Hold {
    Hold { code: code.into(), label: label.into(), owner }
}

fn row(i: usize, list: WorkList) -> WorkRow {
    let ship = shipment(i);
    let holds = [
        vec![hold("pod_missing", "POD missing", Queue::Logistics), hold("charges_missing", "Charges missing", Queue::Finance)],
        Vec::new(),
        vec![hold("disputed", "In dispute", Queue::Service)],
    ];
    let of_kind = matches!(list, WorkList::Unassigned | WorkList::Stale | WorkList::Blocked);
    WorkRow {
        id: ship.id,
        reference: ship.reference,
        stage: ship.stage,
        since: at("14 Nov 2026, 07:00", "2026-11-14T06:00:00Z", 1_794_636_000_000_000),
        age: "6 d 4 h".into(),
        money: (i % 4 != 3).then(|| money("1200.50", "USD")),
        holds: holds[i % 3].clone(),
        detail: (list == WorkList::Blocked).then(|| "blocked for credit".into()),
        moves: if i.is_multiple_of(3) { vec![Queue::Logistics, Queue::Finance] } else { vec![Queue::Finance] },
        exception: of_kind.then(|| format!("0193b3c2-0000-7000-8000-{i:012}")),
        carrier: ship.carrier,
        customer: i.is_multiple_of(2).then(|| "C-1042".to_owned()),
        region: ship.region,
        mode: ship.mode,
    }
}

fn page(list: WorkList, filter: &WorkFilter, empty: bool) -> WorkPage {
    let part = |code: &str, label: &str, count| WorkPart {
        code: code.into(),
        label: label.into(),
        count,
        money: vec![money("184200.00", "USD"), money("12410.50", "EUR")],
    };
    let parts = match list {
        _ if empty => Vec::new(),
        WorkList::Unbilled => {
            vec![part("none", "Nothing: ready to invoice", 12), part("pod_missing", "POD missing", 41)]
        }
        _ => vec![part("4-24h", "4 to 24 h", 12), part("3-7d", "3 to 7 d", 41)],
    };
    WorkPage {
        items: if empty { Vec::new() } else { (0..20).map(|i| row(i, list)).collect() },
        next: (!empty && filter.after.is_none()).then(|| "bC54".into()),
        total: if empty { 0 } else { 1_053 },
        money: if empty { Vec::new() } else { vec![money("202440.80", "USD"), money("12410.50", "EUR")] },
        parts,
        asked: (list == WorkList::AwaitingPod).then_some(41),
        choices: FilterChoices {
            places: PlaceChoices { regions: choices(&[("VN", "Vietnam")]), business_units: choices(&[("PMO", "PMO - US")]) },
            carriers: choices(&[("DHL", "DHL")]),
            modes: choices(&[("air", "air")]),
        },
        as_of: now(),
    }
}

#[async_trait::async_trait]
impl Lists for Fake {
    async fn work(&self, _: &Caller, list: WorkList, filter: WorkFilter) -> Result<WorkPage, AppError> {
        self.may_work().map(|()| page(list, &filter, self.0 == Mood::Empty))
    }

    async fn home(&self, _: &Caller) -> Result<Home, AppError> {
        self.well()?;
        let card = |label: &str, count, href: &str| HomeCard {
            label: label.into(),
            count,
            money: if count == Some(0) { Vec::new() } else { vec![money("184200.00", "USD")] },
            href: href.into(),
        };
        let groups = super::exceptions::page(&ExceptionFilter::default(), now()).groups;
        let waits = vec![
            card("Late, not delivered", None, "/shipments?timeliness=overdue"),
            card("Gone silent", Some(7), "/work/stale"),
            card("Unassigned", Some(0), "/work/unassigned"),
        ];
        Ok(Home {
            role: Role::Service,
            role_label: "Customer service".into(),
            search_first: self.0 != Mood::Few,
            cards: vec![HomeCards { title: "On the way".into(), cards: waits }],
            causes: vec![HomeCauses {
                title: "First causes: Customer service".into(),
                href: "/exceptions?queue=service".into(),
                groups: if self.0 == Mood::Empty { Vec::new() } else { groups },
            }],
            as_of: now(),
        })
    }

    async fn order(&self, _: &Caller, reference: String) -> Result<OrderDetail, AppError> {
        self.well()?;
        let legs = if self.0 == Mood::Empty { 0 } else { 3 };
        let leg = |i| OrderLeg {
            row: shipment(i),
            money: Some(money("1200.50", "USD")),
            holds: (self.0 != Mood::Few).then(|| vec![hold("order_blocked", "Order blocked", Queue::Finance)]),
        };
        Ok(OrderDetail {
            reference,
            flags: vec![OrderFlag::Changed, OrderFlag::Blocked],
            facts: Vec::new(),
            references: vec![Reference { scheme: "invoice".into(), issuer: String::new(), value: "INV-7".into() }],
            legs: (0..legs).map(leg).collect(),
            more: false,
            money: vec![money("3601.50", "USD")],
            timeline: Vec::new(),
            as_of: now(),
        })
    }

    async fn tell(&self, _: &Caller, _: String) -> Result<Vec<String>, AppError> {
        self.well().map(|()| vec!["It was delivered on 14 Nov 2026.".into(), "There is no invoice yet: POD missing.".into()])
    }

    async fn work_file(&self, _: &Caller, list: WorkList, _: WorkFilter) -> Result<Vec<WorkRow>, AppError> {
        self.may_work().map(|()| (0..3).map(|i| row(i, list)).collect())
    }
}
