//! The values that payloads are made of. Each says what it takes in its JSON Schema and refuses everything else.

use crate::domain::{
    money::Money,
    time::{Instant, Precision},
};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use std::borrow::Cow;

/// Text of one to `MAX` characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(pub String);

/// A code: `DHL`, `US-WEST`, `damaged`.
pub type Code = Text<64>;
/// A name, a number of a document, a place.
pub type Name = Text<256>;
/// A few sentences.
pub type Note = Text<2000>;

/// Marks an error with a stable code; the reader takes it apart again.
fn coded<E: de::Error>(code: &str, message: impl std::fmt::Display) -> E {
    E::custom(format_args!("{code}|{message}"))
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Err(coded("data_invalid", "must not be empty; leave it out instead"));
        }
        if text.len() > MAX && text.chars().count() > MAX {
            return Err(coded("string_too_long", format_args!("must not be longer than {MAX} characters")));
        }
        let newlines = MAX > 256;
        if text.bytes().any(|b| b < 0x20 && !(newlines && matches!(b, b'\n' | b'\r' | b'\t')) || b == 0x7f) {
            return Err(coded("data_invalid", "must not hold control characters"));
        }
        Ok(Self(text))
    }
}

impl<const MAX: usize> JsonSchema for Text<MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Text{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX })
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

/// A decimal number as text, such as `"12.5"`: at most 15 digits before the point and 9 after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(pub String);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let good = |s: &str, most: usize| (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        if good(whole, 15) && good(fraction, 9) {
            Ok(Self(text))
        } else {
            Err(coded("data_invalid", "must be a decimal such as \"12.5\""))
        }
    }
}

impl JsonSchema for Decimal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Decimal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^-?[0-9]{1,15}(\\.[0-9]{1,9})?$", "description": "A decimal number as text." })
    }
}

/// Money: `{"amount":"1250.50","currency":"USD"}`. The amount is a decimal string; numbers are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount(pub Money);

#[derive(Deserialize)]
struct AmountFields {
    amount: MoneyText,
    currency: MoneyText,
}

/// Text whose lack is a fault of money, whatever came in its stead.
struct MoneyText(String);

impl<'de> Deserialize<'de> for MoneyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = MoneyText;

            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a string such as \"1250.50\" or \"USD\"")
            }

            fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
                Ok(MoneyText(v.to_owned()))
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
                Err(coded("money_invalid", "must be a decimal string such as \"1250.50\", not a number"))
            }

            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
                self.visit_f64(0.0)
            }

            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
                self.visit_f64(0.0)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = AmountFields::deserialize(deserializer)?;
        Money::parse(&fields.amount.0, &fields.currency.0).map(Self).map_err(|error| coded("money_invalid", error))
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Money. The amount is a decimal string with at most as many decimals as the currency has.",
            "required": ["amount", "currency"],
            "properties": {
                "amount": { "type": "string", "pattern": "^-?[0-9]{1,12}(\\.[0-9]+)?$", "examples": ["1250.50"] },
                "currency": { "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217 code.", "examples": ["USD"] }
            }
        })
    }
}

/// A time in a payload: RFC 3339 with an offset, or a day, `2026-03-01` (UTC) or `2026-03-01+02:00`, which is its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The point in time; for a day, its last microsecond.
    pub at: Instant,
    /// Whether it is known to the point or to the day.
    pub precision: Precision,
}

impl When {
    /// Reads either form.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 40 || !text.is_ascii() {
            return None;
        }
        if text.as_bytes().get(10).is_some_and(|b| matches!(b, b'T' | b't' | b' ')) {
            let at = DateTime::parse_from_rfc3339(text).ok()?;
            return Some(Self { at: Instant(at.timestamp_micros()), precision: Precision::Instant });
        }
        let day = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
        let at = end_of_day(day, offset(text.get(10..)?)?)?;
        Some(Self { at, precision: Precision::Day })
    }
}

/// `""` and `Z` are UTC, else `+02:00`.
fn offset(text: &str) -> Option<FixedOffset> {
    match text.as_bytes() {
        [] | b"Z" => FixedOffset::east_opt(0),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let part = |range: std::ops::Range<usize>| {
                let digits = text.get(range)?;
                digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<i32>().ok())?
            };
            let (hours, minutes) = (part(1..3)?, part(4..6)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3600 + minutes * 60;
            FixedOffset::east_opt(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

/// The last microsecond of a local day.
pub(crate) fn end_of_day(day: NaiveDate, offset: FixedOffset) -> Option<Instant> {
    let last = day.and_time(NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999)?);
    Some(Instant(offset.from_local_datetime(&last).single()?.timestamp_micros()))
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            coded(
                "time_invalid",
                "must be RFC 3339 with an offset, such as 2026-03-01T14:05:00+02:00, or a day, such as 2026-03-01, or a day with its \
                 offset, such as 2026-03-01+02:00",
            )
        })
    }
}

impl JsonSchema for When {
    fn schema_name() -> Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": 40,
            "description": "RFC 3339 with an offset, or a day (UTC, or with an offset), which stands for its end.",
            "examples": ["2026-03-01T14:05:00+02:00", "2026-03-01", "2026-03-01+02:00"]
        })
    }
}

/// A decimal with its unit: `{"value":"812.5","unit":"kg"}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Quantity {
    /// The number.
    pub value: Decimal,
    /// Its unit: `kg`, `lb`, `m3`, `pallet`, …
    pub unit: Text<16>,
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.value.0, self.unit.0)
    }
}

/// A list of at most `MAX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Few<T, const MAX: usize>(pub Vec<T>);

impl<T, const MAX: usize> Few<T, MAX> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T, const MAX: usize> Default for Few<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Few<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default();
        if list.len() > MAX {
            return Err(coded("data_invalid", format_args!("must not hold more than {MAX} entries")));
        }
        Ok(Self(list))
    }
}

impl<T: JsonSchema, const MAX: usize> JsonSchema for Few<T, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Few{MAX}Of{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "maxItems": MAX, "items": items })
    }
}
