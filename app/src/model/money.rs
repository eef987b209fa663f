use serde::{Deserialize, Serialize};

/// An amount with its currency, as it is on the wire: a decimal string and an ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Decimal string with the currency's own number of digits, such as `1250.50`.
    pub amount: String,
    /// ISO 4217 code, such as `USD`.
    pub currency: String,
}

impl Money {
    /// For reading: thousands grouped, the currency behind: `1,250.50 USD`.
    pub fn text(&self) -> String {
        format!("{} {}", group_thousands(&self.amount), self.currency)
    }
}

/// Puts a comma between the thousands of a decimal string.
pub fn group_thousands(decimal: &str) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("−", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_and_the_sign_is_a_minus() {
        assert_eq!(group_thousands("0"), "0");
        assert_eq!(group_thousands("999"), "999");
        assert_eq!(group_thousands("1250.50"), "1,250.50");
        assert_eq!(group_thousands("-1234567.00"), "−1,234,567.00");
    }
}
