//! How facts are written down: every event that told any once, every fact with the number of its event, in few letters. Each
//! change of a shipment reads and writes all of it.

use super::{Fact, FactKey, FactValue, Facts, Standing, Table};
use crate::domain::{
    money::{Currency, Money},
    time::{Instant, Precision},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{collections::BTreeMap, sync::Arc};

/// A value: `1789541216909416` an instant, `[1789541216909416]` a day, `[165135,"USD"]` money, `"SLKR"` text.
#[derive(Serialize)]
#[serde(untagged)]
enum Written<'v> {
    Instant(Instant),
    Day([Instant; 1]),
    Money(i64, Currency),
    Text(&'v str),
}

impl Serialize for FactValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::At(at, Precision::Instant) => Written::Instant(*at),
            Self::At(at, Precision::Day) => Written::Day([*at]),
            Self::Money(money) => Written::Money(money.minor, money.currency),
            Self::Text(text) => Written::Text(text),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FactValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;

        impl<'de> de::Visitor<'de> for Value {
            type Value = FactValue;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a fact's value")
            }

            fn visit_i64<E: de::Error>(self, micros: i64) -> Result<FactValue, E> {
                Ok(FactValue::At(Instant(micros), Precision::Instant))
            }

            fn visit_u64<E: de::Error>(self, micros: u64) -> Result<FactValue, E> {
                i64::try_from(micros).map_err(E::custom).and_then(|micros| self.visit_i64(micros))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<FactValue, E> {
                Ok(FactValue::Text(text.to_owned()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut parts: A) -> Result<FactValue, A::Error> {
                let number: i64 = parts.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
                Ok(match parts.next_element::<Currency>()? {
                    Some(currency) => FactValue::Money(Money { minor: number, currency }),
                    None => FactValue::At(Instant(number), Precision::Day),
                })
            }
        }

        deserializer.deserialize_any(Value)
    }
}

#[derive(Serialize)]
struct Writing<'f> {
    e: Vec<&'f Standing>,
    f: Numbered<'f>,
}

/// Facts by key, each with the number of its event.
struct Numbered<'f>(Vec<(FactKey, (&'f FactValue, usize))>);

impl Serialize for Numbered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, fact)| (key, fact)))
    }
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
        let f = self.0.iter().map(|(key, fact)| (key, (&fact.value, number(&fact.standing)))).collect();
        Writing { f: Numbered(f), e: events.into_iter().map(Arc::as_ref).collect() }.serialize(serializer)
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
        f.into_iter().map(fact).collect::<Result<Table, _>>().map(Self)
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
            let claims = keys.into_iter().map(|key| Claim { key, value: FactValue::Text(event_id.into()) });
            facts.merge(&claims.collect::<Vec<_>>(), standing);
        }
        let json = serde_json::to_string(&facts).expect("serialises");
        assert_eq!(
            json,
            r#"{"e":[{"r":7,"s":"tms","i":"e1"},{"r":7,"s":"tms","i":"e2"}],"f":{"carrier":["e1",0],"mode":["e2",1],"region":["e2",1]}}"#
        );
        assert_eq!(serde_json::from_str::<Facts>(&json).expect("reads"), facts);
        assert!(serde_json::from_str::<Facts>(r#"{"e":[],"f":{"mode":["x",0]}}"#).is_err());
    }

    #[test]
    fn every_kind_of_value_survives_the_round() {
        for (value, json) in [
            (FactValue::At(Instant(1_789_541_216_909_416), Precision::Instant), "1789541216909416"),
            (FactValue::At(Instant(-86_400_000_000), Precision::Instant), "-86400000000"),
            (FactValue::At(Instant(86_400_000_000), Precision::Day), "[86400000000]"),
            (FactValue::Money(Money::parse("-1651.35", "USD").expect("money")), r#"[-165135,"USD"]"#),
            (FactValue::Text("12".into()), r#""12""#),
        ] {
            assert_eq!(serde_json::to_string(&value).expect("serialises"), json);
            assert_eq!(serde_json::from_str::<FactValue>(json).expect("reads"), value);
        }
    }
}
