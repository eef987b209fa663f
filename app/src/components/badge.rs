//! States as a word with a colour; the colour never stands alone.

use crate::components::erased::Erase;
use crate::model::{QuarantineState, Stage, Timeliness};
use leptos::prelude::*;

/// One of the four status colours, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Under way.
    Busy,
    /// Waits for somebody.
    Warn,
    /// Wrong or overdue.
    Bad,
    /// Neither.
    Plain,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "badge good",
            Self::Busy => "badge busy",
            Self::Warn => "badge warn",
            Self::Bad => "badge bad",
            Self::Plain => "badge",
        }
    }
}

/// A word with a colour.
pub(crate) fn badge(tone: Tone, word: impl Into<String>) -> AnyView {
    view! { <span class=tone.class()>{word.into()}</span> }.erased()
}

/// A shipment's stage.
pub(crate) fn stage(stage: Stage) -> AnyView {
    badge(stage_tone(stage), stage.label())
}

/// The colour of a stage: what waits for a paper warns, what the ERP confirmed is good.
pub(crate) fn stage_tone(stage: Stage) -> Tone {
    match stage {
        Stage::Planned | Stage::Tendered | Stage::Cancelled => Tone::Plain,
        Stage::Dispatched | Stage::InTransit => Tone::Busy,
        Stage::Delivered => Tone::Warn,
        Stage::PodReceived | Stage::Invoiced => Tone::Busy,
        Stage::Posted => Tone::Good,
    }
}

/// Delivery against promise, with how late.
pub(crate) fn timeliness(timeliness: Timeliness, late_by: Option<&str>) -> AnyView {
    let tone = match timeliness {
        Timeliness::OnTime => Tone::Good,
        Timeliness::DeliveredLate => Tone::Warn,
        Timeliness::Overdue => Tone::Bad,
        Timeliness::Open | Timeliness::Cancelled | Timeliness::Unwatched => Tone::Plain,
        Timeliness::NoPromise => return super::words::nothing(timeliness.label()),
    };
    match late_by {
        Some(by) => view! { {badge(tone, timeliness.label())} " " <span class="by">"by " {by.to_owned()}</span> }.erased(),
        None => badge(tone, timeliness.label()),
    }
}

/// Where a quarantined item stands.
pub(crate) fn quarantine(state: QuarantineState) -> AnyView {
    match state {
        QuarantineState::Open => badge(Tone::Warn, "Open"),
        QuarantineState::Resolved => badge(Tone::Good, "Resolved"),
        QuarantineState::Discarded => badge(Tone::Plain, "Discarded"),
    }
}
