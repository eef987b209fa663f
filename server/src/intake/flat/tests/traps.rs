//! Every trap of the small file.

use super::{PARCELS, PARCELS_MAPPING, TERMS, came};
use crate::domain::{
    event::read,
    fact::{FactKey, FactValue},
};
use serde_json::json;

#[test]
fn lines_of_a_shipment_are_one_event() {
    let came = came(PARCELS_MAPPING, PARCELS.as_bytes());
    let event = came.event("delivered:P-1");
    // The end of the last line's day in Nairobi.
    assert_eq!(event["time"], "2006-09-10T23:59:59+03:00");
    assert_eq!(event["recordedtime"], "2006-09-12T23:59:59.999999+03:00");
    assert_eq!(
        event["data"],
        json!({
            "precision": "day",
            "orders": ["O-1"],
            "carrier": "mueller-soehne",
            "carrier_name": "Müller, Söhne",
            "mode": "road",
            "promised_at": "2006-09-09+03:00",
            "pieces": { "value": "1230", "unit": "piece" },
            "weight": { "value": "12.5", "unit": "kg" },
            "freight_cost": { "amount": "100.01", "currency": "USD" },
            "lines": [{ "line": "1", "pieces": "1200" }, { "line": "2", "pieces": "30" }],
            "note": "First said: two\nlines",
        })
    );
}

#[test]
fn words_for_no_value_are_no_errors_and_are_kept_as_reasons() {
    let came = came(PARCELS_MAPPING, PARCELS.as_bytes());
    let event = came.event("delivered:P-2");
    assert_eq!(event["time"], "2007-02-28T23:30:00+03:00");
    assert_eq!(event["data"]["promised_at"], "2007-03-01+03:00");
    assert!(event["data"].get("precision").is_none() && event["data"].get("freight_cost").is_none());
    assert_eq!(event["data"]["note"], "Freight: In goods price");
    let event = came.event("delivered:P-3");
    assert!(event["data"].get("mode").is_none());
    assert_eq!(event["data"]["note"], "Freight: Invoiced Separately");
}

#[test]
fn references_are_followed_through_chains() {
    let came = came(PARCELS_MAPPING, PARCELS.as_bytes());
    // Line 4 points to line 5, which points to line 3.
    assert_eq!(came.event("delivered:P-3")["data"]["weight"]["value"], "3");
}

#[test]
fn orders_are_told_only_where_their_day_is_known() {
    let came = came(PARCELS_MAPPING, PARCELS.as_bytes());
    assert_eq!(came.event("released:O-1")["time"], "2006-06-02T23:59:59+03:00");
    assert_eq!(came.event("released:O-4")["time"], "2006-12-31T23:59:59+03:00");
    assert!(!came.events.iter().any(|event| event.id == "released:O-2"));
}

#[test]
fn a_broken_line_does_not_lose_the_others() {
    let came = came(PARCELS_MAPPING, PARCELS.as_bytes());
    let sure = came.event("!partial:delivered:P-4");
    assert_eq!(sure["time"], "2007-04-01T23:59:59+03:00");
    assert!(sure["data"].get("freight_cost").is_none(), "what is not sure is not said");
    assert_eq!(sure["data"]["pieces"]["value"], "3");

    let (refusal, whole) = came.refusal("delivered:P-4");
    assert_eq!(refusal.place.as_deref(), Some("row 10, column Freight (USD)"));
    assert_eq!(refusal.code, "money_invalid");
    assert!(refusal.reason.contains("\"$12.50 or so\" is not an amount"), "{}", refusal.reason);
    assert_eq!(whole["data"]["freight_cost"], json!({ "amount": "250.00 + $12.50 or so", "currency": "USD" }));
    assert!(read(&refusal.raw, &TERMS).is_err(), "it cannot be replayed as it stands");
}

#[test]
fn a_fixed_line_is_the_event_that_the_fixed_file_gives() {
    let broken = came(PARCELS_MAPPING, PARCELS.as_bytes());
    let (_, mut whole) = broken.refusal("delivered:P-4");
    whole["data"]["freight_cost"]["amount"] = json!("262.50");
    let by_hand = read(whole.to_string().as_bytes(), &TERMS).expect("it is whole now");

    let file = PARCELS.replace("$12.50 or so", "12.50");
    let fixed = came(PARCELS_MAPPING, file.as_bytes());
    let by_file = fixed.events.iter().find(|event| event.id == "delivered:P-4").expect("it is whole now");
    assert_eq!((&by_hand.id, by_hand.body_hash), (&by_file.id, by_file.body_hash));

    // And it outweighs what was sure before.
    let mut both = broken;
    both.events.push(by_hand);
    let facts = both.facts();
    let cost = facts["P-4"].get(FactKey::FreightCost).expect("known");
    assert_eq!(cost.standing.event_id, "delivered:P-4");
    let delivered = facts["P-4"].get(FactKey::Delivered).expect("known");
    assert_eq!(delivered.standing.event_id, "delivered:P-4");
    assert!(matches!(delivered.value, FactValue::At(..)));
}

#[test]
fn what_is_wrong_is_said_by_row_and_column() {
    let came = came(PARCELS_MAPPING, PARCELS.as_bytes());
    let told: Vec<_> = came.rejects.iter().map(|r| (r.row, r.column.as_str(), r.value.as_str(), r.code)).collect();
    assert_eq!(
        told,
        [
            (10, "Freight (USD)", "$12.50 or so", "money_invalid"),
            (11, "Freight (USD)", "See P-9 (Line 99)", "reference_dangling"),
            (11, "Mode", "Zeppelin", "value_unmapped"),
            (11, "Ordered", "30-Feb-07", "time_invalid"),
            (11, "Weight kg", "As line 10", "reference_cycle"),
            (12, "Weight kg", "As line 11", "reference_cycle"),
            (13, "Weight kg", "As line 10", "reference_cycle"),
            (13, "Carrier", "Kilima Air | Other Air", "rows_differ"),
            (14, "", "12 | P-7 | O-5", "row_malformed"),
        ]
    );
}

#[test]
fn what_could_not_be_mapped_waits_with_its_bad_value_in_place() {
    let came = came(PARCELS_MAPPING, PARCELS.as_bytes());
    let (refusal, event) = came.refusal("released:O-3");
    assert_eq!(event["time"], "30-Feb-07");
    assert_eq!(event["data"]["precision"], "day");
    assert_eq!(refusal.subject.as_deref(), Some("O-3"));
    assert_eq!(refusal.event_type.as_deref(), Some("com.waybill.order.released.v1"));

    let (refusal, event) = came.refusal("delivered:P-5");
    assert_eq!(event["data"]["mode"], "Zeppelin");
    assert_eq!(event["data"]["freight_cost"]["amount"], "See P-9 (Line 99)");
    assert!(refusal.reason.contains("(and 2 more)"), "{}", refusal.reason);
    assert!(refusal.reason.ends_with("; in the event: /data/freight_cost, /data/mode, /data/weight/value"), "{}", refusal.reason);

    let (refusal, event) = came.refusal("delivered:P-6");
    assert_eq!(event["data"]["carrier_name"], "Kilima Air | Other Air");
    assert!(refusal.reason.contains("row"), "{}", refusal.reason);

    let row = came.refused.iter().find(|refusal| refusal.code == "row_malformed").expect("kept");
    assert_eq!(row.reason, "the row has 3 cells, the header has 13");
    assert_eq!(row.place.as_deref(), Some("row 14"));
}
