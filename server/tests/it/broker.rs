//! The real binary beside real NATS servers, which are killed as it is: whatever a stream holds takes effect once.

mod room;

use crate::{
    kill::{self, Server, event, key_of, waybill},
    replicas,
    support::{
        fleet::of_file,
        nats::{Nats, publish, taken},
    },
};
use async_nats::jetstream::{AckKind, consumer::pull, message::PublishMessage};
use futures::StreamExt;
use std::{
    collections::BTreeSet,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use waybill_server::{
    clock::Clock,
    startup::{Database, OpenMode},
    store::sql::query_as,
};

const STREAM: &str = "WAYBILL_IN";
const CONSUMER: &str = "waybill";
const SUBJECT: &str = "waybill.in.test";
const ACK: Duration = Duration::from_secs(1);
const DELIVERIES: i64 = 2;

/// A Waybill that takes from a broker, on a database of its own.
pub(crate) struct World {
    folder: TempDir,
    postgres: Option<String>,
    key: String,
}

impl World {
    pub(crate) fn on(postgres: Option<String>) -> Self {
        let mut world = Self { folder: tempfile::tempdir().expect("a folder"), postgres, key: String::new() };
        world.key = key_of(world.command());
        world
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = waybill(self.folder.path());
        if let Some(url) = &self.postgres {
            command.env("WAYBILL_DATABASE_URL", url);
        }
        command
    }

    pub(crate) fn serve(&self, nats: &str) -> Server {
        let mut command = self.command();
        command
            .env("WAYBILL_NATS_URL", nats)
            .env("WAYBILL_NATS_SOURCES", "kill, wms/*")
            .env("WAYBILL_NATS_OUT_SUBJECT", "waybill.out")
            .env("WAYBILL_NATS_ACK_SECONDS", ACK.as_secs().to_string())
            .env("WAYBILL_NATS_DELIVERIES", DELIVERIES.to_string());
        Server::start_as(command, &self.key)
    }

    pub(crate) fn serve_without_broker(&self) -> Server {
        Server::start_as(self.command(), &self.key)
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        use sqlx::Connection;
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        match &self.postgres {
            Some(url) => {
                let mut connection = sqlx::PgConnection::connect(url).await.expect("opens");
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("counts")
            }
            None => {
                let url = format!("sqlite://{}", self.folder.path().join("waybill.db").display());
                let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("opens");
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("counts")
            }
        }
    }

    fn url(&self) -> String {
        self.postgres.clone().unwrap_or_else(|| of_file(self.folder.path()))
    }

    async fn verify(&self, sent: &BTreeSet<String>) {
        match &self.postgres {
            Some(url) => replicas::verify(url, sent).await,
            None => kill::verify(self.folder.path(), sent).await,
        }
    }
}

/// Where it says how it goes: what `/readyz` tells of the broker, and whether it is ready.
pub(crate) async fn told(server: &Server) -> (bool, String) {
    let address = server.events.replace("/api/v1/events", "/readyz");
    let answer: serde_json::Value =
        serde_json::from_str(&reqwest::get(address).await.expect("answers").text().await.expect("whole")).expect("JSON");
    (answer["ready"] == true, answer["parts"]["broker"].as_str().unwrap_or_default().to_owned())
}

pub(crate) async fn until_told(server: &Server, wanted: &str) {
    while told(server).await != (true, wanted.to_owned()) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn structured(id: &str) -> PublishMessage {
    PublishMessage::build().payload(event(id).to_string().into())
}

/// Code and reason of what is in quarantine.
async fn quarantined(world: &World) -> Vec<(String, String)> {
    let database = Database::open(&world.url(), OpenMode::Exact, Clock::system()).await.expect("opens");
    let rows = query_as("SELECT code, reason FROM quarantine ORDER BY code, reason").fetch_all(&database.read).await;
    database.close().await;
    rows.expect("reads")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_is_taken_once_and_what_cannot_be_is_kept_with_its_place() {
    let (nats, world) = (Nats::start().await, World::on(None));
    let mut server = world.serve(&nats.url());
    until_told(&server, "ok").await;
    let context = nats.client().await;
    let mut sent = BTreeSet::new();
    for n in 0..120 {
        let id = format!("s-{n}");
        publish(&context, SUBJECT, structured(&id)).await;
        // The same event in another message is the same event.
        publish(&context, SUBJECT, structured(&id).message_id(format!("again-{n}"))).await;
        sent.insert(id);
    }
    // Binary, with the id that spares the stream a copy for the event's.
    let whole = event("b-1");
    let mut binary = PublishMessage::build().payload(whole["data"].to_string().into()).message_id("b-1");
    for name in ["specversion", "source", "type", "subject", "time", "recordedtime"] {
        binary = binary.header(format!("ce-{name}").as_str(), whole[name].as_str().expect("text"));
    }
    publish(&context, SUBJECT, binary).await;
    sent.insert("b-1".to_owned());
    let mut foreign = event("f-1");
    foreign["source"] = "erp".into();
    let mut large = event("l-1");
    large["data"]["note"] = "x".repeat(300 << 10).into();
    for poison in ["{ no JSON".to_owned(), foreign.to_string(), large.to_string()] {
        publish(&context, SUBJECT, PublishMessage::build().payload(poison.into())).await;
    }
    taken(&context, STREAM, CONSUMER).await;
    server.kill();
    world.verify(&sent).await;
    let kept = quarantined(&world).await;
    let codes: Vec<&str> = kept.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["event_too_large", "json_malformed", "source_not_allowed"]);
    for ((_, reason), sequence) in kept.iter().zip([244, 242, 243]) {
        let place = format!("(message {sequence} of {STREAM} on {SUBJECT}, delivery 1)");
        assert!(reason.ends_with(&place), "{reason} does not name {place}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_committed_and_not_acknowledged_counts_once() {
    for postgres in [None, Some(replicas::fresh_database().await)] {
        let (nats, world) = (Nats::start().await, World::on(postgres));
        let mut server = world.serve(&nats.url());
        until_told(&server, "ok").await;
        server.kill();
        let context = nats.client().await;
        let sent: BTreeSet<String> = (0..300).map(|n| format!("k-{n}")).collect();
        for id in &sent {
            publish(&context, SUBJECT, structured(id)).await;
        }
        // Everything is delivered and committed, and no acknowledgement gets through.
        let deaf = deaf_to_acknowledgements(nats.port()).await;
        let mut server = world.serve(&deaf);
        let consumer = context.get_stream(STREAM).await.expect("made");
        loop {
            let info = consumer.consumer_info(CONSUMER).await.expect("made");
            if (info.num_ack_pending, world.count("events").await) == (sent.len(), 300) {
                break;
            }
            assert_eq!(info.ack_floor.stream_sequence, 0, "an acknowledgement got through");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server.kill();
        assert_eq!(consumer.consumer_info(CONSUMER).await.expect("made").num_ack_pending, sent.len());
        let mut server = world.serve(&nats.url());
        taken(&context, STREAM, CONSUMER).await;
        server.kill();
        world.verify(&sent).await;
    }
}

/// Lets everything through to the broker until the first acknowledgement, and nothing more after it. Answers its address.
async fn deaf_to_acknowledgements(port: u16) -> String {
    static ACKNOWLEDGEMENT: &[u8] = b"$JS.ACK.";
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("has one");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(("127.0.0.1", port)).await.expect("the broker is there");
            let ((mut from_client, mut to_client), (mut from_server, mut to_server)) = (client.into_split(), server.into_split());
            tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
            tokio::spawn(async move {
                let (mut bytes, deaf) = (vec![0; 64 << 10], AtomicBool::new(false));
                while let Ok(n @ 1..) = from_client.read(&mut bytes).await {
                    if bytes[..n].windows(ACKNOWLEDGEMENT.len()).any(|window| window == ACKNOWLEDGEMENT) {
                        deaf.store(true, Ordering::Relaxed);
                    }
                    if !deaf.load(Ordering::Relaxed) && to_server.write_all(&bytes[..n]).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    format!("nats://{address}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_killed_under_load_loses_nothing() {
    let (mut nats, world) = (Nats::start().await, World::on(None));
    let mut server = world.serve(&nats.url());
    until_told(&server, "ok").await;
    let (senders, context) = (4, nats.client().await);
    let traffic: Vec<_> = (0..senders)
        .map(|sender| {
            let context = context.clone();
            tokio::spawn(async move {
                let ids: Vec<String> = (0..250).map(|n| format!("t-{sender}-{n}")).collect();
                for id in &ids {
                    publish(&context, SUBJECT, structured(id)).await;
                    tokio::time::sleep(Duration::from_millis(4)).await;
                }
                ids
            })
        })
        .collect();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        nats.kill();
        tokio::time::sleep(Duration::from_millis(200)).await;
        nats.begin().await;
    }
    let mut sent = BTreeSet::new();
    for sender in traffic {
        sent.extend(sender.await.expect("everything was published"));
    }
    taken(&context, STREAM, CONSUMER).await;
    until_told(&server, "ok").await;
    server.kill();
    world.verify(&sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_broker_it_serves_and_says_so() {
    let (mut nats, world) = (Nats::absent(), World::on(None));
    let mut server = world.serve(&nats.url());
    until_told(&server, "no connection").await;
    assert_eq!(server.send_batch(&[&"http-1".to_owned()]).await, ["accepted"]);
    nats.begin().await;
    until_told(&server, "ok").await;
    let context = nats.client().await;
    publish(&context, SUBJECT, structured("nats-1")).await;
    taken(&context, STREAM, CONSUMER).await;
    nats.kill();
    until_told(&server, "no connection").await;
    server.kill();
    world.verify(&BTreeSet::from(["http-1".to_owned(), "nats-1".to_owned()])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_nobody_gets_to_the_end_of_is_kept_unread() {
    let (nats, world) = (Nats::start().await, World::on(None));
    let mut server = world.serve(&nats.url());
    until_told(&server, "ok").await;
    server.kill();
    let context = nats.client().await;
    for id in ["p-1", "p-2"] {
        publish(&context, SUBJECT, structured(id)).await;
    }
    // Somebody takes the first again and again, and never to its end.
    let consumer = context.get_stream(STREAM).await.expect("made");
    let consumer: async_nats::jetstream::consumer::Consumer<pull::Config> = consumer.get_consumer(CONSUMER).await.expect("made");
    let mut delivered = 0;
    while delivered < 2 * DELIVERIES {
        let mut batch = consumer.fetch().max_messages(1).messages().await.expect("asked");
        while let Some(message) = batch.next().await {
            let message = message.expect("a message");
            let info = message.info().expect("of a stream");
            if info.stream_sequence == 1 {
                delivered = info.delivered;
            }
            message.ack_with(AckKind::Nak(None)).await.expect("said");
        }
    }
    let mut server = world.serve(&nats.url());
    taken(&context, STREAM, CONSUMER).await;
    server.kill();
    let kept = quarantined(&world).await;
    let first = format!("(message 1 of {STREAM} on {SUBJECT}, delivery {})", 2 * DELIVERIES + 1);
    assert!(kept.iter().any(|(code, reason)| code == "delivered_too_often" && reason.ends_with(&first)), "{kept:?}");
}

/// Has the database refuse the events whose ids end in `-bad`, or no more.
async fn refuse_bad(world: &World, refuse: bool) {
    use sqlx::Connection;
    match &world.postgres {
        Some(url) => {
            let sql = match refuse {
                true => {
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
                     CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.event_id LIKE '%-bad') EXECUTE FUNCTION refuse()"
                }
                false => "DROP TRIGGER refuse ON events",
            };
            let mut connection = sqlx::PgConnection::connect(url).await.expect("opens");
            sqlx::raw_sql(sql).execute(&mut connection).await.expect("done");
        }
        None => {
            let sql = match refuse {
                true => {
                    "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.event_id LIKE '%-bad'
                     BEGIN SELECT RAISE(ABORT, 'not this one'); END"
                }
                false => "DROP TRIGGER refuse",
            };
            let mut connection = sqlx::SqliteConnection::connect(&world.url()).await.expect("opens");
            sqlx::raw_sql(sql).execute(&mut connection).await.expect("done");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_store_refuses_everything_nothing_is_kept_unread() {
    for postgres in [None, Some(replicas::fresh_database().await)] {
        let (nats, world) = (Nats::start().await, World::on(postgres));
        let mut server = world.serve(&nats.url());
        until_told(&server, "ok").await;
        refuse_bad(&world, true).await;
        let context = nats.client().await;
        let ids: Vec<String> = (0..7).map(|n| format!("s-{n}-bad")).collect();
        for id in &ids {
            publish(&context, SUBJECT, structured(id)).await;
        }
        until_told(&server, "the database refuses what comes; the log says why").await;
        refuse_bad(&world, false).await;
        taken(&context, STREAM, CONSUMER).await;
        until_told(&server, "ok").await;
        server.kill();
        assert_eq!(quarantined(&world).await, []);
        world.verify(&ids.into_iter().collect()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_store_refuses_for_good_is_kept_unread_and_stops_nobody() {
    for postgres in [None, Some(replicas::fresh_database().await)] {
        let (nats, world) = (Nats::start().await, World::on(postgres));
        let mut server = world.serve(&nats.url());
        until_told(&server, "ok").await;
        server.kill();
        refuse_bad(&world, true).await;
        let context = nats.client().await;
        let ids: Vec<String> = (0..120).map(|n| if n % 50 == 7 { format!("r-{n}-bad") } else { format!("r-{n}") }).collect();
        for id in &ids {
            publish(&context, SUBJECT, structured(id)).await;
        }
        let mut server = world.serve(&nats.url());
        taken(&context, STREAM, CONSUMER).await;
        server.kill();
        let kept = quarantined(&world).await;
        let bad: Vec<usize> = (1..=ids.len()).filter(|n| ids[n - 1].ends_with("-bad")).collect();
        assert_eq!(kept.len(), bad.len(), "{kept:?}");
        for n in bad {
            let place = format!("(message {n} of {STREAM} on {SUBJECT}, delivery ");
            assert!(kept.iter().any(|(code, reason)| code == "store_refused" && reason.contains(&place)), "{place}: {kept:?}");
        }
        world.verify(&ids.into_iter().filter(|id| !id.ends_with("-bad")).collect()).await;
    }
}
