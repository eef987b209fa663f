//! Three processes on one PostgreSQL and one NATS server, events from HTTP and from the stream all the while, and one fault after the other
//! as a seed draws them. After each everybody is well again, all that was answered for is there once, and what is known is what an undisturbed
//! run of the same events knows.

use crate::{
    kill::{Server, key_of},
    notices::{heard, tell_what_stands},
    support::{
        cluster::Cluster,
        fleet::{Calm, Fleet, PATIENCE, duties, on, ready, settled, signal, until_ready, verify_beside, verify_so_far},
        load::{Gate, Load},
        messages::{after_in_any_order, message},
        nats::{Nats, publish, taken},
        proxy::{Proxy, Weather},
        skew::Skew,
    },
};
use async_nats::jetstream::{Context, message::PublishMessage};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::BTreeSet,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use waybill_server::{
    clock::Clock,
    startup::{Database, OpenMode},
    store::sql::query_as,
};

const REPLICAS: usize = 3;
/// Events that are answered for between two faults.
const BETWEEN: usize = 40;

/// What can go wrong; all of it does, in an order that is drawn.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// One is killed, and starts again.
    Kill,
    /// One is stopped past its leases, and goes on.
    Stop,
    Database,
    Broker,
    /// The network between one and its database is bad.
    Network,
    /// The one between one and its broker.
    BrokerNetwork,
    /// One starts again on a machine whose clock is off by minutes.
    Clock,
}

const FAULTS: [Fault; 7] =
    [Fault::Kill, Fault::Stop, Fault::Database, Fault::Broker, Fault::Network, Fault::BrokerNetwork, Fault::Clock];

struct World {
    cluster: Cluster,
    nats: Nats,
    /// Before the database and before the broker, of each process.
    proxies: Vec<[Proxy; 2]>,
    skew: Skew,
    fleet: Fleet,
    random: ChaCha8Rng,
}

impl World {
    async fn start(random: ChaCha8Rng) -> Self {
        let (cluster, nats) = (Cluster::start(), Nats::start().await);
        let mut proxies = Vec::new();
        for _ in 0..REPLICAS {
            proxies.push([Proxy::before(cluster.port()).await, Proxy::before(nats.port()).await]);
        }
        let folder = tempfile::tempdir().expect("a folder");
        let key = key_of(on(folder.path(), &cluster.url()));
        let skew = Skew::make(folder.path());
        let fleet = Fleet { folder, key, replicas: Vec::new() };
        let mut world = Self { cluster, nats, proxies, skew, fleet, random };
        for at in 0..REPLICAS {
            let replica = Server::start_as(world.command(at), &world.fleet.key);
            world.fleet.replicas.push(replica);
        }
        world
    }

    fn command(&self, at: usize) -> Command {
        let [database, broker] = &self.proxies[at];
        let through = format!(":{}/", database.port());
        let mut command =
            on(self.fleet.folder.path(), &self.cluster.url().replace(&format!(":{}/", self.cluster.port()), &through));
        command
            .env("WAYBILL_NATS_URL", format!("nats://127.0.0.1:{}", broker.port()))
            .env("WAYBILL_NATS_SOURCES", "kill")
            .env("WAYBILL_NATS_OUT_SUBJECT", "waybill.out")
            .env("WAYBILL_NATS_ACK_SECONDS", "5");
        command
    }

    /// Kills one and starts it again where it was, with its clock put forward.
    fn start_again(&mut self, at: usize, seconds: i64) {
        let address = self.fleet.replicas[at].site().trim_start_matches("http://").to_owned();
        self.fleet.replicas[at].kill();
        let mut command = self.command(at);
        if seconds != 0 {
            self.skew.put(&mut command, seconds);
        }
        self.fleet.replicas[at] = Server::start_at(command, &self.fleet.key, &address);
    }

    async fn suffer(&mut self, fault: Fault, load: &Load) {
        let (sites, at) = (self.fleet.sites(), self.random.random_range(0..REPLICAS));
        let others: Vec<String> = sites.iter().filter(|site| **site != sites[at]).cloned().collect();
        println!("{fault:?} of {at}");
        match fault {
            Fault::Kill => self.start_again(at, 0),
            Fault::Clock => {
                let minutes = self.random.random_range(3..10) * if self.random.random() { 1 } else { -1 };
                println!("  {minutes} minutes");
                self.start_again(at, 60 * minutes);
            }
            Fault::Stop => {
                // One that has something to lose.
                let holder = &duties(&sites).await["timers"];
                let at = sites.iter().position(|site| site == holder).expect("one of them");
                let others: Vec<String> = sites.iter().filter(|site| *site != holder).cloned().collect();
                signal(&self.fleet.replicas[at], "-STOP");
                duties(&others).await;
                load.goes_on_for(BETWEEN).await;
                signal(&self.fleet.replicas[at], "-CONT");
            }
            Fault::Database => {
                self.cluster.down();
                until_ready(&sites, 503).await;
                load.is_refused(3).await;
                self.cluster.up();
            }
            Fault::Broker => {
                self.nats.kill();
                for site in &sites {
                    until_broker(site, false).await;
                }
                // It is no reason to send nobody there.
                load.goes_on_for(BETWEEN).await;
                until_ready(&sites, 200).await;
                self.nats.begin().await;
            }
            Fault::Network => {
                let weather = self.weather();
                self.proxies[at][0].turns(weather);
                if !matches!(weather, Weather::Slow(_)) {
                    until_ready(&sites[at..=at], 503).await;
                    until_ready(&others, 200).await;
                }
                load.goes_on_for(BETWEEN).await;
                self.proxies[at][0].turns(Weather::Fine);
            }
            Fault::BrokerNetwork => {
                let weather = self.weather();
                self.proxies[at][1].turns(weather);
                if !matches!(weather, Weather::Slow(_)) {
                    until_broker(&sites[at], false).await;
                }
                load.goes_on_for(BETWEEN).await;
                until_ready(&sites, 200).await;
                self.proxies[at][1].turns(Weather::Fine);
            }
        }
    }

