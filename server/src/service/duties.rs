//! Waybill's own work, one process at a time: whoever has a duty's lease does it, and whoever has not stands by.

use crate::{
    ids,
    store::{
        StoreError,
        leases::{Duty, LeaseStore, Tenure},
    },
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How long a lease lasts that is not renewed: after so long without a word, others take the work over.
const TERM: Duration = Duration::from_secs(6);
/// The pause between two renewals, and between two looks of those who stand by.
const RENEWED: Duration = Duration::from_millis(1_500);

/// The duties of this process, and which of them it has at the moment.
pub struct Duties {
    store: Arc<dyn LeaseStore>,
    holder: String,
    wanted: Vec<Duty>,
    held: watch::Sender<Vec<Tenure>>,
}

impl Duties {
    /// Has none of these yet.
    pub fn new(store: Arc<dyn LeaseStore>, wanted: impl IntoIterator<Item = Duty>) -> Self {
        Self { store, holder: ids::fresh(), wanted: wanted.into_iter().collect(), held: watch::Sender::default() }
    }

    /// What this process does at the moment.
    pub fn held(&self) -> Vec<&'static str> {
        self.held.borrow().iter().map(|tenure| tenure.duty.code()).collect()
    }

    /// Takes what nobody has and keeps it, until told to stop. What is under way then goes on until [`Duties::give_up`].
    pub async fn keep(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.store.hold(&self.holder, &self.wanted, TERM).await {
                Ok(held) => self.tell(held),
                Err(StoreError::Closed) => return,
                // It may be somebody else's by now: then nothing that is written for it is taken.
                Err(error) => tracing::warn!(error.message = %error, "the leases of this process could not be renewed"),
            }
            if self.store.is_embedded() && self.held.borrow().len() == self.wanted.len() {
                stop.cancelled().await;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RENEWED) => {}
            }
        }
    }

    fn tell(&self, now: Vec<Tenure>) {
        self.held.send_if_modified(|held| {
            let changed = *held != now;
            for tenure in now.iter().filter(|tenure| !held.contains(tenure)) {
                tracing::info!(duty = tenure.duty.code(), token = tenure.token, "this process has taken a duty over");
            }
            for tenure in held.iter().filter(|tenure| !now.contains(tenure)) {
                tracing::info!(duty = tenure.duty.code(), token = tenure.token, "another process has the duty, or will have it");
            }
            *held = now;
            changed
        });
    }

    /// Does the work of a duty in each of its tenures, until told to stop. What is run has to end when its token says so.
    pub async fn perform<F>(&self, duty: Duty, stop: &CancellationToken, run: impl Fn(Tenure, CancellationToken) -> F)
    where
        F: Future<Output = ()>,
    {
        let mut held = self.held.subscribe();
        while !stop.is_cancelled() {
            let Some(tenure) = self.tenure(duty, &mut held, stop).await else { return };
            let over = stop.child_token();
            let ends = async {
                // An error: nobody tells any more, and nothing is renewed.
                let _ = held.wait_for(|held| !held.contains(&tenure)).await;
                over.cancel();
                std::future::pending::<()>().await;
            };
            tokio::select! {
                () = run(tenure, over.clone()) => {}
                () = ends => {}
            }
            // Ended before its time: whoever does the work was told that it is another's. The next look tells.
            if held.borrow().contains(&tenure) {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(RENEWED) => {}
                }
            }
        }
    }

    /// Waits until this process has the duty.
    async fn tenure(&self, duty: Duty, held: &mut watch::Receiver<Vec<Tenure>>, stop: &CancellationToken) -> Option<Tenure> {
        let of = |held: &Vec<Tenure>| held.iter().find(|tenure| tenure.duty == duty).copied();
        tokio::select! {
            () = stop.cancelled() => None,
            held = held.wait_for(|held| of(held).is_some()) => of(&*held.ok()?),
        }
    }

    /// Waits until this process has the duty; none if it is stopped before.
    pub async fn begun(&self, duty: Duty, stop: &CancellationToken) -> Option<Tenure> {
        self.tenure(duty, &mut self.held.subscribe(), stop).await
    }

    /// Leaves everything to others at once, in an orderly end.
    pub async fn give_up(&self) {
        self.held.send_replace(Vec::new());
        if let Err(error) = self.store.give_up(&self.holder).await {
            tracing::warn!(error.message = %error, "the leases could not be given up; they end by themselves");
        }
    }
}
