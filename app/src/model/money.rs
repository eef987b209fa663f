use serde::{Deserialize, Serialize};

/// An amount with its currency, as it is on the wire: a decimal string and an ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
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

/// The sum of each currency, in the order in which they come; amounts of one currency have the same number of digits.
pub fn tally(amounts: impl Iterator<Item = (String, String)>) -> Vec<Money> {
    let mut sums: Vec<(String, usize, i64)> = Vec::new();
    for (amount, currency) in amounts {
        let digits = amount.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let Ok(minor) = amount.replacen('.', "", 1).parse::<i64>() else { continue };
        match sums.iter_mut().find(|sum| sum.0 == currency && sum.1 == digits) {
            Some(sum) => sum.2 = sum.2.saturating_add(minor),
            None => sums.push((currency, digits, minor)),
        }
    }
    let decimal = |digits: usize, minor: i64| {
        let sign = if minor < 0 { "-" } else { "" };
        let mut text = minor.unsigned_abs().to_string();
        while text.len() <= digits {
            text.insert(0, '0');
        }
        if digits > 0 {
            text.insert(text.len() - digits, '.');
        }
        format!("{sign}{text}")
    };
    sums.into_iter().map(|(currency, digits, minor)| Money { amount: decimal(digits, minor), currency }).collect()
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
    fn currencies_are_never_added_up() {
        let amounts = [("1250.50", "USD"), ("0.05", "EUR"), ("-1250.55", "USD"), ("700", "JPY"), ("odd", "EUR")];
        let sums = tally(amounts.into_iter().map(|(amount, currency)| (amount.to_owned(), currency.to_owned())));
        assert_eq!(sums.iter().map(Money::text).collect::<Vec<_>>(), ["−0.05 USD", "0.05 EUR", "700 JPY"]);
    }

    #[test]
    fn thousands_are_grouped_and_the_sign_is_a_minus() {
        assert_eq!(group_thousands("0"), "0");
        assert_eq!(group_thousands("999"), "999");
        assert_eq!(group_thousands("1250.50"), "1,250.50");
        assert_eq!(group_thousands("-1234567.00"), "−1,234,567.00");
    }
}
