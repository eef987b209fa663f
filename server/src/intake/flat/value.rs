//! A cell's value after the mapping's rules, and the three ways that can end: there, not there, or wrong.

use super::{
    date::{Moment, NoTime, TimeStyle},
    number::{Decimal, NumberStyle},
};
use crate::domain::money::{Currency, Money};
use serde_json::{Value as Json, json};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number; text on the wire, as all quantities are.
    Integer(i64),
    /// A decimal, text on the wire.
    Decimal(Decimal),
    /// Yes or no.
    Truth(bool),
    /// Money.
    Money(Currency, Decimal),
    /// A time.
    Time(Moment),
}

impl Value {
    /// As in a payload.
    pub fn wire(&self) -> Json {
        match self {
            Self::Truth(truth) => json!(truth),
            Self::Money(currency, amount) => {
                json!({ "amount": amount.padded(currency.digits()), "currency": currency.code() })
            }
            other => Json::String(other.text()),
        }
    }

    /// As in the middle of a text.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
            Self::Money(currency, amount) => format!("{} {}", amount.padded(currency.digits()), currency.code()),
            Self::Time(moment) => moment.wire(),
        }
    }
}

/// What became of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// There.
    Present(Value),
    /// Not there, and what stood in its place if that says why.
    Absent(Option<String>),
    /// There, but not what the mapping expects.
    Bad(Bad),
}

/// A value that is not what the mapping expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// As it stands in the file.
    pub raw: String,
    /// Line of the file.
    pub row: u64,
    /// Column.
    pub column: String,
    /// Stable code.
    pub code: &'static str,
    /// In words.
    pub reason: String,
}

/// What a column holds.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Text.
    Text(Case),
    /// A whole number.
    Integer(NumberStyle),
    /// A decimal.
    Decimal(NumberStyle, Rounding),
    /// Money of one currency; its text is given when the value is read.
    Money(NumberStyle, Rounding),
    /// A time.
    Time(Box<TimeStyle>),
    /// Yes or no: the words of each.
    Truth(Vec<String>, Vec<String>),
}

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// As they are.
    #[default]
    Keep,
    /// Capitals.
    Upper,
    /// Small.
    Lower,
    /// Small letters and digits of the Latin alphabet with `-` between words: a code made of a name.
    Slug,
}

/// What happens to more digits than fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rounding {
    /// The value is refused.
    #[default]
    Refuse,
    /// Halves go away from zero; to so many digits (money: to its currency's if `None`).
    HalfUp(Option<u32>),
}

/// Digits after the point that a payload takes.
const WIRE_DIGITS: u32 = 9;

impl Kind {
    /// Reads a text that is neither empty nor a word for "no value". The problem as code and words otherwise.
    pub fn read(&self, text: &str, currency: Option<&str>) -> Result<Value, (&'static str, String)> {
        if text.contains('\u{fffd}') {
            return Err(("encoding_invalid", "holds bytes that are not valid in the file's encoding".into()));
        }
        let not_a_number = || ("number_invalid", "is not a number as this column should write it".to_owned());
        match self {
            Self::Text(case) => Ok(Value::Text(case.of(text))),
            Self::Integer(style) => {
                let whole = style.read(text).and_then(|d| d.whole());
                whole.map(Value::Integer).ok_or_else(|| ("number_invalid", "is not a whole number".into()))
            }
            Self::Decimal(style, rounding) => {
                let number = style.read(text).ok_or_else(not_a_number)?;
                let number = match rounding {
                    Rounding::HalfUp(digits) => number.round_half_up(digits.unwrap_or(WIRE_DIGITS)),
                    Rounding::Refuse => number,
                };
                if number.scale() > WIRE_DIGITS {
                    return Err(("number_invalid", format!("has more than {WIRE_DIGITS} decimals")));
                }
                Ok(Value::Decimal(number))
            }
            Self::Money(style, rounding) => {
                let code = currency.ok_or_else(|| ("money_invalid", "has no currency".to_owned()))?;
                let currency = Currency::try_from(code).map_err(|error| ("money_invalid", error.to_string()))?;
                let amount = style.read(text).ok_or_else(|| ("money_invalid", "is not an amount".to_owned()))?;
                let amount = match rounding {
                    Rounding::HalfUp(digits) => amount.round_half_up(digits.unwrap_or(currency.digits())),
                    Rounding::Refuse => amount,
                };
                let checked = Money::parse(&amount.padded(currency.digits()), currency.code());
                checked.map_err(|error| ("money_invalid", error.to_string()))?;
                Ok(Value::Money(currency, amount))
            }
            Self::Time(style) => style.read(text).map(Value::Time).map_err(|problem| {
                let words = match problem {
                    NoTime::Unreadable => "fits none of the column's date formats",
                    NoTime::Impossible => "is no day or hour that exists",
                    NoTime::Ambiguous => "reads as different dates under the column's formats",
                };
                ("time_invalid", words.into())
            }),
            Self::Truth(yes, no) => {
                let has = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
                match (has(yes), has(no)) {
                    (true, _) => Ok(Value::Truth(true)),
                    (_, true) => Ok(Value::Truth(false)),
                    _ => Err(("value_invalid", "is none of the column's words for yes and no".into())),
                }
            }
        }
    }
}

