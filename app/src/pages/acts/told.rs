//! What people attached and said, with what was taken back.

use crate::{
    components::{
        badge::{Tone, badge},
        erased::Erase,
        words::moment,
    },
    model::{ActRow, DocumentRow, Handled},
    paths,
};
use leptos::prelude::*;

/// The documents, latest first; nothing if there is none.
pub(crate) fn documents(handled: &Handled) -> AnyView {
    if handled.documents.is_empty() {
        return view! { <p class="aside">"No document is attached."</p> }.erased();
    }
    let items: Vec<_> = handled.documents.iter().map(|document| one(&handled.id, document)).collect();
    view! { <ul class="history">{items}</ul> }.erased()
}

fn one(shipment: &str, document: &DocumentRow) -> AnyView {
    let kind = document.media_type.rsplit('/').next().unwrap_or_default().to_uppercase();
    let size = size(document.size);
    let name = if document.taken_back {
        view! { <s>{document.file_name.clone()}</s> " " {badge(Tone::Plain, "Taken back")} }.erased()
    } else {
        let href = paths::document(shipment, &document.id);
        view! { <a rel="external" href=href title=format!("SHA-256 {}", document.sha256)>{document.file_name.clone()}</a> }
            .erased()
    };
    view! {
        <li>{name} <span class="by">{format!(" · {kind}, {size} · attached by ")} {document.actor.clone()} ", " {moment(&document.at)}</span></li>
    }
    .erased()
}

/// `812 B`, `74 kB`, `1.8 MB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// What people said, latest first, each with the way to take it back.
pub(crate) fn said(handled: &Handled, back: &str) -> AnyView {
    if handled.acts.is_empty() {
        return view! { <p class="aside">"Nobody has said anything at the desk."</p> }.erased();
    }
    let items: Vec<_> = handled.acts.iter().map(|act| word(&handled.id, act, back)).collect();
    view! { <ol class="history">{items}</ol> }.erased()
}

fn word(shipment: &str, act: &ActRow, back: &str) -> AnyView {
    let details: Vec<_> = act
        .details
        .iter()
        .map(|(key, value)| view! { <span class="pair"><span class="key">{key.clone()}</span> " " {value.clone()}</span> " " })
        .collect();
    let end = match &act.taken_back {
        Some((by, at)) => {
            view! { {badge(Tone::Plain, "Taken back")} <span class="by">" by " {by.clone()} ", " {moment(at)}</span> }.erased()
        }
        None if act.may_undo => view! {
            <form class="inline" action=paths::undo_act(shipment, &act.id) method="post">
                <input type="hidden" name="back" value=back.to_owned()/>
                <button type="submit" aria-label=format!("Take back: {}", act.what)>"Undo"</button>
            </form>
        }
        .erased(),
        None => ().erased(),
    };
    view! {
        <li>{moment(&act.at)} " " <strong>{act.actor.clone()}</strong> ": " {act.what.clone()} " " <span class="details">{details}</span> {end}</li>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short() {
        for (bytes, words) in [(812, "812 B"), (74_300, "74 kB"), (1_870_000, "1.8 MB"), (10_485_760, "10.4 MB")] {
            assert_eq!(size(bytes), words);
        }
    }
}
