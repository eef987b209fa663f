//! The filter: by kind, place, person and state.

use crate::{
    components::{erased::Erase, exception::title, filters},
    model::{Choice, ExceptionFilter, ExceptionKind, ExceptionState, Exceptions, PlaceChoices},
    paths,
};
use leptos::prelude::*;

/// The form.
pub(super) fn form(filter: &ExceptionFilter, places: &PlaceChoices) -> AnyView {
    let fields = view! {
        {filters::pick("kind", "Kind", "All", &kinds(), &filter.kind)}
        {filters::pick("region", "Region", "All", &places.regions, &filter.region)}
        {filters::pick("business_unit", "Business unit", "All", &places.business_units, &filter.business_unit)}
        {assigned_to(&filter.assignee)}
        {filters::pick("state", "State", "Not solved", &states(), &filter.state)}
        {filters::pick("snoozed", "Snoozed", "Hidden", &snoozed(), &filter.snoozed)}
        {filters::kept("queue", &filter.queue)}
        {filters::kept("cause", &filter.cause)}
        {filters::kept("view", &filter.view)}
    };
    filters::form(paths::EXCEPTIONS, "Filter exceptions", fields.erased())
}

/// The present filter in words.
pub(super) fn chips(filter: &ExceptionFilter, page: &Exceptions, places: &PlaceChoices) -> AnyView {
    let base = ExceptionFilter { after: None, ..filter.clone() };
    let mut chips = Vec::new();
    let mut chip = |value: &Option<String>, words: &dyn Fn(&str) -> String, clear: fn(&mut ExceptionFilter)| {
        if let Some(value) = value {
            let mut without = base.clone();
            clear(&mut without);
            chips.push(filters::Chip { words: words(value), without: paths::exceptions(&without) });
        }
    };
    let label = filters::label_of;
    chip(&filter.cause, &|code| format!("Cause: {}", cause(page, code)), |f| f.cause = None);
    chip(&filter.kind, &|code| format!("Kind: {}", label(&kinds(), code)), |f| f.kind = None);
    chip(&filter.region, &|code| format!("Region: {}", label(&places.regions, code)), |f| f.region = None);
    chip(&filter.business_unit, &|code| format!("Business unit: {}", label(&places.business_units, code)), |f| {
        f.business_unit = None
    });
    chip(&filter.assignee, &|name| format!("Assigned to: {}", label(&people(), name)), |f| f.assignee = None);
    chip(&filter.state, &|code| format!("State: {}", label(&states(), code)), |f| f.state = None);
    chip(&filter.snoozed, &|_| "Snoozed: shown".into(), |f| f.snoozed = None);
    filters::chips(chips, paths::EXCEPTIONS)
}

/// A cause in words, as the rows or groups that it chose have it.
fn cause(page: &Exceptions, code: &str) -> String {
    let rows = page.items.first().map(|row| title(row.kind, &row.detail));
    let groups = page.groups.first().map(|group| title(group.kind, &group.detail));
    rows.or(groups).unwrap_or_else(|| code.to_owned())
}

fn choice(value: &str, label: &str) -> Choice {
    Choice { value: value.into(), label: label.into() }
}

fn kinds() -> Vec<Choice> {
    let mut kinds: Vec<_> = ExceptionKind::ALL.iter().map(|kind| choice(kind.code(), kind.label())).collect();
    kinds.sort_by(|a, b| a.label.cmp(&b.label));
    kinds
}

/// A sign-in name, or one of the two words.
fn assigned_to(chosen: &Option<String>) -> AnyView {
    let value = chosen.clone().unwrap_or_default();
    let offered: Vec<_> = people().into_iter().map(|one| view! { <option value=one.value>{one.label}</option> }).collect();
    view! {
        <label class="field">
            <span>"Assigned to"</span>
            <input type="text" name="assignee" value=value list="people" placeholder="Anybody" autocomplete="off" autocapitalize="none" spellcheck="false"/>
        </label>
        <datalist id="people">{offered}</datalist>
    }
    .erased()
}

fn people() -> Vec<Choice> {
    vec![choice("me", "Me"), choice("nobody", "Nobody")]
}

fn states() -> Vec<Choice> {
    ExceptionState::ALL.into_iter().map(|state| choice(state.code(), state.label())).collect()
}

fn snoozed() -> Vec<Choice> {
    vec![choice("yes", "Shown")]
}
