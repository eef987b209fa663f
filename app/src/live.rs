//! Live pages: a version for each topic, raised when the server says that something under it changed. Pages put the
//! version into the key of what they read, so that live and first reading are the same path.

use crate::app::WhoLooks;
use leptos::{prelude::*, task::spawn_local};

/// How fresh the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Rendered by the server; no stream yet.
    AsRendered,
    /// The stream is open.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has a stream"))]
    Live,
    /// The stream is lost: reads again every half minute.
    Polling,
}

/// The versions and how fresh they are.
#[derive(Clone, Copy)]
pub(crate) struct Live {
    /// Shipments and all that is counted from them.
    pub(crate) shipments: RwSignal<u32>,
    /// Quarantined items.
    pub(crate) quarantine: RwSignal<u32>,
    /// What the server has rendered: raised by the topics that it names.
    pub(crate) served: RwSignal<u32>,
    /// How fresh.
    pub(crate) freshness: RwSignal<Freshness>,
}

impl Live {
    /// Something under the topic changed.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser hears of changes"))]
    pub(crate) fn raise(&self, topic: &str) {
        let raise = |version: RwSignal<u32>| version.update(|version| *version += 1);
        match topic {
            "shipments" => raise(self.shipments),
            "quarantine" => raise(self.quarantine),
            _ => {}
        }
        if crate::browser::follows(topic) {
            raise(self.served);
        }
    }
}

/// Puts [`Live`] into the context and, in a browser, begins to listen as soon as somebody is signed in: nobody else has a stream.
pub(crate) fn provide() {
    let [shipments, quarantine, served] = [(); 3].map(|()| RwSignal::new(0));
    let live = Live { shipments, quarantine, served, freshness: RwSignal::new(Freshness::AsRendered) };
    provide_context(live);
    let WhoLooks(viewer) = expect_context();
    Effect::new(move |_| {
        spawn_local(async move {
            if viewer.get().await.is_ok() {
                crate::browser::listen(live);
            }
        });
    });
}

/// The versions, from anywhere below the app.
pub(crate) fn live() -> Live {
    expect_context()
}

/// A topic as a list follows it: it holds still while somebody works in its rows.
#[derive(Clone, Copy)]
pub(crate) struct Followed {
    /// The version that is shown.
    pub(crate) shown: RwSignal<u32>,
    /// There is a newer one.
    pub(crate) held: RwSignal<bool>,
    topic: RwSignal<u32>,
}

impl Followed {
    /// Shows what was held back.
    pub(crate) fn catch_up(&self) {
        self.shown.set(self.topic.get_untracked());
        self.held.set(false);
    }
}

/// Follows a topic.
pub(crate) fn follow(topic: RwSignal<u32>) -> Followed {
    let followed = Followed { shown: RwSignal::new(topic.get_untracked()), held: RwSignal::new(false), topic };
    Effect::new(move |_| {
        if topic.get() == followed.shown.get_untracked() {
            return;
        }
        if crate::browser::row_has_focus() { followed.held.set(true) } else { followed.catch_up() }
    });
    followed
}
