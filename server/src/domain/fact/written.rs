//! How facts are written down: every event that told any once, every fact with the number of its event. Names of sources and
//! events are long, and one event tells many facts.

use super::{Fact, FactKey, FactValue, Facts, Standing};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Serialize)]
struct Writing<'f> {
    e: Vec<&'f Standing>,
    f: BTreeMap<FactKey, (&'f FactValue, usize)>,
}

#[derive(Deserialize)]
struct Reading {
    e: Vec<Standing>,
    f: BTreeMap<FactKey, (FactValue, usize)>,
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut events: Vec<&Arc<Standing>> = Vec::new();
        let mut number = |standing| {
            events.iter().position(|held| *held == standing).unwrap_or_else(|| {
                events.push(standing);
                events.len() - 1
            })
        };
        let f = self.0.iter().map(|(key, fact)| (*key, (&fact.value, number(&fact.standing)))).collect();
        Writing { f, e: events.into_iter().map(Arc::as_ref).collect() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Reading { e, f } = Reading::deserialize(deserializer)?;
        let events: Vec<Arc<Standing>> = e.into_iter().map(Arc::new).collect();
        let fact = |(key, (value, number)): (FactKey, (FactValue, usize))| {
            let standing = events.get(number).cloned().ok_or_else(|| de::Error::custom("a fact of no event"))?;
            Ok((key, Fact { value, standing }))
        };
        f.into_iter().map(fact).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{fact::Claim, time::Instant};

    #[test]
    fn what_is_written_can_be_read_and_names_each_event_once() {
        let mut facts = Facts::default();
        for (event_id, keys) in [("e1", vec![FactKey::Carrier, FactKey::Mode]), ("e2", vec![FactKey::Mode, FactKey::Region])] {
            let standing = Standing {
                rank: 0,
                told_at: Instant(7),
                sequence: None,
                source: "tms".into(),
                event_id: event_id.into(),
                received_at: None,
            };
            facts.merge(keys.into_iter().map(|key| Claim { key, value: FactValue::Text(event_id.into()) }), standing);
        }
        let json = serde_json::to_string(&facts).expect("serialises");
        assert_eq!(
            json,
            r#"{"e":[{"r":7,"s":"tms","i":"e1"},{"r":7,"s":"tms","i":"e2"}],"f":{"carrier":[{"text":"e1"},0],"mode":[{"text":"e2"},1],"region":[{"text":"e2"},1]}}"#
        );
        assert_eq!(serde_json::from_str::<Facts>(&json).expect("reads"), facts);
        assert!(serde_json::from_str::<Facts>(r#"{"e":[],"f":{"mode":[{"text":"x"},0]}}"#).is_err());
    }
}
