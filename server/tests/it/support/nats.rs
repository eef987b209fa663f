//! A NATS server of a test's own, on loopback, which it may kill.

use async_nats::jetstream::{self, consumer::Info, message::PublishMessage};
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// A server with its streams in a folder of its own.
pub(crate) struct Nats {
    child: Option<Child>,
    port: u16,
    folder: TempDir,
}

impl Nats {
    /// Not started yet, but it is known where it will be.
    pub(crate) fn absent() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("has an address").port();
        Self { child: None, port, folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) async fn start() -> Self {
        let mut nats = Self::absent();
        nats.begin().await;
        nats
    }

    /// Starts it, again too, and waits until it answers.
    pub(crate) async fn begin(&mut self) {
        self.begin_with(&[]).await;
    }

    /// The same with these flags.
    pub(crate) async fn begin_with(&mut self, flags: &[&str]) {
        #[expect(clippy::disallowed_methods, reason = "where the test run's server is")]
        let program = std::env::var("WAYBILL_TEST_NATS").expect(
            "WAYBILL_TEST_NATS names the program of a NATS server: run the tests by scripts/rust-tests.sh, which finds it",
        );
        let (port, folder) = (self.port.to_string(), self.folder.path().to_str().expect("text").to_owned());
        let mut command = Command::new(program);
        command.args(["--addr", "127.0.0.1", "--port", &port, "--jetstream", "--store_dir", &folder]).args(flags);
        self.child = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"));
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            let ended = self.child.as_mut().expect("just started").try_wait().expect("can be asked");
            assert!(ended.is_none(), "the NATS server ended at once: {ended:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it without warning.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("SIGKILL is sent");
            child.wait().expect("it ends");
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// A client that comes back when the server does.
    pub(crate) async fn client(&self) -> jetstream::Context {
        let options = async_nats::ConnectOptions::new()
            .request_timeout(Some(Duration::from_secs(2)))
            .reconnect_delay_callback(|_| Duration::from_millis(50));
        let mut context = jetstream::new(options.connect(self.url()).await.expect("it is there"));
        context.set_timeout(Duration::from_secs(2));
        context
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Publishes until the stream says that it has it.
pub(crate) async fn publish(context: &jetstream::Context, subject: &str, message: PublishMessage) {
    loop {
        let published = match context.send_publish(subject.to_owned(), message.clone()).await {
            Ok(told) => told.await.is_ok(),
            Err(_) => false,
        };
        if published {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What the stream knows of a consumer, when it has delivered everything and heard of all.
pub(crate) async fn taken(context: &jetstream::Context, stream: &str, consumer: &str) -> Info {
    let taken = async {
        loop {
            if let Ok(found) = context.get_stream(stream).await
                && let Ok(info) = found.consumer_info(consumer).await
                && (info.num_pending, info.num_ack_pending) == (0, 0)
                && info.delivered.stream_sequence == found.cached_info().state.last_sequence
            {
                return info;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(super::fleet::PATIENCE, taken).await.expect("all of it is taken")
}
