//! What to tell a customer who calls: in plain words where the shipment is, when it should come, what is wrong and who is on it,
//! and what about the invoice. Says what is known and nothing else.

use crate::{
    domain::{
        fact::FactKey as K,
        readiness::Holds,
        shipment::ShipmentState,
        time::{Instant, Precision},
    },
    service::words::{self, Words},
    store::exceptions::ExceptionRecord,
};

#[cfg(test)]
mod tests;

/// Exceptions that are named.
const NAMED: usize = 2;

/// What the answer is made of. What the reader may not see is none.
pub(super) struct Known<'k> {
    pub(super) state: &'k ShipmentState,
    pub(super) holds: Option<Holds>,
    /// Open ones.
    pub(super) exceptions: Option<&'k [ExceptionRecord]>,
}

/// The answer, sentence by sentence.
pub(super) fn tell(known: &Known<'_>, words: Words) -> Vec<String> {
    let state = known.state;
    let gone = !at(state, K::Delivered) && (at(state, K::Cancelled) || at(state, K::Returned));
    let mut told = vec![place(state, words)];
    told.extend((!gone).then(|| promise(state, words)).flatten());
    told.extend(known.exceptions.map(|exceptions| trouble(exceptions, words)));
    told.extend((!gone).then(|| invoice(known, words)).flatten());
    told
}

fn at(state: &ShipmentState, key: K) -> bool {
    state.facts.get(key).is_some()
}

/// `on 3 Mar 2026` or `on 3 Mar 2026, 14:20`.
fn on(state: &ShipmentState, key: K, words: Words) -> Option<String> {
    state.facts.at(key).map(|moment| format!("on {}", words.moment(moment).local))
}

fn place(state: &ShipmentState, words: Words) -> String {
    let when = |key| on(state, key, words);
    if let Some(when) = when(K::Delivered) {
        let signed = state.facts.text(K::SignedBy).map(|by| format!("; {by} signed for it")).unwrap_or_default();
        let proven = at(state, K::PodReceived) || at(state, K::PodValidated);
        let proof = if proven { String::new() } else { " The proof of delivery is not in yet.".to_owned() };
        return format!("It was delivered {when}{signed}.{proof}");
    }
    if let Some(when) = when(K::Returned) {
        return format!("It is on its way back since it was returned {when}.");
    }
    if let Some(when) = when(K::Cancelled) {
        return format!("It was cancelled {when}.");
    }
    if let Some(when) = when(K::Refused) {
        return format!("The consignee refused it {when}, and it was not delivered since.");
    }
    if let Some(when) = when(K::PartiallyDelivered) {
        return format!("A part of it was delivered {when}; the rest is still to come.");
    }
    let with = state.facts.text(K::CarrierName).or_else(|| state.facts.text(K::Carrier));
    let with = with.map(|carrier| format!(" with {carrier}")).unwrap_or_default();
    let left = [K::Dispatched, K::PickedUp, K::Departed, K::InTransit].into_iter().find_map(when);
    match left {
        Some(when) => {
            let mode = state.facts.text(K::Mode).map(|mode| format!(" by {mode}")).unwrap_or_default();
            let heard = state.last_at.filter(|last| *last < words.now).map(|last| words.now.since(last));
            let heard = heard.map(|ago| format!(" The last word of it is {} old.", words::duration(ago))).unwrap_or_default();
            format!("It is on its way{with}{mode} since it left {when}.{heard}")
        }
        None if state.first_at.is_some() => format!("It is planned{with} and has not left yet."),
        None => "Nobody has told yet where it is.".to_owned(),
    }
}

/// How late something is, in days where one side is known to the day only; none while it is in time.
fn late((promised, precision): (Instant, Precision), until: Instant, until_as: Precision) -> Option<String> {
    let late = until.since(promised);
    if late <= 0 {
        return None;
    }
    Some(match (precision, until_as) {
        (Precision::Instant, Precision::Instant) => words::duration(late),
        _ => format!("{} d", ((late - Instant::HOUR + Instant::DAY - 1) / Instant::DAY).max(1)),
    })
}

fn promise(state: &ShipmentState, words: Words) -> Option<String> {
    let promised = state.facts.at(K::PromisedAt);
    let for_when = promised.map(|promised| words.moment(promised).local);
    if let Some((delivered, precision)) = state.facts.at(K::Delivered) {
        let (promised, for_when) = (promised?, for_when?);
        return Some(match late(promised, delivered, precision) {
            Some(by) => format!("That was {by} later than promised ({for_when})."),
            None => format!("That was in time; it was promised for {for_when}."),
        });
    }
    let expected = state.facts.at(K::EstimatedAt).filter(|(at, _)| *at > words.now);
    let expected = expected.map(|moment| format!("is expected on {}", words.moment(moment).local));
    let Some((promised, for_when)) = promised.zip(for_when) else {
        return Some(expected.map_or_else(|| "No delivery date was promised.".to_owned(), |expected| format!("It {expected}.")));
    };
    let late = late(promised, words.now, Precision::Instant);
    Some(match (late, expected) {
        (Some(by), Some(expected)) => format!("It was promised for {for_when}, is {by} late, and {expected}."),
        (Some(by), None) => format!("It was promised for {for_when} and is {by} late."),
        (None, Some(expected)) => format!("It {expected}; promised for {for_when}."),
        (None, None) => format!("It is promised for {for_when}."),
    })
}

fn trouble(exceptions: &[ExceptionRecord], words: Words) -> String {
    if exceptions.is_empty() {
        return "Nothing is known to be wrong with it.".to_owned();
    }
    let named: Vec<String> = exceptions
        .iter()
        .take(NAMED)
        .map(|exception| {
            let what = match exception.detail.as_str() {
                "" => exception.kind.label().to_owned(),
                detail => format!("{} ({detail})", exception.kind.label()),
            };
            let age = words::duration(words.now.since(exception.detected_at).max(0));
            let who = match exception.assignee.as_str() {
                "" => format!("with {}, nobody has taken it yet", exception.queue.label()),
                name => format!("{name} of {} has it", exception.queue.label()),
            };
            format!("{what} for {age}, {who}")
        })
        .collect();
    let more = exceptions.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    format!("What is wrong: {}{more}.", named.join("; "))
}

fn invoice(known: &Known<'_>, words: Words) -> Option<String> {
    let state = known.state;
    let number = state.facts.text(K::InvoiceNumber).map(|number| format!(" {number}")).unwrap_or_default();
    if let Some(when) = on(state, K::InvoiceReleased, words) {
        let posted = if at(state, K::ErpPosted) { " and is in the books" } else { "" };
        return Some(format!("The invoice{number} went out {when}{posted}."));
    }
    if !at(state, K::Delivered) {
        return Some("There is no invoice yet; it comes after the delivery.".to_owned());
    }
    let holds = known.holds?;
    let why: Vec<String> = holds.iter().map(|hold| hold.label().to_lowercase().replace("pod", "POD")).collect();
    Some(match why.as_slice() {
        [] => "There is no invoice yet; nothing holds it.".to_owned(),
        why => format!("There is no invoice yet: {}.", why.join(", ")),
    })
}