    fn weather(&mut self) -> Weather {
        let slow = Weather::Slow(self.random.random_range(20..60));
        let weather = [slow, Weather::Cut, Weather::Silent][self.random.random_range(0..3)];
        println!("  {weather:?}");
        weather
    }

    /// All of them are ready, have a broker, and share the work.
    async fn is_well(&self) {
        let sites = self.fleet.sites();
        until_ready(&sites, 200).await;
        for site in &sites {
            until_broker(site, true).await;
        }
        duties(&sites).await;
    }
}

/// Waits until a process says that it has, or has not, its broker.
async fn until_broker(site: &str, wanted: bool) {
    let told = async {
        while !matches!(ready(site).await, Some((_, told)) if (told["parts"]["broker"] == "ok") == wanted) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("it says how its broker is");
}

/// Waits until the stream has every notice.
async fn until_told(database: &Database) {
    let told = async {
        while !matches!(query_as::<(i64,)>("SELECT count(*) FROM outbox").fetch_one(&database.read).await, Ok((0,))) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("notices are told");
}

/// Events under way to the broker.
#[derive(Default)]
struct Published {
    gate: Gate,
    events: AtomicUsize,
}

impl Published {
    /// Publishes one event after the other.
    async fn go_on(&self, context: &Context) {
        loop {
            self.gate.pass().await;
            let n = self.events.load(Ordering::Relaxed);
            for name in names(n) {
                publish(context, "waybill.in.kill", PublishMessage::build().payload(message(&name).to_string().into())).await;
            }
            self.events.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Rests when all of it is taken; answers what that is so far.
    async fn rest(&self, context: &Context) -> BTreeSet<String> {
        self.gate.close(1).await;
        taken(context, "WAYBILL_IN", "waybill").await;
        (0..self.events.load(Ordering::Relaxed)).flat_map(names).collect()
    }
}

/// The `n`th event, and what is told of it again: who takes them takes some at a time, in any order.
fn names(n: usize) -> impl Iterator<Item = String> {
    let id = format!("n-{n}");
    let again = after_in_any_order(n, &id);
    [id].into_iter().chain(again)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_nothing_is_lost_or_counts_twice() {
    #[expect(clippy::disallowed_methods, reason = "the same faults for everybody, and others for who asks for them")]
    let seed = std::env::var("WAYBILL_FAULTS_SEED").map_or(1, |seed| seed.parse().expect("WAYBILL_FAULTS_SEED is a number"));
    println!("WAYBILL_FAULTS_SEED={seed}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut faults = FAULTS;
    faults.shuffle(&mut random);
    let mut world = World::start(random).await;
    world.is_well().await;
    let load = world.fleet.load();
    let (published, context) = (Arc::<Published>::default(), world.nats.client().await);
    let publishes = tokio::spawn({
        let (published, context) = (Arc::clone(&published), context.clone());
        async move { published.go_on(&context).await }
    });
    let mut calm = Calm::begin(&world.cluster.url()).await;
    for fault in faults {
        load.goes_on_for(BETWEEN).await;
        world.suffer(fault, &load).await;
        world.is_well().await;
        load.goes_on_for(BETWEEN).await;
        let mut sent = load.rest().await;
        sent.extend(published.rest(&context).await);
        verify_so_far(&world.cluster.url(), &mut calm, &sent).await;
        load.go_on().await;
        published.gate.open().await;
    }
    let mut sent = load.end().await;
    sent.extend(published.rest(&context).await);
    println!("{} events published", published.events.load(Ordering::Relaxed));
    publishes.abort();
    let World { cluster, nats, proxies, fleet, .. } = world;
    // When nothing is under way any more, nor is soon, all of it is told.
    let database = Database::open(&cluster.url(), OpenMode::Exact, Clock::system()).await.expect("opens");
    settled(&database).await;
    verify_so_far(&cluster.url(), &mut calm, &sent).await;
    until_told(&database).await;
    let told = heard(&context).await;
    tell_what_stands(&database, &told).await;
    database.close().await;
    verify_beside(&cluster.url(), (fleet, calm), &sent).await;
    // Nobody was told anything twice.
    let told = heard(&context).await;
    let ids: BTreeSet<&str> = told.iter().map(|notice| notice["id"].as_str().expect("text")).collect();
    assert!(ids.len() == told.len() && ids.len() > 50, "{} notices, {} of them once", told.len(), ids.len());
    drop((nats, proxies));
}
