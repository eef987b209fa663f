//! A bad network between a process and its database or broker: what goes through is late, cut off, or never comes.

use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    sync::watch,
};

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    Fine,
    /// Each piece comes so many milliseconds late.
    Slow(u64),
    /// Every connection is cut off, and nobody new gets through.
    Cut,
    /// Connections stay, new ones are taken, and nothing comes through.
    Silent,
}

/// Stands between; ends with the test.
pub(crate) struct Proxy {
    port: u16,
    weather: Arc<watch::Sender<Weather>>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("an address").port();
        let weather = Arc::new(watch::Sender::new(Weather::Fine));
        let told = Arc::clone(&weather);
        let task = tokio::spawn(async move {
            while let Ok((inner, _)) = listener.accept().await {
                tokio::spawn(between(inner, port, told.subscribe()));
            }
        });
        Self { port: own, weather, task }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn turns(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn between(inner: TcpStream, port: u16, weather: watch::Receiver<Weather>) {
    let Ok(outer) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let mut cut = weather.clone();
    // Who is cut off hears so at once, and what was on its way is gone.
    let _ = (inner.set_zero_linger(), outer.set_zero_linger());
    let (from_inner, to_inner) = inner.into_split();
    let (from_outer, to_outer) = outer.into_split();
    tokio::select! {
        () = pass(from_inner, to_outer, weather.clone()) => {}
        () = pass(from_outer, to_inner, weather) => {}
        _ = cut.wait_for(|weather| *weather == Weather::Cut) => {}
    }
}

/// Passes on what comes. A connection on which something was lost never gets further, also when the weather is fine again.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, weather: watch::Receiver<Weather>) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(length) = from.read(&mut buffer).await else { return };
        if length == 0 {
            return;
        }
        let now = *weather.borrow();
        match now {
            Weather::Silent => return std::future::pending().await,
            Weather::Slow(late) => tokio::time::sleep(Duration::from_millis(late)).await,
            Weather::Fine | Weather::Cut => {}
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
