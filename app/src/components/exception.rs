//! Exceptions in words: how bad, where they stand, what they hold.

use super::{
    badge::{Tone, badge},
    erased::Erase,
    words::{money_or, nothing},
};
use crate::model::{ExceptionKind, ExceptionState, Money, Severity};
use leptos::prelude::*;

/// How bad.
pub(crate) fn severity(severity: Severity) -> AnyView {
    let tone = match severity {
        Severity::Critical => Tone::Bad,
        Severity::High => Tone::Warn,
        Severity::Medium => Tone::Busy,
        Severity::Low => Tone::Plain,
    };
    badge(tone, severity.label())
}

/// Where it stands. What is only said to be solved does not look solved.
pub(crate) fn state(state: ExceptionState) -> AnyView {
    let tone = match state {
        ExceptionState::Open => Tone::Warn,
        ExceptionState::Claimed => Tone::Busy,
        ExceptionState::Verified => Tone::Good,
        ExceptionState::Waived => Tone::Plain,
    };
    badge(tone, state.label())
}

/// `POD missing: DHL`. A code that some system gave as the reason (`not_received`) is read as words.
pub(crate) fn title(kind: ExceptionKind, detail: &str) -> String {
    let is_code = detail.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    match detail {
        "" => kind.label().to_owned(),
        code if is_code => format!("{}: {}", kind.label(), code.replace('_', " ")),
        told => format!("{}: {told}", kind.label()),
    }
}

/// Money of each currency beside each other, never added.
pub(crate) fn sums(sums: &[Money], absent: &'static str) -> AnyView {
    if sums.is_empty() {
        return nothing(absent);
    }
    let sums: Vec<_> = sums.iter().map(|sum| view! { <li>{money_or(&Some(sum.clone()), absent)}</li> }).collect();
    view! { <ul class="sums">{sums}</ul> }.erased()
}

/// Hours that a snooze may last: (hours, words).
pub(crate) const SNOOZES: [(u32, &str); 5] = [(4, "4 hours"), (24, "1 day"), (72, "3 days"), (168, "1 week"), (720, "30 days")];

/// How long to snooze, or until when.
pub(crate) fn hours() -> AnyView {
    let options: Vec<_> = SNOOZES
        .into_iter()
        .map(|(hours, words)| view! { <option value=hours.to_string() selected={hours == 24}>{words}</option> })
        .collect();
    view! {
        <label class="field"><span>"Snooze for"</span><select name="hours">{options}</select></label>
        <label class="field"><span>"or until (your time)"</span><input type="datetime-local" name="until"/></label>
    }
    .erased()
}
