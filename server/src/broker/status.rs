//! How it goes with the broker, for whoever watches.

use super::Trouble;
use crate::service::health::Companion;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use std::sync::Mutex;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

/// Outcomes of messages that were written as events.
const WRITTEN: [&str; 2] = ["accepted", "amended"];

/// Counts, and the last trouble.
#[derive(Debug, Default)]
pub struct Status {
    held: Mutex<Held>,
    connected: Gauge,
    lag: Gauge,
    unacknowledged: Gauge,
    redelivered: Counter,
    messages: Family<Labels, Counter>,
    troubles: Counter,
    told: Counter,
    waiting: Gauge,
}

#[derive(Debug, Default)]
struct Held {
    connected: bool,
    /// By side.
    troubles: [Option<&'static str>; 2],
    /// The store refuses messages, and has taken none since.
    refused: bool,
}

/// A way through the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    In,
    Out,
}

impl Status {
    /// Shows the counts.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("broker_connected", "1 while there is a connection to the broker", self.connected.clone());
        registry.register("broker_lag", "Messages that the broker has not yet delivered", self.lag.clone());
        registry.register(
            "broker_unacknowledged",
            "Messages that were delivered, to any process, and are not acknowledged yet",
            self.unacknowledged.clone(),
        );
        registry.register("broker_redelivered", "Messages that came again", self.redelivered.clone());
        registry.register("broker_messages", "Messages acknowledged, by what became of them", self.messages.clone());
        registry.register("broker_troubles", "Times that the broker could not be used", self.troubles.clone());
        registry.register("broker_notices", "Notices that the broker has taken", self.told.clone());
        registry.register("broker_notices_waiting", "Notices that the broker has not taken yet", self.waiting.clone());
    }

    pub(super) fn connected(&self, connected: bool) {
        self.connected.set(connected.into());
        let mut held = self.held();
        if std::mem::replace(&mut held.connected, connected) != connected {
            tracing::info!(connected, "the connection to the broker has changed");
        }
    }

    /// Nothing goes through this way before [`Status::works`].
    pub(super) fn begins(&self, side: Side) {
        self.held().troubles[side as usize] = Some("it is not open yet");
    }

    pub(super) fn fails(&self, side: Side, trouble: &Trouble) {
        self.troubles.inc();
        tracing::warn!(error = %trouble, "the broker cannot be used; it is tried again");
        self.held().troubles[side as usize] = Some(trouble.what);
    }

    pub(super) fn works(&self, side: Side) {
        self.held().troubles[side as usize] = None;
    }

    pub(super) fn behind(&self, lag: u64, unacknowledged: usize) {
        self.lag.set(i64::try_from(lag).unwrap_or(i64::MAX));
        self.unacknowledged.set(i64::try_from(unacknowledged).unwrap_or(i64::MAX));
    }

    pub(super) fn told(&self, notices: usize) {
        self.told.inc_by(notices as u64);
    }

    pub(super) fn waiting(&self, notices: u64) {
        self.waiting.set(i64::try_from(notices).unwrap_or(i64::MAX));
    }

    pub(super) fn came_again(&self) {
        self.redelivered.inc();
    }

    pub(super) fn acknowledged(&self, outcome: &'static str) {
        self.messages.get_or_create(&Labels { outcome }).inc();
        self.held().refused &= !WRITTEN.contains(&outcome);
    }

    /// Messages that the store has taken for events: since one of them it takes events.
    pub(super) fn written(&self) -> u64 {
        WRITTEN.map(|outcome| self.messages.get_or_create(&Labels { outcome }).get()).iter().sum()
    }

    /// The store takes none of what is there.
    pub(super) fn refuses_all(&self) {
        self.held().refused = true;
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().expect("nothing panics while it holds the state")
    }
}

impl Companion for Status {
    fn name(&self) -> &'static str {
        "broker"
    }

    fn state(&self) -> Result<(), String> {
        let held = self.held();
        match (held.connected, held.troubles.iter().flatten().next()) {
            (false, _) => Err("no connection".into()),
            (true, Some(what)) => Err((*what).to_owned()),
            (true, None) if held.refused => Err("the database refuses what comes; the log says why".into()),
            (true, None) => Ok(()),
        }
    }
}
