//! An order between its approval and its end. That it was changed or split are flags beside the state.

use super::lifecycle;
use crate::domain::{fact::FactKey as K, order::OrderState};

lifecycle! {
    /// Where an order stands.
    OrderStanding: "ST2", "order", "Order",
        "Whether an order may be planned and billed. A release is the approval that other systems see; a block or a cancellation counts until a later release. Changed and split are flags beside the state.";
    states {
        /// Nobody released it.
        Unreleased = "unreleased", "Not released";
        /// Released in full.
        Released = "released", "Released";
        /// Released in part.
        PartiallyReleased = "partially_released", "Partially released";
        /// Blocked for credit.
        CreditBlocked = "credit_blocked", "Blocked for credit";
        /// Cancelled.
        Cancelled = "cancelled", "Cancelled";
    }
    transitions {
        Unreleased [OrderReleased] Released;
        Unreleased [OrderPartiallyReleased] PartiallyReleased;
        Unreleased [OrderCreditBlocked] CreditBlocked;
        Unreleased [OrderCancelled] Cancelled;
        Released [OrderPartiallyReleased] PartiallyReleased;
        Released [OrderCreditBlocked] CreditBlocked;
        Released [OrderCancelled] Cancelled;
        PartiallyReleased [OrderReleased] Released;
        PartiallyReleased [OrderCreditBlocked] CreditBlocked;
        PartiallyReleased [OrderCancelled] Cancelled;
        CreditBlocked [OrderReleased] Released;
        CreditBlocked [OrderPartiallyReleased] PartiallyReleased;
        CreditBlocked [OrderCancelled] Cancelled;
        Cancelled [OrderReleased] Released;
        Cancelled [OrderPartiallyReleased] PartiallyReleased;
    }
}

impl OrderStanding {
    /// Of these facts.
    pub fn of(order: &OrderState) -> Self {
        let at = |key| order.facts.at(key).map(|(at, _)| at);
        let flags = order.flags();
        let (whole, part) = (at(K::OrderReleased), at(K::OrderPartiallyReleased));
        if flags.cancelled_at.is_some() {
            Self::Cancelled
        } else if flags.blocked_at.is_some() {
            Self::CreditBlocked
        } else if part > whole {
            Self::PartiallyReleased
        } else if whole.is_some() {
            Self::Released
        } else {
            Self::Unreleased
        }
    }
}
