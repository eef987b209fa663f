//! A list's filter: a plain GET form, so that it works without JavaScript, and the present filter as words to take away.
//!
//! Fields carry their value as an attribute only. A property would overwrite what somebody has picked and not yet applied
//! each time the page renders; after a change of the address the browser resets the form to the attributes.

use crate::components::erased::Erase;
use crate::model::Choice;
use leptos::prelude::*;

/// A drop-down of a filter.
pub(crate) fn pick(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    choices: &[Choice],
    chosen: &Option<String>,
) -> AnyView {
    let chosen = chosen.as_deref().unwrap_or_default();
    let known = chosen.is_empty() || choices.iter().any(|choice| choice.value == chosen);
    let stray = (!known).then(|| option(chosen.to_owned(), chosen.to_owned(), true));
    let options: Vec<_> = choices.iter().map(|c| option(c.value.clone(), c.label.clone(), c.value == chosen)).collect();
    view! {
        <label class="field">
            <span>{label}</span>
            <select name=name>
                {option(String::new(), all.to_owned(), chosen.is_empty())}
                {options}
                {stray}
            </select>
        </label>
    }
    .erased()
}

fn option(value: String, label: String, chosen: bool) -> AnyView {
    view! { <option value=value selected=chosen>{label}</option> }.erased()
}

/// A day of a filter.
pub(crate) fn day(name: &'static str, label: &'static str, value: &Option<String>) -> AnyView {
    input("date", (name, label), value, None)
}

/// A word of a filter.
pub(crate) fn text(name: &'static str, label: &'static str, value: &Option<String>) -> AnyView {
    input("text", (name, label), value, None)
}

/// A field of a filter, with what is wrong with it if anything is.
pub(crate) fn input(
    kind: &'static str,
    (name, label): (&'static str, &'static str),
    value: &Option<String>,
    problem: Option<&str>,
) -> AnyView {
    let value = value.clone().unwrap_or_default();
    let id = format!("{name}-problem");
    let field = view! {
        <label class="field">
            <span>{label}</span>
            <input type=kind name=name value=value autocomplete="off" spellcheck="false"
                aria-invalid=problem.map(|_| "true") aria-describedby=problem.map(|_| id.clone())/>
        </label>
    };
    match problem {
        None => field.erased(),
        Some(why) => view! { <div class="field">{field.erased()}<p class="problem" id=id>{why.to_owned()}</p></div> }.erased(),
    }
}

/// A part of the filter that has no field of its own and must survive the form.
pub(crate) fn kept(name: &'static str, value: &Option<String>) -> AnyView {
    value.clone().map(|value| view! { <input type="hidden" name=name value=value/> }).erased()
}

/// The form around the fields.
pub(crate) fn form(action: &'static str, label: &'static str, fields: AnyView) -> AnyView {
    view! {
        <form class="filters" action=action method="get" aria-label=label data-soft="">
            {fields}
            <button type="submit">"Apply"</button>
        </form>
    }
    .erased()
}

/// One part of the present filter.
pub(crate) struct Chip {
    /// In words: `Stage: In transit`.
    pub(crate) words: String,
    /// The list without this part.
    pub(crate) without: String,
}

/// The present filter in words, each part a link that takes it away.
pub(crate) fn chips(chips: Vec<Chip>, clear: &'static str) -> AnyView {
    if chips.is_empty() {
        return ().erased();
    }
    let several = chips.len() > 1;
    let items: Vec<_> = chips
        .into_iter()
        .map(|chip| {
            let label = format!("Remove filter {}", chip.words);
            view! { <li><a class="chip" href=chip.without aria-label=label>{chip.words} " " <span aria-hidden="true">"×"</span></a></li> }
        })
        .collect();
    view! {
        <ul class="chips" aria-label="Present filter">
            {items}
            {several.then(|| view! { <li><a class="chip clear" href=clear>"Clear all"</a></li> })}
        </ul>
    }
    .erased()
}

/// The label of a value, or the value itself.
pub(crate) fn label_of(choices: &[Choice], value: &str) -> String {
    choices.iter().find(|choice| choice.value == value).map_or_else(|| value.to_owned(), |choice| choice.label.clone())
}
