//! The lifecycles of the trade: for an order's freight, a shipment, its proof, its money and its cases, the states that they can be
//! in and what leads from one to the other.
//!
//! Nobody sets a state. Each is read off the facts, so that any order of arrival ends in the same; the transitions are what an
//! event does that comes in time. A test walks at random through all events and holds both against each other, and
//! `docs/lifecycles.md` is drawn from the tables.

use super::{assess::Case, event::EventType};

mod billing;
mod carriage;
#[cfg(test)]
mod documented;
mod ledger;
mod order;
mod service;
#[cfg(test)]
mod walk;

pub use order::OrderStanding;

/// A lifecycle.
#[derive(Clone, Copy)]
pub struct Lifecycle {
    /// As the trade's list of machines numbers it: `ST7`.
    pub id: &'static str,
    /// As in the API: `invoice`.
    pub code: &'static str,
    /// As people call it.
    pub title: &'static str,
    /// What it follows, in a sentence or two.
    pub about: &'static str,
    /// Its states, the first one first.
    pub states: &'static [State],
    /// What leads from one state to another.
    pub transitions: &'static [Transition],
}

/// A state of a lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// As in the API.
    pub code: &'static str,
    /// As people read it.
    pub label: &'static str,
}

/// What leads from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Code of the state before.
    pub from: &'static str,
    /// Any of these events.
    pub on: &'static [EventType],
    /// Code of the state after.
    pub to: &'static str,
}

/// Where a shipment stands in one lifecycle.
#[derive(Clone, Copy)]
pub struct Place {
    /// The lifecycle.
    pub lifecycle: &'static Lifecycle,
    /// The state.
    pub state: State,
}

/// Declares a lifecycle: an enum of its states, and its tables.
macro_rules! lifecycle {
    (
        $(#[$doc:meta])* $name:ident: $id:literal, $code:literal, $title:literal, $about:literal;
        states { $($(#[$state_doc:meta])* $state:ident = $state_code:literal, $label:literal;)+ }
        transitions { $($from:ident [$($on:ident)+] $to:ident;)+ }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$state_doc])* $state,)+
        }

        impl $name {
            /// The lifecycle's tables.
            pub const LIFECYCLE: $crate::domain::lifecycle::Lifecycle = $crate::domain::lifecycle::Lifecycle {
                id: $id,
                code: $code,
                title: $title,
                about: $about,
                states: &[$(Self::$state.state(),)+],
                transitions: &[$($crate::domain::lifecycle::Transition {
                    from: Self::$from.state().code,
                    on: &[$($crate::domain::event::EventType::$on,)+],
                    to: Self::$to.state().code,
                },)+],
            };

            /// As in the API, and as people read it.
            pub const fn state(self) -> $crate::domain::lifecycle::State {
                match self {
                    $(Self::$state => $crate::domain::lifecycle::State { code: $state_code, label: $label },)+
                }
            }
        }
    };
}
use lifecycle;

/// Reads a state off a shipment's facts.
type Reading = fn(&Case<'_>) -> State;

/// The lifecycles that a shipment goes through, in the order in which people ask for them.
const OF_A_SHIPMENT: [(&Lifecycle, Reading); 11] = [
    (&carriage::Milestones::LIFECYCLE, |case| carriage::Milestones::of(case).state()),
    (&carriage::Freight::LIFECYCLE, |case| carriage::Freight::of(case).state()),
    (&carriage::Warehouse::LIFECYCLE, |case| carriage::Warehouse::of(case).state()),
    (&carriage::Dispatch::LIFECYCLE, |case| carriage::Dispatch::of(case).state()),
    (&billing::Transaction::LIFECYCLE, |case| billing::Transaction::of(case).state()),
    (&billing::BillingReadiness::LIFECYCLE, |case| billing::BillingReadiness::of(case).state()),
    (&billing::Invoice::LIFECYCLE, |case| billing::Invoice::of(case).state()),
    (&ledger::Posting::LIFECYCLE, |case| ledger::Posting::of(case).state()),
    (&ledger::Accrual::LIFECYCLE, |case| ledger::Accrual::of(case).state()),
    (&ledger::FreightInvoice::LIFECYCLE, |case| ledger::FreightInvoice::of(case).state()),
    (&service::ServiceCase::LIFECYCLE, |case| service::ServiceCase::of(case).state()),
];

/// Where a shipment stands in each of its lifecycles.
pub fn places(inputs: &super::assess::Inputs<'_>) -> Vec<Place> {
    let case = Case::of(inputs);
    OF_A_SHIPMENT.iter().map(|(lifecycle, read)| Place { lifecycle, state: read(&case) }).collect()
}
