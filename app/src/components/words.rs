//! Values in words: moments, money, counts, and the absence of each.

use crate::components::erased::Erase;
use crate::model::{Moment, Money, group_thousands};
use leptos::prelude::*;

/// A moment in the viewer's zone, with UTC on hover and for machines.
pub(crate) fn moment(at: &Moment) -> AnyView {
    view! { <time datetime=at.utc.clone() title=at.utc.clone()>{at.local.clone()}</time> }.erased()
}

/// A moment, or the word for its absence.
pub(crate) fn moment_or(at: &Option<Moment>, absent: &'static str) -> AnyView {
    at.as_ref().map_or_else(|| nothing(absent), moment)
}

/// An amount with its currency, or the word for its absence.
pub(crate) fn money_or(amount: &Option<Money>, absent: &'static str) -> AnyView {
    match amount {
        Some(money) => view! {
            <span class="money">{group_thousands(&money.amount)} " " <abbr class="currency">{money.currency.clone()}</abbr></span>
        }
        .erased(),
        None => nothing(absent),
    }
}

/// Text, or the word for its absence.
pub(crate) fn text_or(text: &Option<String>, absent: &'static str) -> AnyView {
    text.as_ref().map_or_else(|| nothing(absent), |text| text.clone().erased())
}

/// The kind of a reference: `BOL`, `Carrier invoice`.
pub(crate) fn scheme(code: &str) -> String {
    match code {
        "bol" | "pro" | "erp" | "sscc" => code.to_uppercase(),
        _ => {
            let mut letters = code.chars();
            let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
            first + &letters.as_str().replace('_', " ")
        }
    }
}

/// What no source has told: a word, never a zero or a bare dash.
pub(crate) fn nothing(word: &'static str) -> AnyView {
    view! { <span class="nothing">{word}</span> }.erased()
}

/// A count with its thousands grouped.
pub(crate) fn count(n: u64) -> String {
    group_thousands(&n.to_string())
}

/// `1 shipment`, `2 shipments`.
pub(crate) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular() {
        assert_eq!(counted(0, "shipment", "shipments"), "0 shipments");
        assert_eq!(counted(1, "shipment", "shipments"), "1 shipment");
        assert_eq!(counted(10_324, "shipment", "shipments"), "10,324 shipments");
    }

    #[test]
    fn abbreviations_stay_capital() {
        assert_eq!(scheme("bol"), "BOL");
        assert_eq!(scheme("carrier_invoice"), "Carrier invoice");
        assert_eq!(scheme(""), "");
    }
}

/// Text for the `inner_html` of a text area: markup in it stays text. The renderer leaves the children of a text area as they are,
/// so somebody else's `</textarea>` would end it.
pub(crate) fn in_textarea(text: &str) -> String {
    // A parser drops the first line break of a text area.
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

#[cfg(test)]
mod textarea {
    use super::in_textarea;

    #[test]
    fn nothing_ends_a_text_area_or_changes_in_it() {
        assert_eq!(in_textarea("a &amp; b</textarea><form>"), "\na &amp;amp; b&lt;/textarea>&lt;form>");
    }
}
