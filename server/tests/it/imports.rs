//! `waybill import` over a real database: twice is once, an interrupted run goes on, a broken line is mended and replayed.

use app::{
    model::{QuarantineFix, QuarantineOutcome, Role},
    ports::{Acting, Caller},
};
use async_trait::async_trait;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use waybill_server::{
    clock::Clock,
    domain::{
        access::{Actor, Environment, Grants, Scope},
        event::{Limits, ReadTerms},
        receipt::{Inbound, IntakeTerms, Receipt},
        time::Instant,
    },
    intake::flat::{
        dry::DryRun,
        run::{Import, ImportError, Summary},
    },
    service::{
        desk::Desk,
        imports::Imports,
        intake::{Intake, IntakeError, StoreIntake},
    },
    store::tables::{Database, OpenMode},
};

/// 2026-03-10T12:00:00Z
const NOW: Instant = Instant(1_773_144_000 * Instant::SECOND);
const PARCELS: &str = include_str!("../data/flat/parcels.csv");
const MAPPING: &str = include_str!("../data/flat/parcels.toml");

struct World {
    folder: TempDir,
    database: Database,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("waybill.db").display());
        let database = Database::open(&url, OpenMode::Migrate, Clock::standing(NOW)).await.expect("a database");
        Self { folder, database }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    fn intake(&self) -> StoreIntake {
        StoreIntake::new(Arc::new(self.database.clone()))
    }

    async fn import(&self, file: &Path) -> Summary {
        run(file, MAPPING, &self.intake(), Some(&self.imports()), None).await.expect("runs")
    }

    fn imports(&self) -> Imports {
        Imports::new(Arc::new(self.database.clone()), Clock::standing(NOW))
    }

    /// Events by id with their bodies, facts of shipments, and what waits in quarantine.
    async fn contents(&self) -> (Vec<(String, String)>, Vec<(String, String)>, Vec<(String, Vec<u8>)>) {
        let read = &self.database.read;
        let events =
            waybill_server::store::sql::query_as("SELECT event_id, body FROM events ORDER BY event_id").fetch_all(read).await;
        let facts = waybill_server::store::sql::query_as("SELECT reference, state FROM shipments ORDER BY reference")
            .fetch_all(read)
            .await;
        let kept = waybill_server::store::sql::query_as("SELECT code, raw FROM quarantine ORDER BY raw").fetch_all(read).await;
        (events.expect("rows"), facts.expect("rows"), kept.expect("rows"))
    }
}

async fn run(
    file: &Path,
    mapping: &str,
    intake: &dyn Intake,
    imports: Option<&Imports>,
    rejects: Option<PathBuf>,
) -> Result<Summary, ImportError> {
    Import {
        actor: &Actor::system("import", Environment::Live),
        file: file.to_owned(),
        mapping,
        mode: None,
        terms: ReadTerms { now: NOW, limits: Limits::DEFAULT },
        rejects,
        intake,
        imports,
        batch: 2,
        progress: &|_| {},
        stop: CancellationToken::new(),
    }
    .run()
    .await
}

/// A door that fails once, at the n-th batch: before the commit, or after it with its answer lost.
struct Failing {
    inner: StoreIntake,
    left: AtomicI64,
    committed: bool,
}

#[async_trait]
impl Intake for Failing {
    async fn submit(&self, actor: &Actor, terms: IntakeTerms, items: Vec<Inbound>) -> Result<Vec<Receipt>, IntakeError> {
        let now = self.left.fetch_sub(1, Ordering::Relaxed) == 0;
        if now && !self.committed {
            return Err(IntakeError::Unavailable(anyhow::anyhow!("cut off before the commit")));
        }
        let receipts = self.inner.submit(actor, terms, items).await?;
        if now { Err(IntakeError::Unavailable(anyhow::anyhow!("cut off after the commit"))) } else { Ok(receipts) }
    }
}

#[tokio::test]
async fn twice_is_once() {
    let world = World::new().await;
    let file = world.file("parcels.csv", PARCELS);
    let first = world.import(&file).await;
    let before = world.contents().await;
    assert!(first.complete && !first.is_clean());
    assert_eq!((first.rows, first.progress.accepted, first.progress.quarantined), (12, 7, 5));
    let second = world.import(&file).await;
    assert_eq!((second.progress.accepted, second.progress.duplicate, second.progress.amended), (0, 7, 0));
    assert_eq!(second.resumed_at, 0, "a finished import begins again");
    assert_eq!(world.contents().await, before);
}

#[tokio::test]
async fn an_interrupted_import_goes_on_wherever_it_was_cut() {
    let whole = World::new().await;
    whole.import(&whole.file("parcels.csv", PARCELS)).await;
    let want = whole.contents().await;
    let kept = |(_, _, kept): &(Vec<_>, Vec<_>, Vec<(String, Vec<u8>)>)| kept.clone();
    for committed in [false, true] {
        for cut in 0_i64.. {
            let world = World::new().await;
            let file = world.file("parcels.csv", PARCELS);
            let failing = Failing { inner: world.intake(), left: AtomicI64::new(cut), committed };
            let Err(error) = run(&file, MAPPING, &failing, Some(&world.imports()), None).await else {
                assert!(cut > 3, "the file has some batches");
                break;
            };
            assert!(matches!(error, ImportError::Intake(IntakeError::Unavailable(_))), "{error}");
            let rest = world.import(&file).await;
            let at = format!("cut at batch {cut}, {}", if committed { "answer lost" } else { "not committed" });
            assert!(rest.resumed_at >= cut.cast_unsigned() * 2 && (cut > 0 || rest.resumed_at == 0), "{at}");
            let got = world.contents().await;
            assert_eq!(got.0, want.0, "{at}");
            assert_eq!(got.1.len(), want.1.len(), "{at}");
            assert_eq!(kept(&got), kept(&want), "{at}");
            assert_eq!(rest.progress.accepted + rest.progress.duplicate, 7, "{at}");
            assert_eq!(rest.rejects.values().sum::<u64>(), 9, "all rejects are told again: {at}");
        }
    }
}

