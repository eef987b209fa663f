//! A shipment that a batch changed, with what its lists, counts and figures need of both states, worked out once.

use super::subjects::{State, Subject};
use crate::domain::{
    fact::FactKey,
    shipment::{ShipmentState, Summary},
};

/// What was known of a new shipment.
pub(super) static NONE: ShipmentState = ShipmentState::NONE;

/// What was known of a shipment.
pub(super) fn before(subject: &Subject) -> &ShipmentState {
    match &subject.before {
        Some(State::Shipment(before)) => before.as_ref(),
        _ => &NONE,
    }
}

/// A changed shipment.
pub(super) struct ChangedShipment<'s> {
    /// Index among the batch's subjects.
    pub at: usize,
    pub subject: &'s Subject,
    pub before: &'s ShipmentState,
    pub after: &'s ShipmentState,
    pub old: Summary<'s>,
    pub new: Summary<'s>,
}

impl<'s> ChangedShipment<'s> {
    /// None for an order.
    pub(super) fn of((at, subject): (usize, &'s Subject)) -> Option<Self> {
        let State::Shipment(after) = &subject.state else { return None };
        let before = before(subject);
        Some(Self { at, subject, before, after, old: before.summary(), new: after.summary() })
    }

    pub(super) fn is_new(&self) -> bool {
        self.subject.before.is_none()
    }

    /// Whether the flags stay by which lists take it in.
    pub(super) fn keeps_flags(&self) -> bool {
        let flags = |s: &Summary<'s>| {
            let lists = (s.stage, s.outcome, s.awaiting_pod, s.awaiting_arrival, s.unbilled, s.history, s.posting_refused);
            (lists, s.dispatched_at, s.pod_validated_at)
        };
        let invoiced = |state: &ShipmentState| state.first(FactKey::InvoiceReleased).map(|(at, _)| at);
        flags(&self.old) == flags(&self.new) && invoiced(self.before) == invoiced(self.after)
    }

    /// Whether its place in the lists stays: then their indexes need no writing.
    pub(super) fn keeps_place(&self) -> bool {
        let (old, new) = (&self.old, &self.new);
        old.sort_at == new.sort_at
            && old.delivered == new.delivered
            && (old.region, old.business_unit, old.carrier, old.mode, old.customer)
                == (new.region, new.business_unit, new.carrier, new.mode, new.customer)
    }
}
