//! Steps that wait for their moment. Lines are written when they are due, so that a wait costs a few words of memory.

use super::story::Story;
use crate::domain::time::Instant;
use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

/// Steps by the moment of their sending.
#[derive(Debug, Default)]
pub(crate) struct Queue(BinaryHeap<Reverse<Due>>);

/// The key is unique: one step of one story is sent once.
#[derive(Debug)]
struct Due {
    at: Instant,
    story: Arc<Story>,
    step: usize,
}

impl Due {
    fn key(&self) -> (Instant, u64, usize) {
        (self.at, self.story.number, self.step)
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl Queue {
    /// Adds all steps of a story.
    pub(crate) fn push(&mut self, story: Story) {
        let story = Arc::new(story);
        for (step, told) in story.steps.iter().enumerate() {
            self.0.push(Reverse(Due { at: told.sent, story: Arc::clone(&story), step }));
        }
    }

    /// The earliest moment.
    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.0.peek().map(|Reverse(due)| due.at)
    }

    /// The earliest step, if it is due at `limit`.
    pub(crate) fn pop(&mut self, limit: Instant) -> Option<(Arc<Story>, usize)> {
        if self.next_at()? > limit {
            return None;
        }
        self.0.pop().map(|Reverse(due)| (due.story, due.step))
    }
}
