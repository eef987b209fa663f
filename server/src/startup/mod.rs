//! Puts the parts together: the one place that knows them all.

mod counted;
mod demo;

use self::counted::Counted;
pub use crate::store::tables::{Database, OpenMode, schema_versions};
use crate::{
    clock::Clock,
    config::Settings,
    domain::access::{Actor, Environment},
    http::{self, Edge, Parts, limits::Rates, metrics::Metrics},
    service::{
        accounts::{AccountStores, Accounts, Terms},
        acts::Acts,
        audit::Audit,
        bulk::BulkDesk,
        desk::Desk,
        figures::Figures,
        files::Files,
        flashes::InMemory,
        health::Health,
        intake::StoreIntake,
        live::Live,
        policy::{Policies, sections::Sections},
        work::WorkDesk,
    },
    shutdown::Shutdown,
    worker::{bulk, figures, sources, timers},
};
use anyhow::Context;
use app::ports::Ports;
use std::{net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

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
    let told = match content {
        Content::Demo => Some(demo::past(&settings, &shutdown).await?),
        Content::Own => None,
    };
    let database = open(&settings, OpenMode::Migrate, Clock::system()).await?;
    let edge = edge(settings, &database, Clock::system(), shutdown.clone());
    follow(&edge, &database);
    if let Some(listener) = metrics_listener {
        let (router, stop) = (http::metrics::alone(edge.clone()), shutdown.clone());
        shutdown.spawn(async move { http::serve(listener, router, &stop).await });
    }
    tracing::info!(%address, ?content, "serving");
    if let Some(demo) = told {
        let invitation = demo::people(&edge.accounts, edge.settings.database_url.reveal()).await?;
        println!("{}", invitation.words(&format!("http://{address}")));
        shutdown.spawn(demo.run(Arc::clone(&edge.intake), edge.clock.clone(), shutdown.clone()));
    } else if edge.accounts.people(&Actor::system("startup", Environment::Live)).await?.is_empty() {
        tracing::info!("nobody can sign in yet: run `waybill user add NAME --role admin`");
    }
    http::serve(listener, http::router(edge), &shutdown).await;
    match shutdown.drain(limit).await {
        0 => tracing::info!("stopped"),
        left => tracing::warn!(tasks.left = left, "stopped; some requests did not end in time"),
    }
    database.close().await;
    Ok(())
}

/// Opens the database.
pub async fn open(settings: &Settings, mode: OpenMode, clock: Clock) -> anyhow::Result<Database> {
    let url = &settings.database_url;
    Database::open(url.reveal(), mode, clock).await.with_context(|| format!("the database {url}"))
}

/// The use cases around accounts, over a database.
pub fn accounts(settings: &Settings, database: &Database, clock: Clock) -> Arc<Accounts> {
    let database = Arc::new(database.clone());
    let stores = AccountStores { people: database.clone(), sessions: database.clone(), keys: database };
    Arc::new(Accounts::new(stores, Terms::from(settings), clock))
}

/// Everything that handlers need, over a database.
pub fn edge(settings: Settings, database: &Database, clock: Clock, shutdown: Shutdown) -> Edge {
    let store = Arc::new(database.clone());
    let desk = Arc::new(Desk::new(store.clone(), clock.clone()));
    let bulk = Arc::new(BulkDesk::new(store.clone(), clock.clone()));
    let intake = Arc::new(Counted::new(Arc::new(StoreIntake::new(store.clone()))));
    let metrics = Metrics::default();
    metrics.register(|registry| intake.register(registry));
    Edge::new(Parts {
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
            flashes: Arc::new(InMemory::new(clock.clone())),
            configuring: Arc::new(Sections::new(Policies::new(store.clone()), clock.clone())),
            lists: Arc::new(WorkDesk::new(store.clone(), clock.clone())),
        },
        live: Arc::new(Live::new(store.clone(), clock.clone())),
        health: Health::new(store),
        rates: Rates::new(settings.api_requests_per_second),
        metrics,
        settings,
        clock,
        shutdown,
    })
}

/// Starts what runs beside the requests.
pub fn follow(edge: &Edge, database: &Database) {
    let (live, shutdown) = (Arc::clone(&edge.live), edge.shutdown.clone());
    edge.shutdown.spawn(async move { live.follow(&shutdown).await });
    edge.shutdown.spawn(figures::run(Arc::new(database.clone()), edge.shutdown.token().clone()));
    edge.shutdown.spawn(bulk::run(Arc::new(database.clone()), edge.shutdown.token().clone()));
    edge.shutdown.spawn(sources::run(Arc::new(database.clone()), edge.shutdown.token().clone()));
    edge.shutdown.spawn(timers::run(Arc::new(database.clone()), edge.shutdown.token().clone()));
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}
