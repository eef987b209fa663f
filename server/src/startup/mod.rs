//! Puts the parts together: the one place that knows them all.

pub mod archive;
mod counted;
mod demo;

use self::counted::Counted;
pub use crate::store::{
    backup,
    copy::{self, Copying},
    tables::{Database, OpenMode},
};
use crate::{
    broker::{self, Inward, Outward},
    clock::Clock,
    config::{Role, Settings},
    domain::access::{Actor, Environment},
    http::{self, Edge, Parts, limits::Rates, metrics::Metrics},
    service::{
        accounts::{AccountStores, Accounts, Terms},
        acts::Acts,
        audit::Audit,
        bulk::BulkDesk,
        desk::Desk,
        duties::Duties,
        figures::Figures,
        files::Files,
        flashes::Words,
        health::Health,
        intake::StoreIntake,
        live::Live,
        policy::{Policies, sections::Sections},
        rates::Shares,
        work::WorkDesk,
    },
    shutdown::Shutdown,
    store::{leases::Duty, outbox::OutboxStore, tables},
    worker::{bulk, clock, figures, sources, timers},
};
use anyhow::Context;
use app::ports::Ports;
use std::{net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// What was sent to it.
    Own,
    /// A demonstration, in an environment of its own.
    Demo,
}

/// Serves until a signal asks to stop.
pub async fn serve(settings: Settings, content: Content) -> anyhow::Result<()> {
    let shutdown = Shutdown::new();
    shutdown.on_signals().context("signals cannot be watched")?;
    let listener = bind(settings.listen).await?;
    let metrics_listener = match settings.metrics_address()? {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let (limit, address) = (settings.shutdown_timeout(), listener.local_addr()?);
    let url = &settings.database_url;
    let _alone = tables::serve_alone(url.reveal()).with_context(|| format!("the database {url}"))?;
    let told = match content {
        Content::Demo if settings.roles.has(Role::Worker) => Some(demo::past(&settings, &shutdown).await?),
        Content::Demo | Content::Own => None,
    };
    let clock = Clock::system();
    let database = open(&settings, OpenMode::Migrate, clock.clone()).await?;
    let (edge, intake) = parts(settings, &database, clock, shutdown.clone());
    follow(&edge, &database);
    attend(&edge, &database).await?;
    archive::attend(&edge, &database)?;
    if let Some(listener) = metrics_listener {
        let (router, stop) = (http::metrics::alone(edge.clone()), shutdown.clone());
        shutdown.spawn(async move { http::serve(listener, router, &stop).await });
    }
    tracing::info!(%address, roles = %edge.settings.roles, ?content, "serving");
    if let Some(demo) = told {
        demo::go_on(demo, &edge, &database, intake);
    }
    if content == Content::Demo {
        let invitation = demo::people(&edge.accounts, edge.settings.database_url.reveal()).await?;
        println!("{}", invitation.words(&format!("http://{address}")));
    } else if edge.accounts.people(&Actor::system("startup", Environment::Live)).await?.is_empty() {
        tracing::info!("nobody can sign in yet: run `waybill user add NAME --role admin`");
    }
    let duties = Arc::clone(&edge.duties);
    http::serve(listener, http::router(edge), &shutdown).await;
    match shutdown.drain(limit).await {
        0 => tracing::info!("stopped"),
        left => tracing::warn!(tasks.left = left, "stopped; some requests did not end in time"),
    }
    duties.give_up().await;
    database.close().await;
    Ok(())
}

/// Opens the database.
pub async fn open(settings: &Settings, mode: OpenMode, clock: Clock) -> anyhow::Result<Database> {
    let url = &settings.database_url;
    Database::open(url.reveal(), mode, clock).await.with_context(|| format!("the database {url}"))
}

/// Connects only to tell what schema the database has: `(found, known)`.
pub async fn schema_versions(settings: &Settings) -> anyhow::Result<(i64, i64)> {
    let url = &settings.database_url;
    tables::schema_versions(url.reveal()).await.with_context(|| format!("the database {url}"))
}

/// The use cases around accounts, over a database.
pub fn accounts(settings: &Settings, database: &Database, clock: Clock) -> Arc<Accounts> {
    let database = Arc::new(database.clone());
    let stores = AccountStores { people: database.clone(), sessions: database.clone(), keys: database.clone(), tries: database };
    Arc::new(Accounts::new(stores, Terms::from(settings), clock))
}

/// Everything that handlers need, over a database.
pub fn edge(settings: Settings, database: &Database, clock: Clock, shutdown: Shutdown) -> Edge {
    parts(settings, database, clock, shutdown).0
}

/// The same, and the intake that counts.
fn parts(settings: Settings, database: &Database, clock: Clock, shutdown: Shutdown) -> (Edge, Arc<Counted>) {
    let store = Arc::new(database.clone());
    let desk = Arc::new(Desk::new(store.clone(), clock.clone()));
    let bulk = Arc::new(BulkDesk::new(store.clone(), clock.clone()));
    let intake = Arc::new(Counted::new(Arc::new(StoreIntake::new(store.clone()))));
    let metrics = Metrics::default();
    metrics.register(|registry| intake.register(registry));
    let counted = Arc::clone(&intake);
    let edge = Edge::new(Parts {
        accounts: accounts(&settings, database, clock.clone()),
        audit: Audit::new(store.clone()),
        policies: Policies::new(store.clone()),
        intake,
        ports: Ports {
            reading: desk.clone(),
            acting: desk,
            bulk,
            handling: Arc::new(Acts::new(store.clone(), clock.clone())),
            figures: Arc::new(Figures::new(store.clone(), clock.clone())),
            files: Arc::new(Files::new(store.clone(), clock.clone())),
            flashes: Arc::new(Words::new(store.clone(), clock.clone())),
            configuring: Arc::new(Sections::new(Policies::new(store.clone()), clock.clone())),
            lists: Arc::new(WorkDesk::new(store.clone(), clock.clone())),
        },
        live: Arc::new(Live::new(store.clone(), clock.clone())),
        health: Health::new(store.clone()),
        duties: Arc::new(Duties::new(store.clone(), duties_of(&settings))),
        rates: Rates::new(settings.api_requests_per_second, Shares::new(store)),
        metrics,
        settings,
        clock,
        shutdown,
    });
    (edge, counted)
}

/// Which of Waybill's own work a process may do.
fn duties_of(settings: &Settings) -> impl Iterator<Item = Duty> + use<> {
    let worker = settings.roles.has(Role::Worker);
    let (tells, archives) = (settings.nats_out().is_some(), settings.retention_months > 0);
    let may = move |duty: &Duty| match duty {
        // A demonstration's past is told before anything else is done.
        Duty::Past => false,
        Duty::Notices => tells,
        Duty::Archive => archives,
        _ => true,
    };
    Duty::ALL.into_iter().filter(move |duty| worker && may(duty))
}

/// Starts what runs beside the requests.
pub fn follow(edge: &Edge, database: &Database) {
    let stop = edge.shutdown.token();
    edge.shutdown.spawn(clock::run(Arc::new(database.clone()), stop.clone()));
    if edge.settings.roles.has(Role::Http) {
        let (live, shutdown) = (Arc::clone(&edge.live), edge.shutdown.clone());
        edge.shutdown.spawn(async move { live.follow(&shutdown).await });
    }
    if edge.settings.roles.has(Role::Worker) {
        let (duties, token) = (Arc::clone(&edge.duties), stop.clone());
        edge.shutdown.spawn(async move { duties.keep(&token).await });
        on_duty(edge, database, Duty::Figures, |database, stop| figures::run(database, stop));
        on_duty(edge, database, Duty::Bulk, |database, stop| bulk::run(database, stop));
        on_duty(edge, database, Duty::Sources, |database, stop| sources::run(database, stop));
        on_duty(edge, database, Duty::Timers, |database, stop| timers::run(database, stop));
    }
}

/// Does the work of a duty whenever it is this process's.
fn on_duty<F>(
    edge: &Edge,
    database: &Database,
    duty: Duty,
    run: impl Fn(Arc<Database>, CancellationToken) -> F + Send + Sync + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let (duties, database, stop) = (Arc::clone(&edge.duties), database.clone(), edge.shutdown.token().clone());
    edge.shutdown.spawn(async move {
        duties.perform(duty, &stop, |tenure, over| run(Arc::new(database.during(tenure)), over)).await;
    });
}

/// Attends to the broker, if there is one. It need not be there yet.
pub async fn attend(edge: &Edge, database: &Database) -> anyhow::Result<()> {
    let settings = &edge.settings;
    let Some(urls) = settings.nats_url.reveal() else { return Ok(()) };
    let status = Arc::<broker::Status>::default();
    edge.metrics.register(|registry| status.register(registry));
    edge.health.tell_of(status.clone());
    let client = broker::connect(&urls, &status).await.with_context(|| format!("the broker {}", settings.nats_url))?;
    if let Some(terms) = settings.nats_in().filter(|_| settings.roles.has(Role::Intake)) {
        let inward =
            Inward::new(terms, Arc::clone(&edge.intake), Arc::new(database.clone()), edge.clock.clone(), Arc::clone(&status));
        edge.shutdown.spawn(inward.run(client.clone(), edge.shutdown.token().clone()));
    }
    if let Some(terms) = settings.nats_out().filter(|_| settings.roles.has(Role::Worker)) {
        database.open_outlet(terms.environment).await.context("others cannot be told of this world")?;
        on_duty(edge, database, Duty::Notices, move |database, stop| {
            Outward::new(terms.clone(), database, Arc::clone(&status)).run(client.clone(), stop)
        });
    }
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}
