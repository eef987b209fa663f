//! Longer examples.

use super::fake::{at, day, row};
use app::model::*;

/// An event that is whole.
pub const RAW: &str = r#"{
  "specversion": "1.0",
  "id": "scms-86-delivered",
  "source": "import/scms",
  "type": "waybill.delivery.completed.v1",
  "subject": "SCMS-193600",
  "time": "2014-03-17T23:59:59Z",
  "recordedtime": "2014-03-18T23:59:59Z",
  "data": {
    "delivered_at": "2014-03-17",
    "location": "Abidjan",
    "freight": { "amount": "1653.78", "currency": "USD" }
  }
}"#;

/// The same, broken.
pub const BROKEN: &str = r#"{
  "specversion": "1.0",
  "id": "scms-86-delivered",
  "source": "import/scms",
  "type": "waybill.delivery.completed.v1",
  "subject": "SCMS-193600",
  "time": "2014-03-17T23:59:59Z",
  "data": { "delivered_at": "2014-03-17", "freight": { "amount": "1,653.78", "currency": "USD" } }
}"#;

/// Item `i` of the quarantine.
pub fn quarantined(i: usize) -> QuarantineRow {
    let reasons = [
        ("money_invalid", "Amount “1,653.78” is no decimal number", Some("/data/freight/amount")),
        ("time_in_future", "Occurred 3 days after it was received", Some("/time")),
        ("type_unknown", "No contract has the type waybill.delivery.complete.v1", Some("/type")),
        ("json_invalid", "Not JSON: expected a comma at line 7 column 3", None),
    ];
    let (code, reason, place) = reasons[i % 4];
    let readable = i % 4 != 3;
    QuarantineRow {
        id: format!("0193b3c1-0000-7000-8000-{i:012}"),
        code: code.into(),
        reason: reason.into(),
        place: place.map(Into::into),
        source: readable.then(|| "import/scms".into()),
        event_type: readable.then(|| "Delivered".into()),
        subject: readable.then(|| row(i).reference),
        received: at("20 Nov 2026, 10:58", "2026-11-20T09:58:00Z", 1_795_168_680_000_000),
        state: QuarantineState::Open,
    }
}

/// One shipment with three systems, an amendment and a retraction.
pub fn detail(as_of: Moment) -> ShipmentDetail {
    const HOUR: i64 = 3_600_000_000;
    const START: i64 = 1_394_437_200_000_000;
    let entry =
        |seq: i64, source: &str, title: &str, hours: i64, lag: i64, lag_words: Option<&str>, standing: &str| TimelineEntry {
            seq,
            source: source.into(),
            title: title.into(),
            event_type: format!("waybill.{}.v1", title.to_lowercase().replace(' ', "_")),
            occurred: at(
                &format!("{} Mar 2014, {:02}:10", 10 + hours / 24, hours % 24),
                "2014-03-10T07:40:00Z",
                START + hours * HOUR,
            ),
            recorded: at(
                &format!("{} Mar 2014, {:02}:30", 10 + (hours + lag) / 24, (hours + lag) % 24),
                "2014-03-10T07:40:00Z",
                START + (hours + lag) * HOUR,
            ),
            known: at("20 Nov 2026, 10:41", "2026-11-20T09:41:00Z", 1_795_167_660_000_000),
            lag: lag_words.map(Into::into),
            remark: (seq == 1044).then(|| "Recorded before it occurred".into()),
            standing: standing.into(),
            details: if title == "Delivered" {
                vec![("Location".into(), "Abidjan".into()), ("Signed by".into(), "K. Konan".into())]
            } else {
                Vec::new()
            },
        };
    let fact = |label: &str, value: &str, at: Option<Moment>| Fact {
        label: label.into(),
        value: value.into(),
        at,
        source: "tms/eu".into(),
        recorded: self::at("10 Mar 2014, 09:00", "2014-03-10T08:00:00Z", START),
    };
    ShipmentDetail {
        customer: Some("Acme (C-1042)".into()),
        row: ShipmentRow {
            stage: Stage::Delivered,
            timeliness: Timeliness::DeliveredLate,
            late_by: Some("3 d".into()),
            dispatched: None,
            ..row(4)
        },
        references: vec![
            Reference { scheme: "shipment".into(), issuer: String::new(), value: "SCMS-193600".into() },
            Reference { scheme: "bol".into(), issuer: "DHL".into(), value: "BOL-8841-22".into() },
            Reference { scheme: "container".into(), issuer: String::new(), value: "MSCU 774112-0".into() },
        ],
        orders: vec!["SCMS-86".into(), "SCMS-87".into()],
        facts: vec![
            fact("Carrier", "Aurobindo Pharma Limited", None),
            fact("Mode", "Air", None),
            fact("Promised delivery", "", Some(day("14 Mar 2014", "2014-03-14T23:59:59Z", START))),
            fact("Delivered", "", Some(at("17 Mar 2014, 14:10", "2014-03-17T13:10:00Z", START))),
        ],
        blanks: vec![
            Blank { label: "Dispatch".into(), note: "No system confirmed that it left, so lead time cannot be told.".into() },
            Blank { label: "Invoice".into(), note: "No billing event has come in; cash waits or is not connected.".into() },
        ],
        systems: vec![
            SystemState {
                source: "tms/eu".into(),
                latest: "Picked up".into(),
                occurred: at("12 Mar 2014, 04:10", "2014-03-12T03:10:00Z", START),
                events: 3,
                drifts: true,
            },
            SystemState {
                source: "pod-app".into(),
                latest: "Delivered".into(),
                occurred: at("17 Mar 2014, 14:10", "2014-03-17T13:10:00Z", START),
                events: 2,
                drifts: false,
            },
        ],
        timeline: vec![
            entry(1041, "tms/eu", "Tendered", 0, 1, Some("20 min"), "effective"),
            entry(1042, "tms/eu", "Tender accepted", 5, 3, Some("3 h 20 min"), "effective"),
            entry(1043, "wms", "Loaded", 30, 10, Some("10 h 20 min"), "superseded"),
            entry(1044, "tms/eu", "Picked up", 44, 0, None, "effective"),
            entry(1050, "pod-app", "Delivered", 174, 26, Some("1 d 2 h"), "effective"),
            entry(1051, "pod-app", "POD received", 176, 27, Some("1 d 3 h"), "retracted"),
        ],
        timeline_cut_from: None,
        as_of,
    }
}

