//! A few short facts out of an event's kept JSON, for a line of a timeline.

use crate::domain::desk::DESK;

use super::{
    limits::Limits,
    node::{Members, Node, get, read_object},
};

/// As many as fit on a line.
const MOST: usize = 6;

/// As long as a fact may be there.
const LONGEST: usize = 120;

/// Fields worth a place on the line, the most telling first.
const FIELDS: [(&str, &str); 44] = [
    ("retracts", "Takes back"),
    ("reason", "Reason"),
    ("code", "Code"),
    ("error", "Error"),
    ("resolution", "Resolution"),
    ("blocked_by", "Blocked by"),
    ("missing", "Missing"),
    ("compliant", "Within limits"),
    ("signed_by", "Signed by"),
    ("number", "Number"),
    ("document", "Document"),
    ("amount", "Amount"),
    ("total", "Total"),
    ("rate", "Rate"),
    ("ledger", "Ledger"),
    ("tender", "Tender"),
    ("booking", "Booking"),
    ("carrier_name", "Carrier"),
    ("carrier", "Carrier"),
    ("vehicle", "Vehicle"),
    ("trailer", "Trailer"),
    ("load", "Load"),
    ("trip", "Trip"),
    ("stop", "Stop"),
    ("location", "Where"),
    ("channel", "Channel"),
    ("topic", "Topic"),
    ("eta", "Expected"),
    ("promised_at", "Promised"),
    ("pieces", "Pieces"),
    ("pieces_short", "Short"),
    ("mode", "Mode"),
    ("origin", "From"),
    ("destination", "To"),
    ("customer_name", "Customer"),
    ("customer", "Customer"),
    ("region", "Region"),
    ("business_unit", "Business unit"),
    ("delivered_at", "Delivered"),
    ("priority", "Priority"),
    ("weight", "Weight"),
    ("goods_value", "Goods value"),
    ("freight_cost", "Freight cost"),
    ("note", "Note"),
];

/// A few short facts, each with its name in words. Nothing if the text is no event.
pub fn details(json: &str) -> Vec<(String, String)> {
    let limits = Limits { string: usize::MAX, ..Limits::DEFAULT };
    let mut members = Members::new();
    let read = read_object(json, &limits, &mut members);
    let (Ok(()), Some(Node::Object(data))) = (read, get(&members, "data")) else { return Vec::new() };
    let mut facts: Vec<(String, String)> = Vec::new();
    // What was said at the desk somebody said: only Waybill itself can write that.
    let text = |name| get(&members, name).and_then(Node::text);
    if let (Some(DESK), Some(actor)) = (text("source"), text("actor")) {
        facts.push(("By".into(), cut(actor.strip_prefix("user:").unwrap_or(actor))));
    }
    for (field, label) in FIELDS {
        let known = facts.iter().any(|(known, _)| known == label);
        let Some(fact) = get(data, field).filter(|_| !known).and_then(short) else { continue };
        facts.push((label.to_owned(), cut(&fact)));
        if facts.len() == MOST {
            break;
        }
    }
    facts
}

/// A value on one line: text, yes or no, money, a quantity, a document's number, a list of texts.
fn short(value: &Node) -> Option<String> {
    match value {
        Node::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Node::Bool(true) => Some("yes".into()),
        Node::Bool(false) => Some("no".into()),
        Node::List(list) => {
            let texts: Vec<_> = list.iter().filter_map(Node::text).take(5).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        Node::Object(members) => {
            let text = |name| get(members, name).and_then(Node::text);
            match (text("amount"), text("currency"), text("value"), text("unit"), text("number")) {
                (Some(amount), Some(currency), ..) => Some(format!("{amount} {currency}")),
                (_, _, Some(value), unit, _) => Some(format!("{value} {}", unit.unwrap_or_default()).trim_end().to_owned()),
                (.., Some(number)) => Some(number.to_owned()),
                _ => None,
            }
        }
        Node::Null | Node::Int(_) | Node::Float(_) => None,
    }
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_said_it_at_the_desk_is_told_and_nobody_else_can_claim_that() {
        let json = |source: &str| format!(r#"{{"source":"{source}","actor":"user:amira","data":{{"note":"seen"}}}}"#);
        let pair = |label: &str, fact: &str| (label.to_owned(), fact.to_owned());
        assert_eq!(details(&json(DESK)), [pair("By", "amira"), pair("Note", "seen")]);
        assert_eq!(details(&json("tms/eu")), [pair("Note", "seen")]);
    }

    #[test]
    fn the_most_telling_fields_come_first_and_no_more_than_fit() {
        let json = r#"{"data":{"note":"left at\ngate","signed_by":"A. Ortiz","amount":{"amount":"12.50","currency":"EUR"},
            "pieces":{"value":"3","unit":"pallet"},"blocked_by":["price","tax"],"carrier":"DHL","carrier_name":"DHL Freight",
            "compliant":false,"mode":"road"}}"#;
        let facts = details(json);
        let facts: Vec<_> = facts.iter().map(|(label, fact)| (label.as_str(), fact.as_str())).collect();
        let expected = [
            ("Blocked by", "price, tax"),
            ("Within limits", "no"),
            ("Signed by", "A. Ortiz"),
            ("Amount", "12.50 EUR"),
            ("Carrier", "DHL Freight"),
            ("Pieces", "3 pallet"),
        ];
        assert_eq!(facts, expected);
        assert_eq!(details("no event"), []);
        assert_eq!(details("{\"data\":3}"), []);
    }
}
