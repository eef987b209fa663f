//! One event in binary mode: attributes in `ce-` headers, the payload as the body.

use super::structured;
use crate::domain::{
    event::{ReadTerms, is_json},
    receipt::{Inbound, Refusal},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::de::IgnoredAny;

/// What header names of attributes begin with.
pub const PREFIX: &str = "ce-";

/// A request in binary mode.
#[derive(Debug)]
pub struct Parts<'r> {
    /// Attributes without their prefix, values as they stand in the headers.
    pub attributes: Vec<(&'r str, &'r [u8])>,
    /// The media type of the body.
    pub content_type: Option<&'r str>,
    /// The payload.
    pub body: &'r [u8],
}

/// Reads one event: its structured form is assembled and kept.
pub fn read(parts: &Parts<'_>, terms: &ReadTerms) -> Inbound {
    let (json, fault) = assemble(parts);
    match (structured::read(&json, terms), fault) {
        // The assembled text would show the same fault at another place.
        (Inbound::Refused(mut refusal), Some(Fault { code, reason })) => {
            *refusal = Refusal { code, reason: reason.into(), place: Some("/data".into()), ..*refusal };
            Inbound::Refused(refusal)
        }
        (read, None) => read,
        (Inbound::Event(event), Some(Fault { code, reason })) => Inbound::Refused(Box::new(Refusal {
            raw: json,
            code,
            reason: reason.into(),
            place: Some("/data".into()),
            source: Some(event.source),
            event_id: Some(event.id),
            event_type: Some(event.event_type.name().into()),
            subject: Some(event.subject),
        })),
    }
}

/// The text of its structured form, whatever it says.
pub fn as_structured(parts: &Parts<'_>) -> Vec<u8> {
    assemble(parts).0
}

struct Fault {
    code: &'static str,
    reason: &'static str,
}

fn assemble(parts: &Parts<'_>) -> (Vec<u8>, Option<Fault>) {
    let mut json = Vec::with_capacity(parts.body.len() + 512);
    json.push(b'{');
    for (name, value) in &parts.attributes {
        member(&mut json, name, &decode(value));
    }
    if let Some(content_type) = parts.content_type {
        member(&mut json, "datacontenttype", content_type);
    }
    let mut fault = None;
    if !parts.body.is_empty() {
        comma(&mut json);
        if parts.content_type.is_none_or(is_json) {
            if serde_json::from_slice::<IgnoredAny>(parts.body).is_err() {
                fault = Some(Fault { code: "json_malformed", reason: "/data: the body is not JSON" });
            }
            json.extend_from_slice(b"\"data\":");
            json.extend_from_slice(parts.body);
        } else {
            fault = Some(Fault { code: "data_content_type_unsupported", reason: "/data: the body must be application/json" });
            json.extend_from_slice(b"\"data_base64\":\"");
            json.extend_from_slice(STANDARD.encode(parts.body).as_bytes());
            json.push(b'"');
        }
    }
    json.push(b'}');
    (json, fault)
}

fn comma(json: &mut Vec<u8>) {
    if json.len() > 1 {
        json.push(b',');
    }
}

fn member(json: &mut Vec<u8>, name: &str, value: &str) {
    comma(json);
    for (text, end) in [(name, b":".as_slice()), (value, b"")] {
        serde_json::to_writer(&mut *json, text).expect("text is JSON and memory takes it");
        json.extend_from_slice(end);
    }
}

