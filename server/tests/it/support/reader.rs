//! Somebody who reads pages all the while: each answer is the right page, or says clearly that there is none just now. Never half a page,
//! nor one with nothing in the place of what could not be read.

use super::ranked::at_any_time;
use reqwest::Client;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Every request ends before this, whatever is wrong.
const BOUND: Duration = Duration::from_secs(60);
/// Words of a page that there is none of just now.
const AWAY: [&str; 2] = ["Waybill cannot answer just now", "Busy just now"];
/// Words of a page that could not be made, or not all of it.
const FAILURE: [&str; 3] = ["Something went wrong on our side", "state failed", BESIDE];
/// What a page says in the place of its part on billing.
const BESIDE: &str = "cannot be read just now";
/// What is for the log only.
const INNER: [&str; 12] = [
    "SELECT ",
    "sqlx",
    "postgres",
    "127.0.0.1",
    "waybill@",
    "panicked",
    "RUST_BACKTRACE",
    ".rs:",
    "os error",
    "refused)",
    "PoolTimedOut",
    "StoreError",
];

/// Pages as they are when nothing is wrong, by their addresses.
#[derive(Clone)]
pub(crate) struct Reader {
    client: Client,
    cookie: String,
    right: Arc<BTreeMap<String, String>>,
}

/// How often the right page came, and how often a word that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) right: usize,
    pub(crate) refused: usize,
}