impl Case {
    /// The text, so written.
    pub fn of(self, text: &str) -> String {
        match self {
            Self::Keep => text.to_owned(),
            Self::Upper => text.to_uppercase(),
            Self::Lower => text.to_lowercase(),
            Self::Slug => slug(text),
        }
    }
}

fn slug(text: &str) -> String {
    const PLAIN: [(&str, &str); 12] = [
        ("àáâãåāăą", "a"),
        ("çćč", "c"),
        ("èéêëēęě", "e"),
        ("ìíîïī", "i"),
        ("ñńň", "n"),
        ("òóôõøō", "o"),
        ("ùúûūů", "u"),
        ("śš", "s"),
        ("ýÿ", "y"),
        ("źżž", "z"),
        ("ł", "l"),
        ("đ", "d"),
    ];
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        let plain = match c {
            'a'..='z' | '0'..='9' => c.to_string(),
            'ä' | 'æ' => "ae".into(),
            'ö' | 'œ' => "oe".into(),
            'ü' => "ue".into(),
            'ß' => "ss".into(),
            '\'' | '’' | '.' => continue,
            c if c.is_alphanumeric() => {
                PLAIN.iter().find(|(set, _)| set.contains(c)).map_or_else(|| c.to_string(), |(_, p)| (*p).to_owned())
            }
            _ if out.is_empty() || out.ends_with('-') => continue,
            _ => "-".into(),
        };
        out.push_str(&plain);
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_codes() {
        for (name, code) in [
            ("Orgenics, Ltd", "orgenics-ltd"),
            ("S. BUYS WHOLESALER", "s-buys-wholesaler"),
            ("Côte d'Ivoire", "cote-divoire"),
            ("  Müller & Söhne (vormals Groß) ", "mueller-soehne-vormals-gross"),
            ("日通", "日通"),
        ] {
            assert_eq!(Case::Slug.of(name), code);
        }
    }

    #[test]
    fn money_is_rounded_only_where_the_mapping_says_so() {
        let strict = Kind::Money(NumberStyle::default(), Rounding::Refuse);
        let rounds = Kind::Money(NumberStyle::default(), Rounding::HalfUp(None));
        assert!(strict.read("12.345", Some("USD")).is_err());
        let wire = |kind: &Kind, text: &str, currency: &str| kind.read(text, Some(currency)).map(|v| v.wire());
        assert_eq!(wire(&rounds, "12.345", "USD"), Ok(json!({"amount": "12.35", "currency": "USD"})));
        assert_eq!(wire(&strict, "12.345", "KWD"), Ok(json!({"amount": "12.345", "currency": "KWD"})));
        assert_eq!(wire(&rounds, "12.5", "JPY"), Ok(json!({"amount": "13", "currency": "JPY"})));
        assert_eq!(wire(&strict, "12.500", "USD"), Ok(json!({"amount": "12.50", "currency": "USD"})));
        assert!(strict.read("1", Some("XXX")).is_err() && strict.read("1", None).is_err());
        assert!(strict.read("999999999999", Some("USD")).is_err());
    }

    #[test]
    fn bytes_that_were_not_text_are_seen() {
        let text = Kind::Text(Case::Keep);
        assert_eq!(text.read("K\u{fffd}ln", None).map_err(|(code, _)| code), Err("encoding_invalid"));
    }
}
