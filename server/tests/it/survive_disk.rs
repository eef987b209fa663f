//! A full disk under SQLite: whoever sends is told so, pages are read, nothing that was answered for is lost, and it goes on when there
//! is room.

use crate::{
    kill::{Server, key, waybill},
    kill_bulk::Person,
    support::{
        disk::Disk,
        fleet::{Calm, Fleet, of_file, ready, until_ready, verify_beside, verify_so_far},
        load::Load,
    },
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = key(folder.path());
    Person::add(folder.path());
    let disk = Disk::start(folder.path(), &key);
    let site = disk.server.site().to_owned();
    let person = Person::signed_in(&disk.server).await;
    let load = Load::begin(vec![site.clone()], &key);
    let mut calm = Calm::begin("sqlite:").await;
    for _ in 0..2 {
        load.goes_on_for(100).await;
        disk.fill();
        // What still has a place in the files is taken; then it says that it is not ready, as long as it refuses.
        load.is_refused(6).await;
        until_ready(std::slice::from_ref(&site), 503).await;
        for _ in 0..4 {
            load.is_refused(12).await;
            let (status, told) = ready(&site).await.expect("answers");
            assert_eq!((status, &told["parts"]["store.read"]), (503, &"ok".into()), "{told}");
            assert_ne!(told["parts"]["store.write"], "ok");
        }
        for path in ["/", "/shipments", "/exceptions"] {
            let (status, text) = person.page(&disk.server, path).await;
            assert_eq!(status, 200, "{path}: {text}");
        }
        disk.free();
        until_ready(std::slice::from_ref(&site), 200).await;
        load.goes_on_for(40).await;
        let sent = load.rest().await;
        let shown = tempfile::tempdir().expect("a folder");
        disk.show(shown.path());
        let beside = Server::start_as(waybill(shown.path()), &key);
        verify_so_far(&of_file(shown.path()), &mut calm, &sent).await;
        drop(beside);
        load.go_on().await;
    }
    load.goes_on_for(100).await;
    let sent = load.end().await;
    let after = tempfile::tempdir().expect("a folder");
    disk.leave(after.path());
    let url = of_file(after.path());
    let replicas = vec![Server::start_as(waybill(after.path()), &key)];
    verify_beside(&url, (Fleet { folder: after, key, replicas }, calm), &sent).await;
}