/// Reads under way.
pub(crate) struct Reading {
    ends: Arc<AtomicBool>,
    told: Arc<[AtomicUsize; 2]>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Reader {
    /// Reads these addresses while nothing is wrong and nothing happens.
    pub(crate) async fn begin(cookie: &str, site: &str, paths: &[String]) -> Self {
        let client = Client::builder().timeout(BOUND).redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let mut reader = Self { client, cookie: cookie.to_owned(), right: Arc::default() };
        let mut right = BTreeMap::new();
        for path in paths {
            let (status, _, text) = reader.ask(site, path).await.expect("answers");
            assert_eq!(status, 200, "{path}: {text}");
            assert!(AWAY.iter().chain(&FAILURE).all(|words| !text.contains(words)), "{path}: {text}");
            right.insert(path.clone(), lasting(&text));
        }
        reader.right = Arc::new(right);
        reader
    }

    /// Reads all of it once at a process; answers what came of it.
    pub(crate) async fn reads(&self, site: &str) -> Told {
        let answers = futures::future::join_all(self.right.keys().map(|path| self.answer(site, path))).await;
        let right = answers.iter().filter(|right| **right == Some(true)).count();
        Told { right, refused: answers.iter().filter(|right| **right == Some(false)).count() }
    }

    /// Goes on reading each of them at a process.
    pub(crate) fn goes_on(&self, site: &str) -> Reading {
        let (ends, told) = (Arc::<AtomicBool>::default(), Arc::<[AtomicUsize; 2]>::default());
        let read = |path: &String| {
            let (reader, ends, told) = (self.clone(), Arc::clone(&ends), Arc::clone(&told));
            let (site, path) = (site.to_owned(), path.clone());
            tokio::spawn(async move {
                while !ends.load(Ordering::Relaxed) {
                    if let Some(right) = reader.answer(&site, &path).await {
                        told[usize::from(right)].fetch_add(1, Ordering::Relaxed);
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            })
        };
        let tasks = self.right.keys().map(read).collect();
        Reading { ends, told, tasks }
    }

    /// Whether it is the right one; none: the connection was lost.
    async fn answer(&self, site: &str, path: &str) -> Option<bool> {
        let (status, again, text) = self.ask(site, path).await?;
        let inner: Vec<_> = INNER.iter().filter(|inner| status != 200 && text.contains(**inner)).collect();
        assert!(inner.is_empty(), "{path} tells of {inner:?}: {status} {text}");
        if status == 200 && text.contains(BESIDE) {
            return Some(false);
        }
        if status == 200 {
            let (is, right) = (lasting(&text), &self.right[path]);
            assert!(is == *right, "{path} is another page: {}", first_difference(right, &is));
            return Some(true);
        }
        // Never a fault of ours: there is a database, and it is away.
        assert_eq!(status, 503, "{path}: {text}");
        assert!(again.is_some_and(|seconds| seconds > 0), "{path} does not say when to come again: {text}");
        if path.starts_with("/api/") {
            let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"));
            assert!(
                problem["code"] == "unavailable" && problem["title"].as_str().is_some_and(|title| title.len() > 20),
                "{text}"
            );
        } else {
            // Behind it stands what the browser goes on with.
            assert!(text.contains("</html>"), "{path} is half a page: {text}");
            assert!(AWAY.iter().any(|words| text.contains(words)), "{path} does not say what is wrong: {text}");
            let main = text.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).map_or("", |(main, _)| main);
            assert!(!main.is_empty() && !main.contains("<td"), "{path} shows figures beside the failure: {main}");
        }
        Some(false)
    }

    /// Status, after how many seconds to come again, and the whole text; none: nobody is there, or the connection was lost.
    async fn ask(&self, site: &str, path: &str) -> Option<(u16, Option<u64>, String)> {
        let accept = if path.starts_with("/api/") { "application/json" } else { "text/html,application/xhtml+xml" };
        let request = self.client.get(format!("{site}{path}")).header("cookie", &self.cookie).header("accept", accept);
        let within = |error: reqwest::Error| assert!(!error.is_timeout(), "{path} does not end within {BOUND:?}");
        let answer = request.send().await.map_err(within).ok()?;
        let status = answer.status().as_u16();
        let again = answer.headers().get("retry-after").and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        Some((status, again, answer.text().await.map_err(within).ok()?))
    }
}

impl Reading {
    /// Waits until so many more answers were no page.
    pub(crate) async fn is_refused(&self, times: usize) {
        let until = self.told[0].load(Ordering::Relaxed) + times;
        let refused = async {
            while self.told[0].load(Ordering::Relaxed) < until && self.tasks.iter().all(|task| !task.is_finished()) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(super::fleet::PATIENCE, refused).await.expect("readers are told");
    }

    pub(crate) async fn end(self) -> Told {
        self.ends.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.expect("every answer is right or clear");
        }
        let told = |right: usize| self.told[right].load(Ordering::Relaxed);
        Told { right: told(1), refused: told(0) }
    }
}

/// A page without what is another one at each reading: nonces, the moment of it, how long ago things were, and their order by that.
fn lasting(page: &str) -> String {
    // Empty comments stand where something may be or not.
    let page = at_any_time(&page.replace("<!>", ""));
    let mut lasting = String::with_capacity(page.len());
    let mut rest = page.as_str();
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let number = from.len() - from.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == ':').len();
        let (number, after) = from.split_at(number);
        let unit: String = after.trim_start_matches([' ', '\u{a0}']).chars().take_while(char::is_ascii_alphabetic).collect();
        let passes = number.contains(':') || number.len() > 12 || matches!(&*unit, "s" | "min" | "h" | "d");
        lasting.push_str(before);
        lasting.push_str(if passes { "#" } else { number });
        rest = if passes { after.trim_start_matches([' ', '\u{a0}']).trim_start_matches(&*unit) } else { after };
    }
    lasting.push_str(rest);
    // A duration has one unit or two.
    let lasting = lasting.replace("# #", "#");
    // A place in a list holds the moment at which it was asked for.
    [("nonce=\"", '"'), ("\"next\":\"", '"'), ("after=", '"')].into_iter().fold(lasting, without)
}

/// A page without what stands between these.
fn without(page: String, (start, end): (&str, char)) -> String {
    let mut parts = page.split(start);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| page + part.split_once(end).map_or(part, |(_, rest)| rest))
}

fn first_difference(right: &str, is: &str) -> String {
    let at = right.bytes().zip(is.bytes()).take_while(|(one, other)| one == other).count();
    let around = |text: &str| text.chars().skip(at.saturating_sub(150)).take(400).collect::<String>();
    format!("…{}… and not …{}…", around(is), around(right))
}