/// A header's value as the HTTP binding has it: perhaps quoted, percent-encoded where it is not plain ASCII. Bytes that are no
/// UTF-8 stay encoded, so that two names never become one.
fn decode(value: &[u8]) -> String {
    let mut quoted = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).map(Vec::from);
    if let Some(inner) = &mut quoted {
        let mut escaped = false;
        inner.retain(|b| {
            escaped = !escaped && *b == b'\\';
            !escaped
        });
    }
    let value = quoted.as_deref().unwrap_or(value);
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&first, tail)) = rest.split_first() {
        let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
        match (first, hex(tail.first()), hex(tail.get(1))) {
            (b'%', Some(high), Some(low)) => {
                plain.push(high << 4 | low);
                rest = &tail[2..];
            }
            _ => {
                plain.push(first);
                rest = tail;
            }
        }
    }
    plain.utf8_chunks().fold(String::with_capacity(plain.len()), |mut text, chunk| {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("%{byte:02X}")));
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{event::Limits, time::Instant},
        intake::structured,
    };
    use proptest::prelude::*;

    #[test]
    fn bytes_that_are_no_text_never_make_two_names_one() {
        let names = ["a%e4", "a%f6", "a%ff", "a%c3%a4"].map(|name| decode(name.as_bytes()));
        assert_eq!(names, ["a%E4", "a%F6", "a%FF", "aä"]);
        assert_eq!(decode(b"a\xe4"), "a%E4");
    }

    const TERMS: ReadTerms = ReadTerms { now: Instant(1_773_144_000 * Instant::SECOND), limits: Limits::DEFAULT };
    const HEADERS: [(&str, &[u8]); 6] = [
        ("specversion", b"1.0"),
        ("id", b"e-1"),
        ("source", b"/wms"),
        ("type", b"com.waybill.shipment.loaded.v1"),
        ("subject", b"SH%2f1%20%e2%82%ac"),
        ("time", b"2026-03-09T14:05:00Z"),
    ];

    fn event(body: &[u8], content_type: &str) -> Inbound {
        read(&Parts { attributes: HEADERS.to_vec(), content_type: Some(content_type), body }, &TERMS)
    }

    #[test]
    fn binary_and_structured_mode_are_the_same_event() {
        let structured = br#"{"specversion":"1.0","type":"com.waybill.shipment.loaded.v1","id":"e-1","source":"/wms","subject":
            "SH/1 \u20ac","time":"2026-03-09T14:05:00Z", "data":{"seal": "S-1"}}"#;
        let Inbound::Event(structured) = structured::read(structured, &TERMS) else { panic!("readable") };
        for content_type in ["application/json", "application/json; charset=utf-8"] {
            let Inbound::Event(binary) = event(b"{\"seal\":\"S-1\"}", content_type) else { panic!("readable") };
            assert_eq!(binary.subject, "SH/1 €");
            assert_eq!(binary.body_hash, structured.body_hash);
            assert_eq!(binary.claims, structured.claims);
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_kept() {
        let refused = |inbound| match inbound {
            Inbound::Refused(refusal) => refusal,
            Inbound::Event(event) => panic!("{event:?}"),
        };
        let broken = refused(event(b"{\"seal\":}", "application/json"));
        assert_eq!((broken.code, broken.event_id.as_deref()), ("json_malformed", Some("e-1")));
        assert!(String::from_utf8_lossy(&broken.raw).contains("{\"seal\":}"));
        // Nothing smuggled in behind the payload.
        let smuggled = refused(event(b"{},\"correlationid\":\"x\"", "application/json"));
        assert_eq!((smuggled.code, smuggled.place.as_deref()), ("json_malformed", Some("/data")));
        let xml = refused(event(b"<seal/>", "application/xml"));
        assert_eq!(xml.code, "data_content_type_unsupported");
        assert!(String::from_utf8_lossy(&xml.raw).contains("PHNlYWwvPg=="));
    }

    #[test]
    fn quotes_and_percent_signs_are_decoded_once() {
        assert_eq!(decode(b"\"a \\\"b\\\" \\\\c\""), "a \"b\" \\c");
        assert_eq!(decode(b"100%25"), "100%");
        assert_eq!(decode(b"100%2525"), "100%25");
        assert_eq!(decode(b"50% off %zz %4"), "50% off %zz %4");
    }

    proptest! {
        #[test]
        fn arbitrary_requests_never_panic(
            name in "[a-zA-Z0-9_]{0,6}", value in prop::collection::vec(any::<u8>(), 0..30),
            body in prop::collection::vec(any::<u8>(), 0..60), json in any::<bool>(),
        ) {
            let mut attributes = HEADERS.to_vec();
            attributes.push((&name, &value));
            let content_type = Some(if json { "application/json" } else { "x/y" });
            read(&Parts { attributes, content_type, body: &body }, &TERMS);
        }
    }
}
