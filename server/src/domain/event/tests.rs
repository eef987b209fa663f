//! Reading events: what is taken, what is refused and how, and that nothing panics.

use super::*;
use crate::domain::{
    fact::{FactKey, FactValue},
    receipt::Refusal,
    time::{Instant, Precision},
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// 2026-03-10T12:00:00Z
const NOW: Instant = Instant(1_773_144_000 * Instant::SECOND);
const TERMS: ReadTerms = ReadTerms { now: NOW, limits: Limits::DEFAULT };

fn delivered() -> Value {
    json!({
        "specversion": "1.0", "id": "e-1", "source": "/tms/eu", "type": "com.waybill.shipment.delivered.v1",
        "subject": "SH-1", "time": "2026-03-09T14:05:00+02:00", "recordedtime": "2026-03-09T12:20:00Z",
        "datacontenttype": "application/json",
        "data": { "carrier": "DHL", "mode": "road", "signed_by": "A. Ortiz", "promised_at": "2026-03-09",
            "goods_value": {"amount": "1250.50", "currency": "USD"}, "orders": ["SO-2", "SO-1", "SO-2"],
            "references": [{"scheme": "bol", "value": "B-7"}] }
    })
}

fn read_value(value: &Value) -> Result<CanonicalEvent, Box<Refusal>> {
    read(value.to_string().as_bytes(), &TERMS)
}

fn with(path: &str, value: Value) -> Value {
    let mut event = delivered();
    let (parent, name) = path.rsplit_once('/').expect("a pointer");
    event.pointer_mut(parent).expect("is there")[name] = value;
    event
}

fn refused(path: &str, value: Value) -> Box<Refusal> {
    read_value(&with(path, value)).expect_err("must be refused")
}

fn fact(event: &CanonicalEvent, key: FactKey) -> Option<FactValue> {
    event.claims.iter().find(|claim| claim.key == key).map(|claim| claim.value.clone())
}

#[test]
fn a_name_that_is_configured_comes_in_without_the_spaces_around_it() {
    let carrier = |text: &str| fact(&read_value(&with("/data/carrier", text.into())).expect("readable"), FactKey::Carrier);
    for (came, is) in [(" DHL ", "DHL"), ("Deutsche  Post\u{a0}", "Deutsche  Post"), ("  ", "  ")] {
        assert_eq!(carrier(came), Some(FactValue::Text(is.into())), "{came:?}");
    }
    let customer = read_value(&with("/data/customer", " C-1".into())).expect("readable");
    assert_eq!(fact(&customer, FactKey::Customer), Some(FactValue::Text("C-1".into())));
}

#[test]
fn a_delivery_claims_its_milestone_and_its_attributes() {
    let event = read_value(&delivered()).expect("readable");
    assert_eq!(event.event_type, EventType::ShipmentDelivered);
    assert_eq!(event.occurred_at, Instant(1_773_057_900 * Instant::SECOND));
    assert_eq!(event.recorded_time, Some(Instant(1_773_058_800 * Instant::SECOND)));
    assert_eq!(fact(&event, FactKey::Delivered), Some(FactValue::At(event.occurred_at, Precision::Instant)));
    assert_eq!(fact(&event, FactKey::Carrier), Some(FactValue::Text("DHL".into())));
    assert_eq!(fact(&event, FactKey::SignedBy), Some(FactValue::Text("A. Ortiz".into())));
    let promised = FactValue::At(Instant(1_773_100_800 * Instant::SECOND - 1), Precision::Day);
    assert_eq!(fact(&event, FactKey::PromisedAt), Some(promised));
    assert_eq!(event.orders, ["SO-1", "SO-2"]);
    assert_eq!(event.references, [Reference { scheme: "bol".into(), issuer: String::new(), value: "B-7".into() }]);
}

#[test]
fn a_date_only_truth_is_the_end_of_its_local_day() {
    let mut event = with("/data/precision", json!("day"));
    event["time"] = json!("2026-03-09T00:00:00+02:00");
    let event = read_value(&event).expect("readable");
    assert_eq!(event.precision, Precision::Day);
    assert_eq!(event.occurred_at, Instant(1_773_093_600 * Instant::SECOND - 1));
}

#[test]
fn today_is_no_future_day_but_tomorrow_is() {
    let day = |time: &str| {
        let mut event = with("/data/precision", json!("day"));
        event["time"] = json!(time);
        read_value(&event)
    };
    assert!(day("2026-03-10T23:59:59Z").is_ok());
    assert_eq!(day("2026-03-11T00:00:00Z").expect_err("tomorrow").code, "time_in_future");
}

#[test]
fn the_hash_is_of_the_meaning_not_of_the_spelling() {
    let compact = read_value(&delivered()).expect("readable");
    let mut other = delivered();
    other["recordedtime"] = json!("2026-03-09T13:00:00Z");
    let spaced = read(serde_json::to_string_pretty(&other).expect("JSON").as_bytes(), &TERMS).expect("readable");
    assert_eq!(compact.body_hash, spaced.body_hash);
    let changed = read_value(&with("/data/signed_by", json!("B. Ortiz"))).expect("readable");
    assert_ne!(compact.body_hash, changed.body_hash);
}

#[test]
fn each_fault_has_its_code_and_its_place() {
    let long = "x".repeat(300);
    let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
    for (path, value, code, place) in [
        ("/specversion", json!("0.3"), "specversion_unsupported", "/specversion"),
        ("/id", json!(""), "attribute_invalid", "/id"),
        ("/id", json!(7), "attribute_invalid", "/id"),
        ("/id", json!(long), "string_too_long", "/id"),
        ("/id", json!("a\u{7}b"), "attribute_invalid", "/id"),
        ("/source", Value::Null, "attribute_missing", "/source"),
        ("/source", json!("a b"), "attribute_invalid", "/source"),
        ("/subject", Value::Null, "attribute_missing", "/subject"),
        ("/type", json!("com.example.thing.v1"), "type_unknown", "/type"),
        ("/type", json!("com.waybill.shipment.delivered.v9"), "type_version_unsupported", "/type"),
        ("/type", json!("com.waybill.shipment.delivered"), "type_version_unsupported", "/type"),
        ("/time", Value::Null, "attribute_missing", "/time"),
        ("/time", json!("2026-03-09"), "time_invalid", "/time"),
        ("/time", json!("2026-03-09T10:00:00"), "time_invalid", "/time"),
        ("/time", json!("2026-03-10T12:06:00Z"), "time_in_future", "/time"),
        ("/time", json!("1969-03-10T12:06:00Z"), "time_too_early", "/time"),
        ("/recordedtime", json!("2027-01-01T00:00:00Z"), "time_in_future", "/recordedtime"),
        ("/sequence", json!(3), "attribute_invalid", "/sequence"),
        ("/datacontenttype", json!("text/xml"), "data_content_type_unsupported", "/datacontenttype"),
        ("/dataschema", json!(""), "attribute_invalid", "/dataschema"),
        ("/Bad_Name", json!("x"), "attribute_invalid", "/Bad_Name"),
        ("/partition", json!({"a": 1}), "attribute_invalid", "/partition"),
        ("/data_base64", json!("e30="), "data_invalid", "/data_base64"),
        ("/data", json!("text"), "data_invalid", "/data"),
        ("/data", json!(["DHL"]), "data_invalid", "/data"),
        ("/data/carrier", json!(5), "data_invalid", "/data/carrier"),
        ("/data/carrier", json!(""), "data_invalid", "/data/carrier"),
        ("/data/carrier", json!(long), "string_too_long", "/data/carrier"),
        ("/data/precision", json!("week"), "data_invalid", "/data/precision"),
        ("/data/orders", json!(["SO-1", 2]), "data_invalid", "/data/orders/1"),
        ("/data/goods_value", json!({"amount": 12.5, "currency": "USD"}), "money_invalid", "/data/goods_value/amount"),
        ("/data/goods_value", json!({"amount": 12, "currency": "USD"}), "money_invalid", "/data/goods_value/amount"),
        ("/data/goods_value", json!({"amount": "1.005", "currency": "USD"}), "money_invalid", "/data/goods_value"),
        ("/data/goods_value", json!({"amount": "1e9", "currency": "USD"}), "money_invalid", "/data/goods_value"),
        ("/data/goods_value", json!({"amount": "1", "currency": "ZZZ"}), "money_invalid", "/data/goods_value"),
        ("/data/goods_value", json!({"amount": "999999999999", "currency": "USD"}), "money_invalid", "/data/goods_value"),
        ("/data/goods_value", json!({"amount": "1"}), "data_missing", "/data/goods_value/currency"),
        ("/data/promised_at", json!("soon"), "time_invalid", "/data/promised_at"),
        ("/data/promised_at", json!("2046-01-01"), "time_in_future", "/data/promised_at"),
        ("/data/promised_at", json!("1906-01-01"), "time_too_early", "/data/promised_at"),
        ("/data/references", json!([{"scheme": "bol"}]), "data_missing", "/data/references/0/value"),
        ("/data/extra", deep, "too_deep", "/data/extra"),
        ("/data/extra", json!("y".repeat(20_000)), "string_too_long", "/data/extra"),
        ("/data/extra", json!("a\u{0}b"), "string_invalid", "/data/extra"),
        ("/data/extra", json!(9_007_199_254_740_993_i64), "number_too_precise", "/data/extra"),
    ] {
        let refusal = refused(path, value);
        assert_eq!(refusal.code, code, "{path}: {}", refusal.reason);
        let at = refusal.place.unwrap_or_default();
        assert!(at.starts_with(place), "{path}: {at}, not {place}");
        assert!(refusal.reason.starts_with(&at), "{}", refusal.reason);
        assert!(refusal.reason.len() < 400);
    }
}

#[test]
fn what_could_be_read_is_told() {
    let whole = delivered().to_string();
    let cut = &whole[..whole.len() - 20];
    let refusal = read(cut.as_bytes(), &TERMS).expect_err("cut off");
    assert_eq!(refusal.code, "json_malformed");
    assert_eq!(refusal.raw, cut.as_bytes());
    // `data` sorts first in the text made here, so only what stands before the break is known.
    let text = r#"{"id":"e-9","source":"/s","type":"t","subject":"S-9","data":{"a":}}"#;
    let refusal = read(text.as_bytes(), &TERMS).expect_err("malformed");
    assert_eq!((refusal.code, refusal.event_id.as_deref()), ("json_malformed", Some("e-9")));
    assert_eq!(refusal.subject.as_deref(), Some("S-9"));
}

#[test]
fn bytes_that_are_no_json_object_are_refused() {
    for (bytes, code) in [
        (&b""[..], "json_malformed"),
        (b"[]", "json_malformed"),
        (b"1", "json_malformed"),
        (b"nonsense", "json_malformed"),
        (b"{\"id\":\"\xff\"}", "json_malformed"),
        (b"{} {}", "json_malformed"),
        (b"{\"id\":\"a\",\"id\":\"b\"}", "key_twice"),
        (b"{\"id\":\"\\ud800\"}", "json_malformed"),
        (b"{}", "attribute_missing"),
    ] {
        assert_eq!(read(bytes, &TERMS).expect_err("no event").code, code, "{}", String::from_utf8_lossy(bytes));
    }
    let large = with("/data/note", json!(vec!["x".repeat(10_000); 30]));
    let refusal = read_value(&large).expect_err("too large");
    assert_eq!(refusal.code, "event_too_large");
    let bomb = "[".repeat(200_000);
    assert_eq!(read(format!("{{\"a\":{bomb}").as_bytes(), &TERMS).expect_err("deep").code, "too_deep");
}

#[test]
fn fields_that_no_contract_names_are_kept_and_mean_nothing() {
    let event = read_value(&with("/data/colour", json!({"any": [1.5, "thing"]}))).expect("readable");
    assert!(event.json.contains("colour"));
    assert_eq!(event.claims.len(), read_value(&delivered()).expect("readable").claims.len());
}

#[test]
fn a_rejected_tender_does_not_make_the_carrier() {
    let mut event = with("/type", json!("com.waybill.tender.rejected.v1"));
    let rejected = read_value(&event).expect("readable");
    assert_eq!(fact(&rejected, FactKey::Carrier), None);
    assert!(fact(&rejected, FactKey::TenderRejected).is_some());
    event["type"] = json!("com.waybill.tender.accepted.v1");
    assert!(fact(&read_value(&event).expect("readable"), FactKey::Carrier).is_some());
}

#[test]
fn only_the_receivable_is_the_posting_that_ends_the_way_to_cash() {
    let posting = |ledger: Option<&str>| {
        let mut event = with("/type", json!("com.waybill.erp_posting.succeeded.v1"));
        event["data"] = json!({"document": "90001", "ledger": ledger});
        fact(&read_value(&event).expect("readable"), FactKey::ErpPosted).is_some()
    };
    assert!(posting(None) && posting(Some("receivable")) && !posting(Some("payable")));
}

#[test]
fn a_retraction_names_what_it_takes_back() {
    let mut event = with("/type", json!("com.waybill.event.retracted.v1"));
    assert_eq!(read_value(&event).expect_err("names nothing").code, "data_missing");
    event["data"] = json!({"retracts": "e-0"});
    let event = read_value(&event).expect("readable");
    assert_eq!(event.retracts.as_deref(), Some("e-0"));
    assert!(event.claims.is_empty());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!("2026-03-09T14:05:00+02:00")),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((field(), inner), 0..5).prop_map(Value::from_iter),
        ]
    })
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,6}".prop_map(String::from),
        prop::sample::select(vec!["carrier", "amount", "currency", "orders", "references", "eta", "time", "precision", "note"])
            .prop_map(String::from),
    ]
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let refusal = read(&bytes, &TERMS).expect_err("no event");
        prop_assert_eq!(refusal.raw, bytes);
    }

    #[test]
    fn arbitrary_json_never_panics(value in any_json()) {
        let _ = read_value(&value);
    }

    #[test]
    fn arbitrary_data_never_panics(index in 0..EventType::ALL.len(), data in any_json(), time in "[0-9TZ:+.-]{0,30}") {
        let mut event = with("/type", json!(EventType::ALL[index].name()));
        event["data"] = data;
        let _ = read_value(&event);
        event["time"] = json!(time);
        let _ = read_value(&event);
    }

    #[test]
    fn an_event_broken_at_any_byte_never_panics(at in 0usize..400, byte in any::<u8>()) {
        let mut bytes = delivered().to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = read(&bytes, &TERMS);
        let _ = read(&bytes[..at], &TERMS);
    }
}
