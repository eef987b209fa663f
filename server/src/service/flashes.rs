//! Words on what an action came to: kept for a few minutes for the person who did it, whichever process serves the page after it.

use crate::{
    clock::Clock,
    domain::{access::Actor, time::Instant},
    ids,
    store::flashes::FlashStore,
};
use app::{
    model::Flash,
    ports::{Caller, Flashes},
};
use async_trait::async_trait;
use std::sync::Arc;

/// How long words are kept: long enough to read them, and to change one's mind.
const KEPT: i64 = 15 * Instant::MINUTE;

/// Keeps words in the store.
pub struct Words {
    store: Arc<dyn FlashStore>,
    clock: Clock,
}

impl Words {
    /// Over this store.
    pub fn new(store: Arc<dyn FlashStore>, clock: Clock) -> Self {
        Self { store, clock }
    }
}

/// Whose words they are.
fn owner(caller: &Caller) -> Option<&str> {
    caller.0.downcast_ref::<Actor>().map(|actor| actor.name.as_str())
}

#[async_trait]
impl Flashes for Words {
    async fn keep(&self, caller: &Caller, flash: Flash) -> String {
        let (id, now) = (ids::fresh(), self.clock.now());
        let Some(actor) = owner(caller) else { return id };
        let words = serde_json::to_string(&flash).expect("words are always JSON");
        // What was done is done: of the words alone nobody is told that they are lost.
        if let Err(error) = self.store.keep_flash(id.clone(), actor.to_owned(), words, (now, now.plus(KEPT))).await {
            tracing::warn!(error.message = %error, "words on what an action came to are lost");
        }
        id
    }

    async fn flash(&self, caller: &Caller, id: &str) -> Option<Flash> {
        if id.is_empty() {
            return None;
        }
        match self.store.flash(id, owner(caller)?, self.clock.now()).await {
            Ok(words) => serde_json::from_str(&words?).ok(),
            Err(error) => {
                tracing::warn!(error.message = %error, "words on what an action came to could not be read");
                None
            }
        }
    }
}
