//! One stream of changes a browser: the tab that holds the lock reads it and tells the others. An origin has six
//! connections over HTTP/1.1, and each open stream takes one; a hidden tab gives it up.

use crate::{
    live::{Freshness, Live},
    paths,
};
use js_sys::{Function, Object, Promise, Reflect};
use leptos::{
    ev,
    prelude::{GetUntracked, Set, document, set_interval, set_timeout, window, window_event_listener},
};
use std::{cell::RefCell, collections::BTreeSet, time::Duration};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{BroadcastChannel, EventSource, MessageEvent, VisibilityState};

/// Changes within this time become one reading.
const CALM: Duration = Duration::from_secs(1);
/// How often a page reads again while the stream is lost.
const POLL: Duration = Duration::from_secs(30);
/// The lock's and the channel's name.
const NAME: &str = "waybill-live";
/// Words on the channel that are no topic.
const ASK: &str = "?";
const ON: &str = "+";
const OFF: &str = "-";

struct Hub {
    live: Live,
    channel: Option<BroadcastChannel>,
    source: Option<EventSource>,
    /// Lets go of the lock.
    release: Option<Function>,
    /// The lock is asked for, and not yet ours.
    waiting: bool,
    /// Topics that changed during the calm; none when there is no calm.
    calm: Option<BTreeSet<String>>,
}

thread_local! {
    static HUB: RefCell<Option<Hub>> = const { RefCell::new(None) };
}

fn hub<T>(with: impl FnOnce(&mut Hub) -> T) -> Option<T> {
    HUB.with_borrow_mut(|hub| hub.as_mut().map(with))
}

/// Begins to listen, once a page load.
pub(crate) fn listen(live: Live) {
    let channel = BroadcastChannel::new(NAME).ok();
    if let Some(channel) = &channel {
        let heard = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
            if let Some(word) = event.data().as_string() {
                heard(&word);
            }
        });
        channel.set_onmessage(Some(heard.into_js_value().unchecked_ref()));
        let _ = channel.post_message(&ASK.into());
    }
    HUB.set(Some(Hub { live, channel, source: None, release: None, waiting: false, calm: None }));
    lead();
    std::mem::forget(window_event_listener(ev::visibilitychange, |_| shown_or_hidden()));
    std::mem::forget(window_event_listener(ev::pagehide, |_| let_go()));
    set_interval(poll, POLL);
}

fn hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}

fn shown_or_hidden() {
    if hidden() {
        let_go();
    } else {
        // What was missed while hidden is read once.
        all_changed();
        lead();
    }
}

/// Asks for the lock; whoever gets it opens the stream. Without locks (plain HTTP off this machine) every tab opens its own.
fn lead() {
    if hidden() || hub(|hub| hub.waiting || hub.source.is_some()) != Some(false) {
        return;
    }
    let locks = Reflect::get(&window().navigator(), &"locks".into()).unwrap_or(JsValue::UNDEFINED);
    let Ok(request) = Reflect::get(&locks, &"request".into()).and_then(|request| request.dyn_into::<Function>()) else {
        return open();
    };
    hub(|hub| hub.waiting = true);
    let granted = Closure::once_into_js(|| {
        hub(|hub| hub.waiting = false);
        if hidden() {
            return JsValue::UNDEFINED;
        }
        open();
        // The lock is ours until this promise is kept.
        Promise::new(&mut |keep, _| {
            hub(|hub| hub.release = Some(keep));
        })
        .into()
    });
    let _ = request.call2(&locks, &NAME.into(), &granted);
}

fn open() {
    let Ok(source) = EventSource::new(paths::LIVE) else { return freshness(Freshness::Polling) };
    let opened = Closure::<dyn Fn()>::new(|| tell(ON));
    let failed = Closure::<dyn Fn()>::new(|| tell(OFF));
    let message = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        if let Some(topic) = event.data().as_string().and_then(|data| topic_of(&data)) {
            tell(&topic);
        }
    });
    source.set_onopen(Some(opened.into_js_value().unchecked_ref()));
    source.set_onerror(Some(failed.into_js_value().unchecked_ref()));
    source.set_onmessage(Some(message.into_js_value().unchecked_ref()));
    hub(|hub| hub.source = Some(source));
}

fn topic_of(data: &str) -> Option<String> {
    let parsed: Object = js_sys::JSON::parse(data).ok()?.dyn_into().ok()?;
    Reflect::get(&parsed, &"topic".into()).ok()?.as_string()
}

/// Tells the other tabs, and takes it in here.
fn tell(word: &str) {
    hub(|hub| hub.channel.as_ref().map(|channel| channel.post_message(&word.into())));
    heard(word);
}

fn heard(word: &str) {
    match word {
        ASK => {
            let open = hub(|hub| hub.source.as_ref().map(|source| source.ready_state() == EventSource::OPEN)).flatten();
            if let Some(open) = open {
                let word = if open { ON } else { OFF };
                hub(|hub| hub.channel.as_ref().map(|channel| channel.post_message(&word.into())));
            }
        }
        ON => freshness(Freshness::Live),
        OFF => freshness(Freshness::Polling),
        topic => changed(topic),
    }
}

fn freshness(now: Freshness) {
    if let Some(live) = hub(|hub| hub.live)
        && live.freshness.get_untracked() != now
    {
        live.freshness.set(now);
    }
}

/// Raises a topic's version: at once, then at most every second.
fn changed(topic: &str) {
    let Some(live) = hub(|hub| match &mut hub.calm {
        Some(topics) => {
            topics.insert(topic.to_owned());
            None
        }
        calm => {
            *calm = Some(BTreeSet::new());
            Some(hub.live)
        }
    })
    .flatten() else {
        return;
    };
    live.raise(topic);
    set_timeout(calm_is_over, CALM);
}

fn all_changed() {
    for topic in ["shipments", "quarantine", "exceptions"] {
        changed(topic);
    }
}

fn calm_is_over() {
    let topics = hub(|hub| hub.calm.take()).flatten().unwrap_or_default();
    for topic in topics {
        changed(&topic);
    }
}

fn poll() {
    let lost = hub(|hub| hub.live.freshness.get_untracked() != Freshness::Live).unwrap_or(false);
    if !lost || hidden() {
        return;
    }
    all_changed();
    // A browser gives up for good when it is answered with an error, as by a server that restarts: open another.
    let given_up = hub(|hub| hub.source.as_ref().map(|source| source.ready_state() == EventSource::CLOSED)).flatten();
    if given_up == Some(true) {
        let_go();
    }
    lead();
}

fn let_go() {
    let kept = hub(|hub| {
        if let Some(source) = hub.source.take() {
            source.close();
        }
        hub.release.take()
    });
    if let Some(release) = kept.flatten() {
        let _ = release.call0(&JsValue::UNDEFINED);
    }
}
