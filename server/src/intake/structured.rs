//! One event in structured mode: `application/cloudevents+json`.

use crate::domain::{
    event::{self, ReadTerms},
    receipt::{Inbound, Refusal},
};

/// Reads one event.
pub fn read(bytes: &[u8], terms: &ReadTerms) -> Inbound {
    match event::read(bytes, terms) {
        Ok(event) => Inbound::Event(Box::new(event)),
        Err(refusal) => refused(refusal, terms),
    }
}

/// For quarantine; of bytes beyond what a request may hold only the beginning is kept.
pub(super) fn refused(mut refusal: Box<Refusal>, terms: &ReadTerms) -> Inbound {
    refusal.raw.truncate(terms.limits.body);
    Inbound::Refused(refusal)
}
