//! A PostgreSQL of a test's own, which it may stop and start.

use std::{
    path::Path,
    process::{Command, Output},
};
use tempfile::TempDir;

/// A server that ends with the test.
pub(crate) struct Cluster {
    folder: TempDir,
    bin: String,
    port: u16,
}

impl Cluster {
    pub(crate) fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let found = Command::new(root.join("scripts/postgres-bin.sh")).output().expect("the script runs");
        let bin = String::from_utf8(found.stdout).expect("text").trim().to_owned();
        assert!(!bin.is_empty(), "no PostgreSQL server found: run 'make setup'");
        let folder = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let cluster = Self { folder, bin, port };
        // The server refuses to run as root.
        if is_root() {
            done(Command::new("chown").arg("nobody").arg(cluster.folder.path()).output());
        }
        done(cluster.run("initdb", &["-A", "trust", "-U", "waybill", "--locale=C", "-E", "UTF8"]).output());
        cluster.up();
        cluster
    }

    /// The address of its first database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://waybill@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn up(&self) {
        let folder = self.folder.path().display();
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=100 -c shared_buffers=32MB",
            self.port
        );
        let log = format!("{folder}/server.log");
        done(self.run("pg_ctl", &["-l", &log, "-w", "-o", &options, "start"]).output());
    }

    /// Without letting anybody end what they do.
    pub(crate) fn down(&self) {
        done(self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]).output());
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Command {
        let program = format!("{}/{program}", self.bin);
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "nobody", "--", &program]);
                command
            }
            false => Command::new(program),
        };
        // What it starts goes on: it must not keep our pipes.
        command.arg("-D").arg(self.folder.path().join("data")).args(arguments).current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.run("pg_ctl", &["-m", "immediate", "stop"]).output();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout == b"0\n"
}

fn done(output: std::io::Result<Output>) {
    let Output { status, stdout, stderr } = output.expect("it runs");
    assert!(status.success(), "{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
}
