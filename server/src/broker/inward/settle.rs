//! What becomes of a slice: committed, then acknowledged.

use super::{Inward, PAUSES, Slice};
use crate::{
    broker::message::{self, Unread},
    domain::{
        event::{Limits, ReadTerms},
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
    },
    service::intake::IntakeError,
};
use async_nats::jetstream::AckKind;
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// More messages than this leave the fast lane to those who send one by one.
const FEW: usize = 50;
/// Times that the store, which can write, refuses the same before it counts as refused for good.
const REFUSALS: u32 = 3;
/// Pauses of a slice for which the store has no time, likewise.
const WAITS: [Duration; 2] = [Duration::from_millis(20), Duration::from_secs(2)];
/// What became of a slice.
enum Submitted {
    Taken(Vec<Receipt>),
    /// By a store that can write.
    Refused,
    /// The store has no time, or is away.
    Waits,
}

impl Inward {
    /// Commits a slice, however long the store takes, and then acknowledges its messages. One that the store does not take for what it
    /// is harms no other: what is refused is halved until it is alone, and kept unread if it is refused again after the store has taken
    /// another. Until then it is not known whether it is the message, or all that comes.
    pub(super) async fn settle(self: Arc<Self>, slice: Slice) {
        let (mut rest, mut refused, first) = (vec![slice], Vec::new(), self.status.written());
        loop {
            let written = self.status.written();
            while let Some(mut slice) = rest.pop() {
                match self.commit(&slice, || rest.iter().chain(&refused)).await {
                    Some(receipts) => self.acknowledge(&slice, &receipts).await,
                    None if slice.messages.len() > 1 => {
                        let messages = slice.messages.split_off(slice.messages.len() / 2);
                        rest.push(Slice { messages, bytes: 0, ..slice });
                        rest.push(slice);
                    }
                    None => refused.push(slice),
                }
            }
            if refused.is_empty() {
                return;
            }
            rest = std::mem::take(&mut refused);
            if written > first {
                rest.iter_mut().for_each(|slice| slice.unread = Some(Unread::StoreRefused));
            } else if self.status.written() == first {
                self.status.refuses_all();
                still_working(rest.iter()).await;
                sleep(WAITS[1]).await;
            }
        }
    }

    async fn acknowledge(&self, slice: &Slice, receipts: &[Receipt]) {
        for (message, receipt) in slice.messages.iter().zip(receipts) {
            // An acknowledgement that is lost brings the message again, and that does no harm.
            let _ = message.ack().await;
            let outcome = match receipt {
                Receipt::Accepted { .. } => "accepted",
                Receipt::Duplicate => "duplicate",
                Receipt::Amended { .. } => "amended",
                Receipt::Conflict { .. } => "conflict",
                Receipt::Quarantined { .. } => "quarantined",
            };
            self.status.acknowledged(outcome);
        }
    }

    /// None: the store refuses this again and again, and can write other things.
    async fn commit<'a, R: Iterator<Item = &'a Slice>>(&self, slice: &'a Slice, rest: impl Fn() -> R) -> Option<Vec<Receipt>> {
        let mut working = interval((self.terms.ack / 3).max(Duration::from_millis(100)));
        working.set_missed_tick_behavior(MissedTickBehavior::Delay);
        working.reset();
        let held = || rest().chain([slice]);
        let lane = if slice.messages.len() > FEW { Lane::Bulk } else { Lane::Single };
        let terms = IntakeTerms { environment: self.terms.environment, history: slice.history, lane };
        let (mut wait, mut refused) = (WAITS[0], 0);
        loop {
            let submitting = self.submit(terms, slice);
            tokio::pin!(submitting);
            let submitted = loop {
                tokio::select! {
                    submitted = &mut submitting => break submitted,
                    _ = working.tick() => still_working(held()).await,
                }
            };
            match submitted {
                Submitted::Taken(receipts) => return Some(receipts),
                Submitted::Refused if slice.unread.is_none() && refused + 1 == REFUSALS => return None,
                Submitted::Refused => refused += 1,
                Submitted::Waits => refused = 0,
            }
            tokio::select! {
                () = sleep(wait) => wait = (wait * 2).min(WAITS[1]),
                _ = working.tick() => still_working(held()).await,
            }
        }
    }

    async fn submit(&self, terms: IntakeTerms, slice: &Slice) -> Submitted {
        match self.intake.submit(&self.actor, terms, self.read(slice)).await {
            Ok(receipts) => Submitted::Taken(receipts),
            Err(IntakeError::Busy { .. }) => Submitted::Waits,
            Err(error) => {
                tracing::warn!(error = %error, cause = ?error, "messages wait for the store");
                let writes = timeout(PAUSES[1], self.store.writable()).await;
                if matches!(writes, Ok(Ok(()))) { Submitted::Refused } else { Submitted::Waits }
            }
        }
    }

    fn read(&self, slice: &Slice) -> Vec<Inbound> {
        let terms = ReadTerms { now: self.clock.now(), limits: Limits::DEFAULT };
        let read = |message| match slice.unread {
            Some(why) => message::unread(message, why, &terms),
            None => message::read(message, &self.actor, &terms),
        };
        slice.messages.iter().map(read).collect()
    }
}

/// The broker is not to deliver them again yet.
async fn still_working(slices: impl Iterator<Item = &Slice>) {
    for message in slices.flat_map(|slice| &slice.messages) {
        let _ = message.ack_with(AckKind::Progress).await;
    }
}
