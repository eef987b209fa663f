//! A small disk of a test's own under a server, which the test may fill up. Where nobody may mount one, files of the server may grow no
//! further instead: its writes fail likewise.

use crate::kill::{Server, waybill};
use std::{
    fs::File,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Room on the disk.
const SIZE: &str = "size=160m";
/// What makes it there.
const MOUNT: [&str; 3] = ["--user", "--map-root-user", "--mount"];
/// The folder whose files are copied onto it, and where it is.
const PLACE: &str = r#"mkdir disk && mount -t tmpfs -o "$1" tmpfs disk && cp waybill.db* disk && cd disk && shift && exec "$@""#;
/// A write that goes beyond the limit fails, and does not end who writes.
const LIMITED: &str = r#"mkdir disk && cp waybill.db* disk && cd disk && shift && trap '' XFSZ && exec "$@""#;

/// A server on a disk of its own.
pub(crate) struct Disk {
    pub(crate) server: Server,
    mounted: bool,
}

impl Disk {
    /// Serves what the database in a folder holds.
    pub(crate) fn start(folder: &Path, key: &str) -> Self {
        let mounted = may_mount();
        println!("the disk is {}", if mounted { "a real one" } else { "a limit to the size of a file: nobody may mount here" });
        let mut command = Command::new(if mounted { "unshare" } else { "sh" });
        command.args(if mounted { &MOUNT[..] } else { &[] });
        command.args(mounted.then_some("sh")).args(["-c", if mounted { PLACE } else { LIMITED }, "sh", SIZE]);
        command.arg(waybill(folder).get_program()).current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { server: Server::start_as(command, key), mounted }
    }

    /// Its files, wherever it is mounted.
    fn place(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/cwd", self.server.id()))
    }

    /// Leaves no room.
    pub(crate) fn fill(&self) {
        if !self.mounted {
            let log = std::fs::metadata(self.place().join("waybill.db-wal")).expect("there is a log");
            return self.limit(&log.len().to_string());
        }
        let mut ballast = File::create(self.place().join("ballast")).expect("a file");
        let full = loop {
            if let Err(error) = ballast.write_all(&[7; 4096]) {
                break error;
            }
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull, "{full}");
    }

    /// Makes room again.
    pub(crate) fn free(&self) {
        if self.mounted {
            std::fs::remove_file(self.place().join("ballast")).expect("it was there");
        } else {
            self.limit("unlimited");
        }
    }

    /// Stops it in the middle of whatever it does and leaves in a folder what is on the disk then.
    pub(crate) fn leave(mut self, folder: &Path) {
        super::fleet::signal(&self.server, "-STOP");
        self.copy(folder);
        self.server.kill();
    }

    /// Lets it go on, and leaves in a folder what is on the disk now.
    pub(crate) fn show(&self, folder: &Path) {
        super::fleet::signal(&self.server, "-STOP");
        self.copy(folder);
        super::fleet::signal(&self.server, "-CONT");
    }

    fn copy(&self, folder: &Path) {
        let stands =
            || std::fs::read_to_string(format!("/proc/{}/stat", self.server.id())).expect("it is there").contains(") T ");
        while !stands() {
            std::thread::yield_now();
        }
        for name in ["waybill.db", "waybill.db-wal"] {
            std::fs::copy(self.place().join(name), folder.join(name)).expect("copied");
        }
    }

    fn limit(&self, bytes: &str) {
        let mut limit = Command::new("prlimit");
        limit.args(["--pid", &self.server.id().to_string(), &format!("--fsize={bytes}:unlimited")]);
        assert!(limit.status().expect("prlimit runs").success());
    }
}

fn may_mount() -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let tried =
        Command::new("unshare").args(MOUNT).args(["mount", "-t", "tmpfs", "tmpfs", "."]).current_dir(folder.path()).output();
    tried.is_ok_and(|tried| tried.status.success())
}
