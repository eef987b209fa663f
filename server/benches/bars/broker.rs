//! Bulk intake from a broker against the same over HTTP, in turns. The stream is filled before Waybill begins to read it, so that both
//! sides have as much as they take.

use crate::{
    events::Set,
    options::Options,
    report::{Asked, Report, Spread},
    server::{Server, free_port, temporary},
};
use anyhow::{Context, bail};
use async_nats::jetstream::{self, message::PublishMessage, stream};
use futures::future::try_join_all;
use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const STREAM: &str = "WAYBILL_IN";
/// Messages that are published before their answers are waited for.
const AT_ONCE: usize = 500;
/// How often it is looked how far it has come.
const LOOK: Duration = Duration::from_millis(10);

/// Measures the ratio.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (rounds, events) = options.size((5, 100_000), (2, 30_000));
    let (mut http, mut rates, mut ratios, mut memory) = (vec![], vec![], vec![], vec![]);
    for round in 0..rounds {
        let set = Set::new(2_000 + round, events);
        let ndjson = set.ndjson();
        let before = over_http(options, &ndjson, &set).await?;
        let nats = Nats::start(options).await?;
        let context = nats.fill(&ndjson).await?;
        let server = Server::beside(options, &[("WAYBILL_NATS_URL", nats.url()), ("WAYBILL_NATS_SOURCES", "*".into())]).await?;
        let rate = set.lines.len() as f64 / taken(&context, set.lines.len() as u64).await?.as_secs_f64();
        memory.push(server.memory("VmHWM")?);
        drop(server);
        drop(nats);
        let after = over_http(options, &ndjson, &set).await?;
        println!("round {}: HTTP {before:.0} and {after:.0}, broker {rate:.0} events/s", round + 1);
        ratios.push(rate / ((before + after) / 2.0));
        http.extend([before, after]);
        rates.push(rate);
    }
    report.figure("broker", "intake from a broker, of the same over HTTP", "×", Asked::AtLeast(0.8), Spread::of(ratios));
    report.figure("broker", "intake from a broker", "events/s", Asked::Nothing, Spread::of(rates));
    report.figure("broker", "intake over HTTP", "events/s", Asked::Nothing, Spread::of(http));
    report.figure("broker", "greatest resident memory meanwhile", "MiB", Asked::AtMost(150.0), Spread::of(memory));
    Ok(())
}

async fn over_http(options: &Options, ndjson: &[u8], set: &Set) -> anyhow::Result<f64> {
    let server = Server::start(options).await?;
    let (took, _) = server.import(ndjson, false).await?;
    Ok(set.lines.len() as f64 / took.as_secs_f64())
}

/// How long it takes from the first message that Waybill is given to the last that it acknowledges.
async fn taken(context: &jetstream::Context, all: u64) -> anyhow::Result<Duration> {
    let stream = context.get_stream(STREAM).await?;
    let mut begun = Instant::now();
    let mut deadline = None;
    loop {
        let looked = Instant::now();
        let info = stream.consumer_info("waybill").await.ok();
        match info.map(|info| (info.delivered.stream_sequence, info.ack_floor.stream_sequence)) {
            Some((_, acknowledged)) if acknowledged == all => return Ok(begun.elapsed()),
            Some((1.., _)) => {
                if looked > *deadline.get_or_insert(looked + Duration::from_secs(300)) {
                    bail!("the broker is not emptied");
                }
            }
            _ => begun = looked,
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// A NATS server of the measurement's own, with its streams on the same disk as the databases.
struct Nats {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Nats {
    async fn start(options: &Options) -> anyhow::Result<Self> {
        let (address, folder) = (free_port()?, temporary(options)?);
        let port = address.port().to_string();
        #[expect(clippy::disallowed_methods, reason = "where the program is, and no setting")]
        let program = std::env::var("WAYBILL_TEST_NATS").unwrap_or_else(|_| "nats-server".into());
        let child = Command::new(program)
            .args(["--addr", "127.0.0.1", "--port", &port, "--jetstream", "--store_dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("no NATS server: run 'make setup', or name its program in WAYBILL_TEST_NATS")?;
        let mut nats = Self { child, address, _folder: folder };
        while tokio::net::TcpStream::connect(address).await.is_err() {
            if let Some(status) = nats.child.try_wait()? {
                bail!("the NATS server ended with {status}");
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(nats)
    }

    fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// Fills the stream with a message a line.
    async fn fill(&self, ndjson: &[u8]) -> anyhow::Result<jetstream::Context> {
        let context = jetstream::new(async_nats::connect(self.url()).await?);
        let made = stream::Config { name: STREAM.into(), subjects: vec!["waybill.in.>".into()], ..stream::Config::default() };
        context.create_stream(made).await?;
        let lines: Vec<&[u8]> = ndjson.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        for lines in lines.chunks(AT_ONCE) {
            let mut accepted = Vec::with_capacity(lines.len());
            for line in lines {
                let message = PublishMessage::build().payload(line.to_vec().into());
                accepted.push(context.send_publish("waybill.in.bench", message).await?.into_future());
            }
            try_join_all(accepted).await?;
        }
        Ok(context)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
