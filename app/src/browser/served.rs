//! Parts that only the server renders: fetched by their address, cut out of the answer by their id.

use crate::live::Followed;
use leptos::{
    ev,
    prelude::{RwSignal, Set, document, set_timeout, window, window_event_listener},
    task::spawn_local,
};
use std::{cell::Cell, time::Duration};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, HtmlElement, Response, SupportedType};

/// On a part: the address that its content is of; empty as the server has put it there.
const SHOWN: &str = "data-shown";
/// On a part: somebody has typed or picked something in it.
const TOUCHED: &str = "data-touched";

/// On a part: what makes it old.
const TOPICS: &str = "data-topics";
/// What every title ends in.
const SITE: &str = " · Waybill";

/// In a part: it is nothing for this person, whatever changes.
const STILL: &str = "[data-still]";

/// A part that may be old.
pub(crate) struct Renewal {
    /// Its element.
    pub(crate) id: &'static str,
    /// Its address.
    pub(crate) href: String,
    /// It was not looked at before.
    pub(crate) first: bool,
    /// What it follows.
    pub(crate) followed: Followed,
    /// Takes the title of the answer.
    pub(crate) title: Option<RwSignal<String>>,
    /// Set when the server cannot be reached and nothing fitting is shown.
    pub(crate) lost: RwSignal<bool>,
}

thread_local! {
    /// Counts what was asked for: only the latest answer is shown.
    static TURN: Cell<u32> = const { Cell::new(0) };
}

/// Remembers which parts somebody has begun to work in.
pub(super) fn listen() {
    let handle = window_event_listener(ev::input, |event| {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        if let Ok(Some(part)) = target.closest(".served") {
            let _ = part.set_attribute(TOUCHED, "");
        }
        super::picks::picked(&target);
    });
    // It listens as long as the page lives.
    std::mem::forget(handle);
}

/// Whether somebody has begun to work in a part.
pub(super) fn touched() -> bool {
    matches!(document().query_selector("[data-touched]"), Ok(Some(_)))
}

/// Whether something on the page is made old by the topic; what the server has not answered for yet, by every one.
pub(crate) fn follows(topic: &str) -> bool {
    matches!(document().query_selector(&format!("[{TOPICS}~={topic}], .served:not([{TOPICS}])")), Ok(Some(_)))
}

/// What the page is called, without what every title ends in.
pub(crate) fn title() -> String {
    without_site(&document())
}

fn without_site(document: &Document) -> String {
    let title = document.title();
    title.strip_suffix(SITE).unwrap_or(&title).to_owned()
}

/// Fetches the part again, unless it is just as the server has sent it.
pub(crate) fn renew(renewal: Renewal) {
    // A page that is about to give way sees the new address first: by the next turn it is gone.
    set_timeout(move || renew_now(renewal), Duration::ZERO);
}

fn renew_now(renewal: Renewal) {
    let Some(holder) = document().get_element_by_id(renewal.id) else { return };
    let shown = holder.get_attribute(SHOWN);
    // One page's element may become another's: then it still shows the other's address.
    if renewal.first && shown.as_deref() == Some("") {
        let _ = holder.set_attribute(SHOWN, &renewal.href);
        return;
    }
    let same = shown.as_deref() == Some(&*renewal.href);
    if same && matches!(holder.query_selector(STILL), Ok(Some(_))) {
        return;
    }
    let turn = TURN.get() + 1;
    TURN.set(turn);
    // What only changes under the reader does so without a flicker.
    if !same {
        let _ = holder.set_attribute("aria-busy", "true");
    }
    // Either nobody has begun to work in it, or the person has asked for what is new.
    let _ = holder.remove_attribute(TOUCHED);
    spawn_local(async move {
        let part = fetch(&renewal.href, renewal.id, same).await;
        if TURN.get() != turn || !holder.is_connected() {
            return;
        }
        let _ = holder.remove_attribute("aria-busy");
        match part {
            // Somebody has begun to work in it since it was asked for.
            Ok(_) if same && super::row_has_focus() => renewal.followed.held.set(true),
            Ok(Some(part)) => {
                renewal.lost.set(false);
                let _ = holder.set_attribute(SHOWN, &renewal.href);
                let _ = holder.set_attribute(TOPICS, &part.topics);
                if let Some(title) = renewal.title {
                    title.set(part.title);
                }
                replace(&holder, &part.html, same);
            }
            // Another page answered: the session has ended.
            Ok(None) => drop(window().location().reload()),
            // What is shown still fits; the word in the bar tells that it is not live.
            Err(_) if same => {}
            Err(_) => {
                renewal.lost.set(true);
                holder.set_inner_html("");
            }
        }
    });
}

/// What an answer says of a part.
struct Fetched {
    html: String,
    topics: String,
    title: String,
}

/// The part of the answer. A server in trouble is an error where what is shown still fits, and where it has no part.
async fn fetch(href: &str, id: &str, same: bool) -> Result<Option<Fetched>, JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(href)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let answer = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    let part = answer.get_element_by_id(id);
    if response.status() >= 500 && (same || part.is_none()) {
        return Err(JsValue::NULL);
    }
    Ok(part.map(|part| Fetched {
        html: part.inner_html(),
        topics: part.get_attribute(TOPICS).unwrap_or_default(),
        title: without_site(&answer),
    }))
}

/// Puts the content in; what had the focus or was scrolled in the old content is so in the new.
fn replace(holder: &Element, part: &str, same: bool) {
    let scrolled = || holder.query_selector(".scroll").ok().flatten();
    let focus = document().active_element().filter(|element| holder.contains(Some(element)));
    let top = scrolled().filter(|_| same).map(|list| list.scroll_top());
    holder.set_inner_html(part);
    if let (Some(list), Some(top)) = (scrolled(), top) {
        list.set_scroll_top(top);
    }
    let Some(focus) = focus else { return };
    let again = ["id", "href", "data-key", "name"].into_iter().find_map(|key| {
        let value = focus.get_attribute(key)?;
        holder.query_selector(&format!("[{key}=\"{value}\"]")).ok().flatten()
    });
    match again.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        Some(element) => drop(element.focus()),
        None => super::arrived(),
    }
}
