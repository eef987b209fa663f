//! The lines of rated charges, as an event tells them. Facts keep their sum, their codes and the accessorials; who wants the lines
//! reads the event again.

use super::data::ChargesData;
use crate::domain::money::Money;
use serde::Deserialize;

/// One charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatedLine {
    /// Charge code.
    pub code: String,
    /// In words; empty if the rating said none.
    pub description: String,
    /// How much.
    pub amount: Money,
}

/// The lines of a `charges.rated` event as it is kept; none of anything else.
pub fn rated_lines(json: &str) -> Vec<RatedLine> {
    #[derive(Deserialize)]
    struct Event {
        data: ChargesData,
    }
    let lines = serde_json::from_str::<Event>(json).map(|event| event.data.charges.0).unwrap_or_default();
    let line = |line: super::data::ChargeLine| RatedLine {
        code: line.code.0,
        description: line.description.map(|text| text.0).unwrap_or_default(),
        amount: line.amount.0,
    };
    lines.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::EventType;

    #[test]
    fn the_example_has_its_lines() {
        let lines = rated_lines(EventType::ChargesRated.example());
        let told: Vec<_> = lines.iter().map(|line| (line.code.as_str(), line.amount.decimal())).collect();
        let total: i64 = lines.iter().map(|line| line.amount.minor).sum();
        assert_eq!((told.len() > 1, total), (true, 134_250), "{told:?}");
    }

    #[test]
    fn what_rates_nothing_has_none() {
        assert_eq!(rated_lines(EventType::ShipmentDelivered.example()), []);
        assert_eq!(rated_lines("{"), []);
    }
}
