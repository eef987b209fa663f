//! Measures: narrow facts about a shipment that figures are folded from.
//!
//! A changed shipment takes back the measures that it stood for and gives those that it stands for now, so that a figure is a
//! sum, whatever was corrected. A measure counts on the day (UTC) of the event that stopped its clock.

mod bin;
mod flow;
mod generation;
mod known;
mod stages;
mod stock;

pub use bin::{
    CONSOLIDATED, NEGATIVE, NEVER_READY, NO_RECORD_TIME, NO_START, OLD_DATA, ZERO_CHARGE, bin_hours, bins_from, day_of,
    is_whole_days, lag_bin, millis_bin, percentile, span_bin, week_of,
};
pub use flow::flows;
pub use generation::Generation;
pub use known::{Metric, Shape};
pub use stages::{STAGES, Stages};
pub(crate) use stock::pod_grace;
pub use stock::{Interval, Stock, intervals};

use super::{
    assess::Inputs,
    fact::FactKey,
    money::{Currency, Money},
    shipment::{Outcome, ShipmentState},
    time::{Instant, Precision},
};

/// Delivered no later than promised; a proof in time; without a touch; nothing wrong; billed once.
pub const ON_TIME: i32 = 1;
/// Delivered after the promise; a proof after its time; touched; something wrong; billed twice.
pub const LATE: i32 = 2;
/// Delivered, no promise known; no proof.
pub const NO_PROMISE: i32 = 0;

/// One measure of one shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measure {
    /// What.
    pub metric: Metric,
    /// Days since 1970 (UTC) of the stop event.
    pub day: i32,
    /// Into which bin it falls: of a duration, a class, or a currency; negative for what is left out and counted.
    pub bin: i32,
    /// What adds up: milliseconds of a duration, minor units of money, else nothing.
    pub sum: i64,
}

/// What measures are made of, besides the state and the policy: what happened here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trail<'t> {
    /// When an exception of it was first detected.
    pub excepted_at: Option<Instant>,
    /// When people put their hands on it.
    pub touches: &'t [Instant],
}

/// Everything that measures are made of.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// State, orders, policy, waivers. The time is not asked: a measure stays what it is.
    pub inputs: &'a Inputs<'a>,
    /// What happened here.
    pub trail: Trail<'a>,
}

/// The bin of money in this currency.
pub fn currency_bin(currency: Currency) -> i32 {
    currency.code().bytes().fold(0, |number, letter| number * 26 + i32::from(letter - b'A')) + 1
}

/// The currency of such a bin; none where there was no money.
pub fn bin_currency(bin: i32) -> Option<Currency> {
    let number = u32::try_from(bin.checked_sub(1)?).ok()?;
    let letter = |place: u32| char::from(b'A' + u8::try_from(number / place % 26).unwrap_or_default());
    Currency::try_from([letter(676), letter(26), letter(1)].iter().collect::<String>()).ok()
}

/// How money is measured; what has none is counted all the same.
fn money_measure(metric: Metric, at: Instant, money: Option<Money>) -> Measure {
    let (bin, sum) = money.map_or((0, 0), |money| (currency_bin(money.currency), money.minor));
    Measure { metric, day: day_of(at), bin, sum }
}

/// The measures of a delivery: against its promise, and until it was recorded.
pub fn measures(state: &ShipmentState) -> Vec<Measure> {
    let Some(fact) = state.facts.get(FactKey::Delivered) else { return Vec::new() };
    let Some((at, precision)) = state.facts.at(FactKey::Delivered) else { return Vec::new() };
    let day = day_of(at);
    let against_promise = match state.summary().outcome {
        Outcome::OnTime => ON_TIME,
        Outcome::DeliveredLate => LATE,
        Outcome::NoPromise | Outcome::Open => NO_PROMISE,
    };
    let (lag, sum) = if fact.standing.received_at.is_some() && !state.watched {
        (NO_RECORD_TIME, 0)
    } else {
        span_bin((at, precision), (fact.standing.recorded_at(), Precision::Instant))
    };
    vec![
        Measure { metric: Metric::DeliveredAgainstPromise, day, bin: against_promise, sum: 0 },
        Measure { metric: Metric::DeliveredToRecorded, day, bin: lag, sum },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_a_bin_and_a_bin_a_currency() {
        for code in ["AED", "EUR", "USD", "ZWG"] {
            let currency = Currency::try_from(code).expect("known");
            assert_eq!(bin_currency(currency_bin(currency)), Some(currency));
        }
        assert_eq!([bin_currency(0), bin_currency(-1), bin_currency(i32::MAX)], [None; 3]);
    }
}
