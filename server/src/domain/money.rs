//! Money: integer minor units and an ISO 4217 currency. Decimal strings in and out; floats are refused.

use serde::{Deserialize, Serialize};

/// An amount in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents for USD, yen for JPY, fils (thousandths) for KWD.
    pub minor: i64,
    /// Currency.
    pub currency: Currency,
}

/// An ISO 4217 code, three capital letters that the list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Why an amount is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not an ISO 4217 code.
    #[error("{0:?} is not an ISO 4217 currency code")]
    UnknownCurrency(String),
    /// Not a decimal string.
    #[error("{0:?} is not a decimal amount such as \"1250.50\"")]
    NotDecimal(String),
    /// More digits after the point than the currency has.
    #[error("{amount:?} has more decimals than {currency} allows ({digits})")]
    TooPrecise {
        /// The amount.
        amount: String,
        /// Its currency.
        currency: String,
        /// Digits that it allows.
        digits: u32,
    },
    /// Beyond what a freight bill can be: a hundred billion major units.
    #[error("{0:?} is beyond what a freight bill can be")]
    Absurd(String),
}

/// Largest amount taken, in major units.
pub const MAX_MAJOR: i64 = 100_000_000_000;

/// Active ISO 4217 codes whose exponent is not two.
const EXPONENTS: [(&str, u32); 23] = [
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
];

/// Active ISO 4217 codes with exponent two.
const TWO_DIGITS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY \
    COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES \
    KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB \
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD \
    TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";

impl Currency {
    /// The code as text.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made from ASCII letters only")
    }

    /// Codes whose digits after the point are not two, with how many they are.
    pub fn odd() -> impl Iterator<Item = (&'static str, u32)> {
        EXPONENTS.into_iter()
    }

    /// Digits after the point (ISO 4217 exponent).
    pub fn digits(&self) -> u32 {
        EXPONENTS.iter().find(|(code, _)| code.as_bytes() == self.0).map_or(2, |(_, digits)| *digits)
    }
}

impl TryFrom<&str> for Currency {
    type Error = MoneyError;

    fn try_from(code: &str) -> Result<Self, MoneyError> {
        // Compared as three bytes each: this is on the way of every amount.
        let known = |wanted: [u8; 3]| {
            TWO_DIGITS.as_bytes().chunks(4).any(|c| c[..3] == wanted) || EXPONENTS.iter().any(|(c, _)| c.as_bytes() == wanted)
        };
        match code.as_bytes() {
            &[a, b, c] if known([a, b, c]) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::UnknownCurrency(code.chars().take(12).collect())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::try_from(code.as_str())
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl Money {
    /// Reads a decimal string: an optional minus, digits, and at most as many decimals as the currency has.
    pub fn parse(amount: &str, currency: &str) -> Result<Self, MoneyError> {
        let currency = Currency::try_from(currency)?;
        let refuse = || MoneyError::NotDecimal(amount.chars().take(40).collect());
        let (sign, digits) = amount.strip_prefix('-').map_or((1, amount), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
            return Err(refuse());
        }
        let places = currency.digits();
        let significant = fraction.trim_end_matches('0');
        if significant.len() > places as usize {
            return Err(MoneyError::TooPrecise {
                amount: amount.chars().take(40).collect(),
                currency: currency.code().into(),
                digits: places,
            });
        }
        let absurd = || MoneyError::Absurd(amount.chars().take(40).collect());
        let whole: i64 = whole.parse().map_err(|_| absurd())?;
        if whole > MAX_MAJOR {
            return Err(absurd());
        }
        let scale = 10_i64.pow(places);
        let missing = places - u32::try_from(significant.len()).map_err(|_| absurd())?;
        let cents =
            if significant.is_empty() { 0 } else { significant.parse::<i64>().map_err(|_| absurd())? * 10_i64.pow(missing) };
        Ok(Self { minor: sign * (whole * scale + cents), currency })
    }

    /// The decimal string, with exactly the currency's digits.
    pub fn decimal(&self) -> String {
        let places = self.currency.digits();
        let sign = if self.minor < 0 { "-" } else { "" };
        let scale = 10_u64.pow(places);
        let (whole, rest) = (self.minor.unsigned_abs() / scale, self.minor.unsigned_abs() % scale);
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0width$}", width = places as usize) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_strings_survive_the_round() {
        for (amount, currency, minor) in
            [("1250.50", "USD", 125_050), ("0.01", "EUR", 1), ("-3.10", "USD", -310), ("700", "JPY", 700), ("1.234", "KWD", 1234)]
        {
            let money = Money::parse(amount, currency).expect("valid");
            assert_eq!(money.minor, minor);
            assert_eq!(money.decimal(), amount);
        }
    }

    #[test]
    fn trailing_zeros_beyond_the_exponent_are_no_precision() {
        assert_eq!(Money::parse("5.1000", "USD").expect("valid").minor, 510);
    }

    #[test]
    fn what_is_not_money_is_refused() {
        assert!(matches!(Money::parse("1.005", "USD"), Err(MoneyError::TooPrecise { .. })));
        assert!(matches!(Money::parse("1", "XXX"), Err(MoneyError::UnknownCurrency(_))));
        assert!(matches!(Money::parse("1", "usd"), Err(MoneyError::UnknownCurrency(_))));
        for bad in ["", "-", "1e5", "1,000.00", ".5", "5.", "+1", " 1", "NaN", "٣"] {
            assert!(matches!(Money::parse(bad, "USD"), Err(MoneyError::NotDecimal(_))), "{bad}");
        }
        assert!(matches!(Money::parse("100000000001", "USD"), Err(MoneyError::Absurd(_))));
        assert!(matches!(Money::parse("99999999999999999999999", "USD"), Err(MoneyError::Absurd(_))));
    }
}
