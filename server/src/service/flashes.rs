//! Words on what an action came to: kept for a few minutes, in memory, for the person who did it. After a restart they are gone, and
//! nothing but the words.

use crate::{
    clock::Clock,
    domain::{access::Actor, time::Instant},
    ids,
};
use app::{
    model::Flash,
    ports::{Caller, Flashes},
};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// How long words are kept: long enough to read them, and to change one's mind.
const KEPT: i64 = 15 * Instant::MINUTE;
/// Words that are kept at once; the oldest go first.
const MOST: usize = 2_000;

struct Kept {
    id: String,
    actor: String,
    until: Instant,
    flash: Flash,
}

/// Keeps words in memory.
pub struct InMemory {
    clock: Clock,
    kept: Mutex<VecDeque<Kept>>,
}

impl InMemory {
    /// Keeps none yet.
    pub fn new(clock: Clock) -> Self {
        Self { clock, kept: Mutex::default() }
    }
}

/// Whose words they are.
fn owner(caller: &Caller) -> Option<&str> {
    caller.0.downcast_ref::<Actor>().map(|actor| actor.name.as_str())
}

impl Flashes for InMemory {
    fn keep(&self, caller: &Caller, flash: Flash) -> String {
        let (id, now) = (ids::fresh(), self.clock.now());
        let Some(actor) = owner(caller) else { return id };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.until > now);
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Kept { id: id.clone(), actor: actor.to_owned(), until: now.plus(KEPT), flash });
        id
    }

    fn flash(&self, caller: &Caller, id: &str) -> Option<Flash> {
        let (actor, now) = (owner(caller)?, self.clock.now());
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|kept| kept.id == id && kept.actor == actor && kept.until > now).map(|kept| kept.flash.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Environment;
    use std::sync::Arc;

    fn caller(name: &str) -> Caller {
        Caller(Arc::new(Actor { name: name.into(), ..Actor::system("test", Environment::Live) }))
    }

    #[test]
    fn words_are_for_the_one_who_acted_and_for_a_while() {
        let clock = Clock::standing(Instant(1_780_000_000_000_000));
        let flashes = InMemory::new(clock.clone());
        let flash = Flash { done: Some("Done.".into()), ..Flash::default() };
        let id = flashes.keep(&caller("user:amira"), flash.clone());
        assert_eq!(flashes.flash(&caller("user:amira"), &id), Some(flash));
        assert_eq!(flashes.flash(&caller("user:ben"), &id), None);
        assert_eq!(flashes.flash(&caller("user:amira"), "another"), None);
        clock.advance(KEPT);
        assert_eq!(flashes.flash(&caller("user:amira"), &id), None);
    }

    #[test]
    fn the_oldest_words_make_room() {
        let flashes = InMemory::new(Clock::standing(Instant(1_780_000_000_000_000)));
        let ids: Vec<_> = (0..=MOST).map(|_| flashes.keep(&caller("user:amira"), Flash::default())).collect();
        assert!(flashes.flash(&caller("user:amira"), &ids[0]).is_none());
        assert!(flashes.flash(&caller("user:amira"), &ids[1]).is_some());
        assert!(flashes.flash(&caller("user:amira"), &ids[MOST]).is_some());
    }
}
