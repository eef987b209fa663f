//! Moving bodies into archives when something goes wrong with the files.

use super::{
    bodies::{archive, bodies, called_off, terms},
    postgres::fresh_database,
};
use crate::{
    clock::Clock,
    domain::month::Month,
    store::{
        archive::{
            ArchiveStore, Retention,
            file::{self, Stranger},
        },
        contract::{NOW, world::everything},
        shipments::{Kept, ShipmentStore},
        tables::{Database, OpenMode, archives::take_out},
    },
};
use std::collections::BTreeMap;
use tempfile::TempDir;

/// One shipment that is over and one that is not, a month later: on each database.
async fn worlds() -> Vec<(TempDir, Database, Clock)> {
    let mut worlds = Vec::new();
    for server in [None, Some(fresh_database().await)] {
        let home = tempfile::tempdir().expect("a folder");
        let url = server.unwrap_or_else(|| format!("sqlite://{}", home.path().join("w.db").display()));
        let clock = Clock::standing(NOW);
        let database = Database::open(&url, OpenMode::Migrate, clock.clone()).await.expect("opens");
        called_off(&database, &clock).await;
        worlds.push((home, database, clock));
    }
    worlds
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_that_is_lost_is_made_again_of_what_is_still_there() {
    let last = Month::of(NOW);
    for partly in [false, true] {
        for (home, database, _) in worlds().await {
            let (terms, told) = (terms(&home.path().join("archive")), bodies(&database).await);
            let (chosen, ..) = database.choose(&terms, (0, last)).await.expect("chosen");
            let written = file::write(&terms.folder, (last, "one"), &chosen).expect("written");
            database.make_known(written.clone()).await.expect("known");
            if partly {
                // Ended in the middle of it: the first one is in the file only.
                let first = [(chosen.keys().next().expect("a shipment").clone(), 1)];
                let taken = database.writer.run_step(move |session, _| take_out(session, last, &first)).await;
                taken.expect("taken out");
            }
            std::fs::remove_file(&written.file).expect("lost");
            let lost = database.archive(&terms, 0).await.expect_err("it is lost").to_string();
            assert!(lost.contains(&written.file.display().to_string()), "{lost}");
            archive(&database, &terms).await;
            let mut archives = database.archives().await.expect("archives");
            let event = database.event(&everything(), 1).await.expect("an event");
            if partly {
                archives.retain(|archived| *archived != written);
                // What is nowhere else is told of by the name of what is lost.
                assert_eq!(event.kept, Kept::Unreadable("waybill-2026-03-one.archive".into()));
                let rest = bodies(&database).await;
                assert_eq!((&rest[0], &rest[1..]), (&String::new(), &told[1..]));
            } else {
                assert!(matches!(event.kept, Kept::Archive(_)), "{:?}", event.kept);
                assert_eq!(bodies(&database).await, told);
            }
            assert_eq!(archives.len(), 1, "{archives:?}");
            assert_eq!(archives[0].events, if partly { 2 } else { 3 });
            file::verify(&archives[0]).expect("all of it can be read");
            database.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_is_read_at_once_than_may_be() {
    for (home, database, _) in worlds().await {
        let told = bodies(&database).await;
        let terms = Retention { bytes: told[0].len() + 1, ..terms(&home.path().join("archive")) };
        let (chosen, month, looked) = database.choose(&terms, (0, Month::of(NOW))).await.expect("chosen");
        let held: Vec<i64> = chosen.values().flat_map(file::Bodies::keys).copied().collect();
        // Up to the one that is too much; what follows it was not even looked at. Between them is one that is not over.
        assert_eq!((held, month, looked), (vec![1, 3], Some(Month::of(NOW)), 3));
        archive(&database, &terms).await;
        assert_eq!(bodies(&database).await, told);
        let archives = database.archives().await.expect("archives");
        assert_eq!(archives.iter().map(|archived| archived.events).collect::<Vec<_>>(), [2, 1]);
        database.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_pass_leaves_is_told_and_removed() {
    for (home, database, _) in worlds().await {
        let terms = terms(&home.path().join("archive"));
        std::fs::create_dir(&terms.folder).expect("a folder");
        let put = |name: &str| {
            let at = terms.folder.join(name);
            std::fs::write(&at, "half of it").expect("writes");
            at
        };
        let (begun, under_way) = (put("waybill-2026-03-begun.part"), put("waybill-2026-03-under-way.part"));
        let (unknown, foreign) = (put("waybill-2026-03-unknown.archive"), put("notes.part"));
        let writer = std::fs::File::open(&under_way).expect("opens");
        writer.lock().expect("somebody writes it");
        let strangers = || async {
            let known = database.archives().await.expect("archives");
            file::strangers(&terms.folder, &known).expect("listed")
        };
        let told = [Stranger::Begun(begun.clone()), Stranger::Begun(under_way.clone()), Stranger::Unknown(unknown.clone())];
        assert_eq!(strangers().await, told);
        archive(&database, &terms).await;
        assert_eq!(strangers().await, told[1..], "the archive that was written is none of them");
        assert!(foreign.exists() && !begun.exists());
        drop(writer);
        archive(&database, &terms).await;
        assert_eq!(strangers().await, told[2..]);
        database.close().await;
    }
}

#[test]
fn a_file_that_is_being_written_is_not_cleared_away() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("archive");
    std::fs::create_dir(&folder).expect("a folder");
    // More than is written at once.
    let body = |seq: i64| (0..20_000_i64).map(|n| format!("{:x}", (n + seq) * 2_654_435_761 % 4_294_967_291)).collect::<String>();
    let bodies: BTreeMap<_, _> = (1..60).map(|seq| (format!("SH-{seq}"), file::Bodies::from([(seq, body(seq))]))).collect();
    for attempt in 0.. {
        let (name, month) = (attempt.to_string(), Month::of(NOW));
        let part = folder.join(format!("waybill-{month}-{name}.part"));
        let begun = || std::fs::metadata(&part).is_ok_and(|part| part.len() > 0);
        let (written, seen) = std::thread::scope(|threads| {
            let writer = threads.spawn(|| file::write(&folder, (month, &name), &bodies));
            let mut seen = false;
            while !writer.is_finished() {
                if begun() {
                    assert!(file::clear(&folder).expect("looks").is_empty(), "somebody writes it");
                    seen |= begun();
                }
            }
            (writer.join().expect("ends"), seen)
        });
        file::verify(&written.expect("written")).expect("all of it can be read");
        if seen {
            break;
        }
    }
}