#[tokio::test]
async fn a_stopped_import_says_so_and_goes_on() {
    let world = World::new().await;
    let file = world.file("parcels.csv", PARCELS);
    let stop = CancellationToken::new();
    stop.cancel();
    let actor = Actor::system("import", Environment::Live);
    let (intake, imports) = (world.intake(), world.imports());
    let import = Import {
        actor: &actor,
        file: file.clone(),
        mapping: MAPPING,
        mode: None,
        terms: ReadTerms { now: NOW, limits: Limits::DEFAULT },
        rejects: None,
        intake: &intake,
        imports: Some(&imports),
        batch: 2,
        progress: &|_| {},
        stop,
    };
    let summary = import.run().await.expect("stops quietly");
    assert!(!summary.complete && summary.to_string().contains("goes on from here"));
    assert!(world.import(&file).await.complete);
}

#[tokio::test]
async fn a_broken_line_is_mended_in_quarantine_and_replayed() {
    let world = World::new().await;
    world.import(&world.file("parcels.csv", PARCELS)).await;
    let (id, raw, version): (String, Vec<u8>, i64) =
        waybill_server::store::sql::query_as("SELECT id, raw, version FROM quarantine WHERE event_id = 'delivered:P-4'")
            .fetch_one(&world.database.read)
            .await
            .expect("the broken line");
    let body = String::from_utf8(raw).expect("text").replace("250.00 + $12.50 or so", "262.50");
    let desk = Desk::new(Arc::new(world.database.clone()), Clock::standing(NOW));
    let amira = Caller(Arc::new(Actor {
        name: "user:amira".into(),
        grants: Grants::Role(Role::Integration),
        scope: Scope::ALL,
        environment: Environment::Live,
        time_zone: "UTC".into(),
    }));
    let fix = QuarantineFix { id, version, body, reason: "asked the carrier".into() };
    let outcome = desk.fix_quarantine(&amira, fix).await.expect("allowed");
    assert!(matches!(outcome, QuarantineOutcome::Accepted { .. }), "{outcome:?}");
    let freight = || async {
        let row: (Option<i64>,) =
            waybill_server::store::sql::query_as("SELECT freight_minor FROM shipments WHERE reference = 'P-4'")
                .fetch_one(&world.database.read)
                .await
                .expect("the shipment");
        row.0
    };
    assert_eq!(freight().await, Some(26_250));

    // The file, mended the same way, has nothing new to tell.
    let mended = world.file("mended.csv", &PARCELS.replace("$12.50 or so", "12.50"));
    let summary = world.import(&mended).await;
    assert_eq!((summary.progress.accepted, summary.progress.duplicate, summary.progress.conflict), (0, 7, 0));
    assert_eq!(freight().await, Some(26_250));
}

#[tokio::test]
async fn rejects_are_written_down() {
    let world = World::new().await;
    let file = world.file("parcels.csv", PARCELS);
    let rejects = world.folder.path().join("rejects.csv");
    let summary = run(&file, MAPPING, &DryRun::default(), None, Some(rejects.clone())).await.expect("runs");
    let text = std::fs::read_to_string(rejects).expect("written");
    assert_eq!(text.lines().count(), 10, "{text}");
    assert!(text.contains("10,Freight (USD),$12.50 or so,money_invalid,is not an amount\n"), "{text}");
    assert_eq!(summary.rejects["reference_cycle"], 3);
    let printed = summary.to_string();
    assert!(printed.contains("rows         12") && printed.contains("reference_cycle      3"), "{printed}");
}

#[tokio::test]
async fn refusals_of_the_domain_are_placed_in_the_file() {
    let world = World::new().await;
    let file = world.file("parcels.csv", &PARCELS.replace("28-Feb-2007 23:30", "28-Feb-2037 23:30"));
    world.import(&file).await;
    let (place, code): (String, String) =
        waybill_server::store::sql::query_as("SELECT place, code FROM quarantine WHERE event_id = 'delivered:P-2'")
            .fetch_one(&world.database.read)
            .await
            .expect("a delivery of the future");
    assert_eq!((place.as_str(), code.as_str()), ("row 5, column Delivered", "time_in_future"));
}

#[tokio::test]
async fn ten_thousand_lines_need_no_patience() {
    let world = World::new().await;
    let line = |n: u32| {
        let shipment = n % 4_000;
        let freight = if n < 4_000 { "10.00".to_owned() } else { format!("See L-{shipment} (Line {shipment})") };
        format!("{n},L-{shipment},O-{shipment},Kilima Air,Air,2-Jun-06,9-Sep-06,8-Sep-06,9-Sep-06,1,{freight},1,\n")
    };
    let header = PARCELS.lines().next().expect("a header");
    let file = world.file("long.csv", &format!("{header}\n{}", (0..10_000).map(line).collect::<String>()));
    let summary = run(&file, MAPPING, &DryRun::default(), None, None).await.expect("runs");
    assert_eq!((summary.rows, summary.progress.accepted, summary.groups), (10_000, 8_000, 8_000));
    assert!(summary.is_clean(), "{summary}");
}
