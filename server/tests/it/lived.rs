//! A month as it is lived: each stride's events are sent when they happen, and whose time has come is looked at. At each stride
//! exactly that is open which was put in, and so is each episode in the end, over or not.

mod awaited;
mod figures;
mod shipments;

use crate::support::app::App;
use std::collections::{BTreeMap, BTreeSet};
use waybill_server::{
    domain::{
        access::{Actor, Environment},
        receipt::{IntakeTerms, Lane},
        time::Instant,
    },
    simulate::{Options, Simulation, Truth, deliver::deliver, policy},
    store::{sources::SourceStore, timers::TimerStore},
};

const STRIDE: i64 = Instant::HOUR;
const DAYS: u32 = 30;
/// How long the policy lets the ERP, and the gate that never speaks, be silent.
const CADENCES: [(&str, &str, i64); 2] = [("ERP", "erp", 24 * Instant::HOUR), ("North gate", "gate/north", Instant::HOUR)];

/// Kind and subject.
type Open = BTreeSet<(String, String)>;

/// When it was first found, when it was last over, and how often it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Episodes {
    first: i64,
    over: Option<i64>,
    times: u64,
}

/// What was put in, stride by stride.
#[derive(Default)]
struct Lived(BTreeMap<(String, String), Episodes>);

impl Lived {
    fn note(&mut self, before: &Open, open: &Open, now: Instant) {
        for came in open.difference(before) {
            let episodes = self.0.entry(came.clone()).or_insert(Episodes { first: now.0, over: None, times: 0 });
            (episodes.over, episodes.times) = (None, episodes.times + 1);
        }
        for went in before.difference(open) {
            self.0.get_mut(went).expect("it came").over = Some(now.0);
        }
    }
}

#[tokio::test]
async fn a_month_that_is_lived_has_each_trouble_when_it_is_there_and_no_other() {
    let app = App::start().await;
    let (seed, start) = (6, app.clock.now());
    let options = Options::days(500, DAYS, start.plus(i64::from(DAYS) * Instant::DAY));
    let (truth, mut events) = (Truth::of(seed, options), Simulation::new(seed, options).peekable());
    let actor = Actor::system("test", Environment::Live);
    app.edge.policies.put(&actor, 0, policy(), "the shipper's own").await.expect("it is put in force");
    let terms = IntakeTerms { environment: Environment::Live, history: false, lane: Lane::Single };
    let mut spoke: BTreeMap<&str, Instant> = BTreeMap::new();
    let (mut lived, mut before, mut ledger) = (Lived::default(), Open::new(), figures::Ledger::default());
    for stride in 0..i64::from(DAYS) * Instant::DAY / STRIDE {
        app.clock.advance(STRIDE);
        let now = app.clock.now();
        let sent: Vec<_> = std::iter::from_fn(|| events.next_if(|event| event.at <= now)).collect();
        // What is refused is no word of anybody.
        let taken = sent.iter().filter(|event| event.fault.is_none_or(|fault| !fault.is_refused()));
        spoke.extend(taken.map(|event| (event.source, now)));
        deliver(app.edge.intake.as_ref(), (&actor, terms), &sent, now).await.expect("it is taken in");
        while app.database.look_again(500).await.expect("looks") > 0 {}
        app.database.watch_sources().await.expect("looks");

        let silent = |(_, source, cadence): &&(_, &str, i64)| spoke.get(source).unwrap_or(&start).plus(*cadence) <= now;
        let silent = CADENCES.iter().filter(silent).map(|(name, ..)| ("source_silent", (*name).to_owned()));
        let put: Open = truth.open_at(now).into_iter().chain(silent).map(|(kind, subject)| (kind.to_owned(), subject)).collect();
        let found = open(&app).await;
        let (missed, false_alarms): (Vec<_>, Vec<_>) = (put.difference(&found).collect(), found.difference(&put).collect());
        assert!(missed.is_empty() && false_alarms.is_empty(), "{}: missed {missed:?}, false alarms {false_alarms:?}", now.0);
        lived.note(&before, &put, now);
        ledger.note(&before, &put, now);
        ledger.sent(&sent, now);
        before = put;
        if stride % 4 == 0 {
            ledger.touch(&app, now).await;
        }
        if stride % 10 == 0 {
            ledger.waive(&app, now).await;
        }
    }
    let found = episodes(&app).await;
    let differ: Vec<_> = lived.0.iter().filter(|(name, put)| found.get(*name) != Some(put)).collect();
    let differ: Vec<_> = differ.into_iter().map(|(name, put)| (name, put, found.get(name))).collect();
    assert!(differ.is_empty() && found.len() == lived.0.len(), "{differ:?}");
    ledger.check(&app).await;
    ledger.check_awaited(&app).await;
    let over = found.values().filter(|episodes| episodes.over.is_some()).count();
    let again = found.values().filter(|episodes| episodes.times > 1).count();
    assert!(over > 250 && again > 5 && found.len() > 350, "{over} over and {again} back of {}", found.len());
}

/// What is there, waived or not, but for what could not be taken in.
async fn open(app: &App) -> Open {
    let sql =
        "SELECT kind, subject FROM exceptions WHERE (state IN ('open', 'claimed') OR (state = 'waived' AND gone_at IS NULL))
               AND (shipment_id IS NOT NULL OR kind = 'source_silent')";
    let rows: Vec<(String, String)> =
        waybill_server::store::sql::query_as(sql).fetch_all(&app.database.read).await.expect("the table");
    rows.into_iter().collect()
}

/// All that was ever found, but for what could not be taken in, until its cause was gone.
async fn episodes(app: &App) -> BTreeMap<(String, String), Episodes> {
    let sql = "SELECT kind, subject, detected_at, iif(state = 'waived', gone_at, closed_at), reopens FROM exceptions
               WHERE shipment_id IS NOT NULL OR kind = 'source_silent' ORDER BY detected_at";
    let rows: Vec<(String, String, i64, Option<i64>, i64)> =
        waybill_server::store::sql::query_as(sql).fetch_all(&app.database.read).await.expect("the table");
    let mut episodes: BTreeMap<(String, String), Episodes> = BTreeMap::new();
    for (kind, subject, first, over, reopens) in rows {
        let times = 1 + reopens.unsigned_abs();
        let all = episodes.entry((kind, subject)).or_insert(Episodes { first, over: Some(i64::MIN), times: 0 });
        all.over = all.over.zip(over).map(|(one, other)| one.max(other));
        all.times += times;
    }
    episodes
}