/// Two sections of it.
pub fn sections() -> Vec<PolicySection> {
    let section = |name: &str, label: &str, entries, changed| PolicySection {
        name: name.into(),
        label: label.into(),
        explained: "What is expected by when, in hours.".into(),
        entries,
        changed,
    };
    vec![section("contracts", "Billing contracts", 2, 6), section("expectations", "Expectations", 14, 1)]
}

/// One of them.
pub fn section(name: &str, filter: &SectionFilter, may_change: bool) -> Option<PolicySectionView> {
    let section = sections().into_iter().find(|section| section.name == name)?;
    let policy = policy(false);
    let by_contract = name == "contracts";
    Some(PolicySectionView {
        contracts: if by_contract { policy.contracts } else { Vec::new() },
        values: if by_contract { Vec::new() } else { policy.values },
        total: if filter.q.is_some() { 0 } else { 120 },
        page: filter.page.unwrap_or(1),
        pages: 3,
        section,
        version: policy.version,
        history: policy.history,
        toml: policy.toml,
        may_change,
        as_of: policy.as_of,
    })
}

/// A policy with two contracts, or the built-in one.
pub fn policy(built_in: bool) -> PolicyView {
    let contract = |customer: &str, name: &str, covers: &str, pod: &str| ContractRow {
        customer: customer.into(),
        name: name.into(),
        covers: covers.into(),
        conditions: vec!["Billed on delivery".into(), pod.into(), "Charges rated".into()],
    };
    let step = PolicyStep {
        version: 3,
        at: at("20 Nov 2026, 10:58", "2026-11-20T09:58:00Z", 1_795_168_680_000_000),
        actor: "fiona".into(),
        reason: "Harbour asks for a signature".into(),
        changes: vec!["contracts[C-1042 from 2026-01-01].pod: received → signed".into()],
    };
    PolicyView {
        version: if built_in { 0 } else { 3 },
        contracts: match built_in {
            true => Vec::new(),
            false => vec![
                contract("*", "Standard terms", "always", "POD received"),
                contract("C-1042", "Harbour 2026", "from 1 Jan 2026", "POD signed"),
            ],
        },
        values: vec![
            PolicyValue { path: "expectations.pod_grace".into(), value: "12".into(), changed: true },
            PolicyValue { path: "tolerances.invoice.percent".into(), value: "2.0".into(), changed: false },
        ],
        history: if built_in { Vec::new() } else { vec![step] },
        toml: "[expectations]\npod_grace = 12\n".into(),
        may_change: true,
        as_of: at("20 Nov 2026, 11:00", "2026-11-20T10:00:00Z", 1_795_168_800_000_000),
    }
}
