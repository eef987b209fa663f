//! Live updates: which topics changed, for those who may see them. Never what changed: pages read that again as themselves.

pub use crate::store::feed::Topic;
use crate::{
    clock::Clock,
    domain::{
        access::{Actor, Environment, Forbidden, Permission},
        time::Instant,
    },
    shutdown::Shutdown,
    store::feed::Feed,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// A hint may be missed: the truth is read this often without one.
const POLL: Duration = Duration::from_secs(2);

/// Hints come with each commit; more than this often nobody needs to know.
const CALM: Duration = Duration::from_millis(200);

/// What changed this shortly before somebody began to listen may have come after their page was rendered.
const RECENT: i64 = 5 * Instant::SECOND;

const ENVIRONMENTS: [Environment; 3] = [Environment::Live, Environment::Demo, Environment::Sandbox];

/// A topic's latest change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Of what.
    pub topic: Topic,
    /// Commit sequence.
    pub seq: i64,
    seen_at: Instant,
}

/// Follows the store's feed and tells everybody who listens.
pub struct Live {
    feed: Arc<dyn Feed>,
    clock: Clock,
    worlds: [(Environment, watch::Sender<Vec<Change>>); 3],
}

impl Live {
    /// Over this feed; [`Live::follow`] makes it run.
    pub fn new(feed: Arc<dyn Feed>, clock: Clock) -> Self {
        Self { feed, clock, worlds: ENVIRONMENTS.map(|environment| (environment, watch::Sender::default())) }
    }

    /// Follows the feed until stopping is asked for.
    pub async fn follow(&self, shutdown: &Shutdown) {
        let mut hint = self.feed.hint();
        let mut begun = false;
        while !shutdown.begun() {
            hint.mark_unchanged();
            for (environment, world) in &self.worlds {
                self.read(*environment, world, begun).await;
            }
            begun = true;
            tokio::select! {
                () = shutdown.asked() => return,
                () = async {
                    tokio::time::sleep(CALM).await;
                    // An error says that the writer is gone; then the poll goes on alone.
                    if hint.changed().await.is_err() { std::future::pending::<()>().await }
                } => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    async fn read(&self, environment: Environment, world: &watch::Sender<Vec<Change>>, begun: bool) {
        let latest = match self.feed.latest(environment).await {
            Ok(latest) => latest,
            Err(error) => {
                tracing::warn!(%error, "the feed of changes could not be read; trying again");
                return;
            }
        };
        // What was there before we began is no news.
        let now = if begun { self.clock.now() } else { Instant(0) };
        world.send_if_modified(|known| {
            let mut modified = false;
            for (topic, seq) in latest {
                match known.iter_mut().find(|change| change.topic == topic) {
                    Some(change) if change.seq >= seq => {}
                    Some(change) => {
                        *change = Change { topic, seq, seen_at: now };
                        modified = true;
                    }
                    None => {
                        known.push(Change { topic, seq, seen_at: now });
                        modified = true;
                    }
                }
            }
            modified
        });
    }

    /// Listens to what the actor may see. `heard` is what they heard last, if they listened before.
    pub fn listen(&self, actor: &Actor, heard: Option<&[(Topic, i64)]>) -> Result<Listener, Forbidden> {
        let may = |topic: &Topic| {
            let permission = match topic {
                Topic::Shipments => Permission::ReadShipments,
                Topic::Quarantine => Permission::ReadQuarantine,
                Topic::Exceptions => Permission::ReadExceptions,
            };
            actor.require(permission).is_ok()
        };
        let topics: Vec<Topic> = Topic::ALL.into_iter().filter(may).collect();
        if topics.is_empty() {
            return Err(Forbidden);
        }
        let world = self.worlds.iter().find(|(environment, _)| *environment == actor.environment);
        let mut changes = world.expect("every environment has its channel").1.subscribe();
        changes.mark_changed();
        let now = self.clock.now();
        let known = match heard {
            Some(heard) => heard.to_vec(),
            None => {
                let held = changes.borrow();
                held.iter().filter(|change| now.since(change.seen_at) > RECENT).map(|c| (c.topic, c.seq)).collect()
            }
        };
        Ok(Listener { changes, topics, known })
    }
}

/// One who listens.
pub struct Listener {
    changes: watch::Receiver<Vec<Change>>,
    topics: Vec<Topic>,
    known: Vec<(Topic, i64)>,
}

impl Listener {
    /// The changes since the last call, as soon as there are some; nothing any more when Waybill stops.
    pub async fn next(&mut self) -> Option<Vec<Change>> {
        loop {
            self.changes.changed().await.ok()?;
            let changes: Vec<Change> = self.changes.borrow_and_update().clone();
            let news: Vec<Change> = changes.into_iter().filter(|change| self.is_news(change)).collect();
            for change in &news {
                self.known.retain(|(topic, _)| *topic != change.topic);
                self.known.push((change.topic, change.seq));
            }
            if !news.is_empty() {
                return Some(news);
            }
        }
    }

    fn is_news(&self, change: &Change) -> bool {
        let known = self.known.iter().find(|(topic, _)| *topic == change.topic);
        self.topics.contains(&change.topic) && known.is_none_or(|(_, seq)| change.seq > *seq)
    }

    /// What has been heard so far.
    pub fn known(&self) -> &[(Topic, i64)] {
        &self.known
    }
}
