//! Several events in one JSON array: `application/cloudevents-batch+json`.

use super::structured;
use crate::domain::{
    event::ReadTerms,
    receipt::{Inbound, Refusal},
};
use serde_json::value::RawValue;

/// The array has more events than a batch may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a batch may hold {most} events, this one has {found}")]
pub struct TooMany {
    /// How many there are.
    pub found: usize,
    /// How many there may be.
    pub most: usize,
}

/// Reads a batch; an element that cannot be read refuses only itself. What is no array is refused as one.
pub fn read(bytes: &[u8], terms: &ReadTerms) -> Result<Vec<Inbound>, TooMany> {
    let elements = match serde_json::from_slice::<Vec<&RawValue>>(bytes) {
        Ok(elements) => elements,
        Err(error) => return Ok(vec![whole(bytes, &error, terms)]),
    };
    if elements.len() > terms.limits.batch {
        return Err(TooMany { found: elements.len(), most: terms.limits.batch });
    }
    Ok(elements.into_iter().map(|element| structured::read(element.get().as_bytes(), terms)).collect())
}

fn whole(bytes: &[u8], error: &serde_json::Error, terms: &ReadTerms) -> Inbound {
    let refusal = Refusal {
        raw: bytes.to_vec(),
        code: "json_malformed",
        reason: format!("not an array of events: line {}, column {}", error.line(), error.column()),
        place: None,
        source: None,
        event_id: None,
        event_type: None,
        subject: None,
    };
    structured::refused(Box::new(refusal), terms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{event::Limits, time::Instant};

    const TERMS: ReadTerms = ReadTerms { now: Instant(1_773_144_000 * Instant::SECOND), limits: Limits::DEFAULT };
    const GOOD: &str = r#"{"specversion":"1.0","id":"e-1","source":"/wms","type":"com.waybill.shipment.loaded.v1","subject":"S",
        "time":"2026-03-09T14:05:00Z"}"#;

    #[test]
    fn a_bad_element_refuses_only_itself_and_keeps_its_bytes() {
        let items = read(format!("[{GOOD}, {{ \"id\" : 7 }} ,3,{GOOD}]").as_bytes(), &TERMS).expect("few");
        let raws: Vec<_> = items
            .iter()
            .map(|item| match item {
                Inbound::Event(_) => "event".to_owned(),
                Inbound::Refused(refusal) => String::from_utf8_lossy(&refusal.raw).into_owned(),
            })
            .collect();
        assert_eq!(raws, ["event", "{ \"id\" : 7 }", "3", "event"]);
    }

    #[test]
    fn what_is_no_array_is_kept_as_one() {
        for body in ["{}", "[{},", "", "null", "\u{feff}[]"] {
            let items = read(body.as_bytes(), &TERMS).expect("one");
            assert!(matches!(&items[..], [Inbound::Refused(refusal)] if refusal.raw == body.as_bytes()), "{body}");
        }
        assert_eq!(read(b"[]", &TERMS).expect("none").len(), 0);
    }

    #[test]
    fn a_batch_beyond_the_limit_is_not_begun() {
        let body = format!("[{}1]", "1,".repeat(1000));
        assert_eq!(read(body.as_bytes(), &TERMS).expect_err("too many"), TooMany { found: 1001, most: 1000 });
    }
}
