//! Words on what an action came to, with what was not done and why, and how it is taken back.

use super::erased::Erase;
use crate::{
    model::{Flash, NotDone, Undo},
    paths,
};
use leptos::prelude::*;

/// The words; the undo leads back to `back`.
pub(crate) fn notice(flash: Option<&Flash>, back: &str) -> AnyView {
    let Some(flash) = flash else { return view! { <div role="status"></div> }.erased() };
    let done = flash.done.clone().map(|done| {
        view! {
            <div class="flash good joined">
                <p>{done}</p>
                {flash.undo.as_ref().map(|undo| self::undo(undo, back))}
            </div>
        }
    });
    let left: Vec<_> = flash.left.iter().map(not_done).collect();
    let left = (!left.is_empty()).then(|| view! { <ul class="flash bad">{left}</ul> });
    view! { <div role="status">{done} {left}</div> }.erased()
}

fn not_done(not_done: &NotDone) -> AnyView {
    let what = match &not_done.href {
        Some(href) => view! { <a href=href.clone()>{not_done.what.clone()}</a> }.erased(),
        None => not_done.what.clone().erased(),
    };
    view! { <li><strong>{what}</strong> ": " {not_done.why.clone()}</li> }.erased()
}

fn undo(undo: &Undo, back: &str) -> AnyView {
    let (action, fields) = match undo {
        Undo::Shipment(shipment, act) => (paths::undo_act(shipment, act), ().erased()),
        Undo::Exceptions(on) => {
            let on: Vec<_> = on
                .iter()
                .map(|(id, version)| view! { <input type="hidden" name="on" value=format!("{id}:{version}")/> })
                .collect();
            (paths::EXCEPTIONS_UNDO.to_owned(), on.erased())
        }
    };
    view! {
        <form action=action method="post">
            {fields}
            <input type="hidden" name="back" value=back.to_owned()/>
            <button type="submit" data-key="z">"Undo"</button>
        </form>
    }
    .erased()
}
