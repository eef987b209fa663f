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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::access::Environment,
        store::tables::{Database, OpenMode},
    };

    fn caller(name: &str) -> Caller {
        Caller(Arc::new(Actor { name: name.into(), ..Actor::system("test", Environment::Live) }))
    }

    #[tokio::test]
    async fn words_are_for_the_one_who_acted_and_for_a_while() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("w.db").display());
        let clock = Clock::standing(Instant(1_780_000_000_000_000));
        let database = Database::open(&url, OpenMode::Migrate, clock.clone()).await.expect("opens");
        let flashes = Words::new(Arc::new(database.clone()), clock.clone());
        let flash = Flash { done: Some("Done.".into()), ..Flash::default() };
        let id = flashes.keep(&caller("user:amira"), flash.clone()).await;
        assert_eq!(flashes.flash(&caller("user:amira"), &id).await, Some(flash));
        assert_eq!(flashes.flash(&caller("user:ben"), &id).await, None);
        assert_eq!(flashes.flash(&caller("user:amira"), "another").await, None);
        clock.advance(KEPT);
        assert_eq!(flashes.flash(&caller("user:amira"), &id).await, None);
        // The next words take the old ones away.
        flashes.keep(&caller("user:ben"), Flash::default()).await;
        let rows: Vec<(String,)> =
            crate::store::sql::query_as("SELECT actor FROM flashes").fetch_all(&database.read).await.expect("reads");
        assert_eq!(rows, [("user:ben".to_owned(),)]);
        database.close().await;
    }
}
