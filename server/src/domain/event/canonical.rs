//! Canonical JSON (RFC 8785) and the hash that tells a repetition from another body under the same id.

use super::node::Node;
use sha2::{Digest, Sha256};

/// SHA-256 over the canonical JSON of an object of these members; `data` is left out where the event has none.
pub(super) fn body_hash(data: Option<&Node>, subject: &str, time: &str, event_type: &str) -> [u8; 32] {
    let mut out = Vec::with_capacity(1024);
    out.push(b'{');
    if let Some(data) = data {
        out.extend_from_slice(b"\"data\":");
        write(&mut out, data);
        out.push(b',');
    }
    for (name, value) in [("\"subject\":", subject), (",\"time\":", time), (",\"type\":", event_type)] {
        out.extend_from_slice(name.as_bytes());
        write_text(&mut out, value);
    }
    out.push(b'}');
    Sha256::digest(&out).into()
}

/// Appends the canonical form.
pub(super) fn write(out: &mut Vec<u8>, node: &Node) {
    match node {
        Node::Null => out.extend_from_slice(b"null"),
        Node::Bool(true) => out.extend_from_slice(b"true"),
        Node::Bool(false) => out.extend_from_slice(b"false"),
        // Whole numbers below 2^53 are written by ECMAScript exactly as they are here.
        Node::Int(v) => out.extend_from_slice(v.to_string().as_bytes()),
        Node::Float(v) => out.extend_from_slice(ryu_js::Buffer::new().format(*v).as_bytes()),
        Node::Text(v) => write_text(out, v),
        Node::List(list) => {
            out.push(b'[');
            for (index, value) in list.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(out, value);
            }
            out.push(b']');
        }
        Node::Object(members) => {
            out.push(b'{');
            for (index, (key, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(out, key);
                out.push(b':');
                write(out, value);
            }
            out.push(b'}');
        }
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|b| *b < 0x20 || matches!(b, b'"' | b'\\')) {
        out.extend_from_slice(&rest[..at]);
        match rest[at] {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            control => out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{limits::Limits, node};
    use proptest::prelude::*;

    fn canonical(text: &str) -> String {
        let mut members = Vec::new();
        node::read_object(text, &Limits::DEFAULT, &mut members).expect("a JSON object");
        let mut out = Vec::new();
        write(&mut out, &Node::Object(members));
        String::from_utf8(out).expect("UTF-8 in, UTF-8 out")
    }

    #[test]
    fn members_are_sorted_by_utf16_and_escapes_are_the_shortest() {
        assert_eq!(canonical("{\"b\":1,\"a\":[ 1.0, -0, 1e3, 1E21, 0.1 ]}"), "{\"a\":[1,0,1000,1e+21,0.1],\"b\":1}");
        assert_eq!(canonical("{\"\u{fb33}\":1,\"\u{1f600}\":2,\"\\u0061\":3}"), "{\"a\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}");
        assert_eq!(canonical(r#"{"a":"\u0001\u001f\/\"\\\b\f\n\r\té"}"#), "{\"a\":\"\\u0001\\u001f/\\\"\\\\\\b\\f\\n\\r\\té\"}");
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<f64>().prop_map(serde_json::Value::from),
            (-(1_i64 << 53)..(1_i64 << 53)).prop_map(serde_json::Value::from),
            "[^\u{0}]{0,12}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
                prop::collection::hash_map("[^\u{0}]{0,4}", inner, 0..6).prop_map(serde_json::Value::from_iter),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_independent_implementation_agrees(value in prop::collection::hash_map("[^\u{0}]{0,4}", json(), 0..6)) {
            let value = serde_json::Value::from_iter(value);
            let text = serde_json::to_string_pretty(&value).expect("a value is JSON");
            prop_assert_eq!(canonical(&text), serde_json_canonicalizer::to_string(&value).expect("a value is JSON"));
        }
    }
}
