//! Senders that do not rest until each of their events is answered for, whichever process answers and whatever happens meanwhile. Some of what
//! was answered for they then amend, take back, or tell otherwise.

use super::messages::{after, is_answer, message};
use reqwest::Client;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Senders of single events at once; one more sends batches.
const SENDERS: usize = 6;
/// A process that does not answer is left for another one.
const PATIENCE: Duration = Duration::from_secs(15);
/// Events of a batch that a sender of its own sends now and then: so many that the server writes them while it decides.
const BATCH: usize = 900;
/// Its pause between two.
const REST: Duration = Duration::from_secs(2);
/// Events that go to one process before the next one has its turn.
const STAY: usize = 40;
/// The pause after an answer that says to come again.
const PAUSE: Duration = Duration::from_millis(50);

/// What became of the events.
#[derive(Default)]
struct Told {
    begun: AtomicUsize,
    answered: AtomicUsize,
    unavailable: AtomicUsize,
    ends: AtomicBool,
    gate: Gate,
}

/// What senders pass before each event. Closed, it keeps them with nothing under way.
#[derive(Default)]
pub(crate) struct Gate {
    closed: AtomicBool,
    waiting: AtomicUsize,
}

impl Gate {
    /// Passes it, when it is open.
    pub(crate) async fn pass(&self) {
        if self.closed.load(Ordering::Relaxed) {
            self.waiting.fetch_add(1, Ordering::Relaxed);
            while self.closed.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Closes it, and waits until so many are there.
    pub(crate) async fn close(&self, senders: usize) {
        self.closed.store(true, Ordering::Relaxed);
        let all = async {
            while self.waiting.load(Ordering::Relaxed) < senders {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(super::fleet::PATIENCE, all).await.expect("every event is answered for");
    }

    /// Opens it, and waits until nobody is there.
    pub(crate) async fn open(&self) {
        self.closed.store(false, Ordering::Relaxed);
        let all = async {
            while self.waiting.load(Ordering::Relaxed) > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(super::fleet::PATIENCE, all).await.expect("senders go on");
    }
}

/// Events under way to some processes.
pub(crate) struct Load {
    told: Arc<Told>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    /// Begins to send to the processes of these addresses in turn.
    pub(crate) fn begin(sites: Vec<String>, key: &str) -> Self {
        let told = Arc::<Told>::default();
        let client = Client::builder().timeout(PATIENCE).build().expect("a client");
        let sites = Arc::new(sites);
        let send = |sender| {
            let (told, sites, client, key) = (Arc::clone(&told), Arc::clone(&sites), client.clone(), key.to_owned());
            tokio::spawn(async move {
                let (mut at, mut n) = (sender, 0);
                while !told.ends.load(Ordering::Relaxed) {
                    told.gate.pass().await;
                    let events = if sender == SENDERS { BATCH } else { 1 };
                    let first = told.begun.fetch_add(events, Ordering::Relaxed);
                    let ids: Vec<String> = (first..first + events).map(id).collect();
                    taken((&client, &key), (&sites, &mut at), &ids, &told).await;
                    let corrections: Vec<String> = (first..).zip(&ids).filter_map(|(n, id)| after(n, id)).collect();
                    if !corrections.is_empty() {
                        taken((&client, &key), (&sites, &mut at), &corrections, &told).await;
                    }
                    // As long as one answers it is sent to; now and then to the next all the same.
                    n += 1;
                    at += usize::from(n % STAY == 0 || sender == SENDERS);
                    if sender == SENDERS {
                        told.rests(REST).await;
                    }
                }
            })
        };
        let tasks = (0..=SENDERS).map(send).collect();
        Self { told, tasks }
    }

    /// Waits until so many more single events are answered for.
    pub(crate) async fn goes_on_for(&self, events: usize) {
        let until = self.told.answered.load(Ordering::Relaxed) + events;
        let answered = async {
            while self.told.answered.load(Ordering::Relaxed) < until {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(super::fleet::PATIENCE, answered).await.expect("events are answered for");
    }

    /// Waits until so many more senders were told that nothing can be taken just now.
    pub(crate) async fn is_refused(&self, times: usize) {
        let until = self.told.unavailable.load(Ordering::Relaxed) + times;
        let refused = async {
            while self.told.unavailable.load(Ordering::Relaxed) < until {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(super::fleet::PATIENCE, refused).await.expect("senders are told");
    }

    /// Has the senders rest when what they sent is answered for; answers what that is so far.
    pub(crate) async fn rest(&self) -> BTreeSet<String> {
        self.told.gate.close(SENDERS + 1).await;
        told(self.told.begun.load(Ordering::Relaxed))
    }

    /// Has them go on.
    pub(crate) async fn go_on(&self) {
        self.told.gate.open().await;
    }

    /// What was sent, when all of it is answered for.
    pub(crate) async fn end(self) -> BTreeSet<String> {
        self.told.ends.store(true, Ordering::Relaxed);
        for task in self.tasks {
            tokio::time::timeout(super::fleet::PATIENCE, task)
                .await
                .expect("every event is answered for")
                .expect("no sender panics");
        }
        let begun = self.told.begun.load(Ordering::Relaxed);
        println!("{begun} events sent, {} times told to come again", self.told.unavailable.load(Ordering::Relaxed));
        told(begun)
    }
}

/// The names of so many events, and of what was told of them again.
fn told(begun: usize) -> BTreeSet<String> {
    (0..begun).map(|n| (n, id(n))).flat_map(|(n, id)| after(n, &id).into_iter().chain([id])).collect()
}

fn id(n: usize) -> String {
    format!("e-{n}")
}

impl Told {
    /// Waits, unless it is the end or somebody waits at the gate.
    async fn rests(&self, pause: Duration) {
        let begun = std::time::Instant::now();
        let goes_on = || !self.ends.load(Ordering::Relaxed) && !self.gate.closed.load(Ordering::Relaxed);
        while begun.elapsed() < pause && goes_on() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Sends events together until they are answered for.
async fn taken((client, key): (&Client, &str), (sites, at): (&[String], &mut usize), ids: &[String], told: &Told) {
    let (kind, body) = match ids {
        [id] => ("application/cloudevents+json", message(id)),
        ids => ("application/json", ids.iter().map(|id| message(id)).collect()),
    };
    loop {
        let site = &sites[*at % sites.len()];
        let request = client.post(format!("{site}/api/v1/events")).bearer_auth(key);
        let request = request.header("content-type", kind).body(body.to_string());
        let answer = match request.send().await {
            Ok(answer) => (answer.status().as_u16(), answer.text().await.ok()),
            Err(_) => (0, None),
        };
        match answer {
            (200, Some(text)) => {
                let told_of: Value = serde_json::from_str(&text).expect("JSON");
                let results = told_of["results"].as_array().expect("a result for each");
                let is_fine = |(id, result): (&String, &Value)| is_answer(id, result["outcome"].as_str().expect("an outcome"));
                assert!(results.len() == ids.len() && ids.iter().zip(results).all(is_fine), "{}: {text}", ids[0]);
                told.answered.fetch_add(usize::from(ids.len() == 1), Ordering::Relaxed);
                return;
            }
            // A clear word: nothing of it was taken, or nobody knows, and it is to be sent again.
            (429, Some(_)) => {}
            (503, Some(text)) => {
                let problem: Value = serde_json::from_str(&text).expect("a problem is JSON");
                assert_eq!(problem["code"], "unavailable", "{text}");
                told.unavailable.fetch_add(1, Ordering::Relaxed);
            }
            // The process is gone, or says nothing.
            (0, _) | (_, None) => {}
            (status, Some(text)) => panic!("{}: {status} {text}", ids[0]),
        }
        *at += 1;
        tokio::time::sleep(PAUSE).await;
    }
}
