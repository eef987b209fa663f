//! The server under measurement: the release binary as a child, with a database and a port of its own.

use crate::{
    client::{Answer, Connection, get, post},
    options::Options,
    postgres,
};
use anyhow::{Context, bail};
use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(20);
/// To whom exceptions are given.
pub(crate) const COLLEAGUES: [&str; 3] = ["amira", "ben", "chen"];
const PERSON: &str = "bench";
const PASSWORD: &str = "measure twice, cut once";

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// A line for the request's head.
    pub(crate) key: String,
    folder: Home,
    url: String,
    keep: bool,
}

/// Where a server works, and on which database.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    folder: PathBuf,
    url: String,
}

impl Place {
    /// With a database of its own, on the server that all bars are measured on or in the folder.
    async fn new(options: &Options, folder: &Path) -> anyhow::Result<Self> {
        let url = if options.all_on_postgres {
            postgres::database(options).await?
        } else {
            format!("sqlite://{}", folder.join("waybill.db").display())
        };
        Ok(Self { folder: folder.to_owned(), url })
    }
}

/// Where a server's database lies.
#[derive(Debug)]
enum Home {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Home {
    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}

impl Server {
    /// Starts one on an empty database.
    pub(crate) async fn start(options: &Options) -> anyhow::Result<Self> {
        let folder = Home::Temporary(temporary(options)?);
        Self::begin(options, folder, &[]).await
    }

    /// The same with these words in its environment.
    pub(crate) async fn beside(options: &Options, words: &[(&str, String)]) -> anyhow::Result<Self> {
        Self::begin(options, Home::Temporary(temporary(options)?), words).await
    }

    async fn begin(options: &Options, folder: Home, words: &[(&str, String)]) -> anyhow::Result<Self> {
        let place = Place::new(options, folder.path()).await?;
        let key = people(options, &place)?;
        Self::serve(options, folder, place.url, key, words).await
    }

    /// Starts some on one empty database of PostgreSQL.
    pub(crate) async fn replicas(options: &Options, count: usize) -> anyhow::Result<Vec<Self>> {
        let (mut servers, url) = (Vec::new(), postgres::database(options).await?);
        let mut key = None;
        for _ in 0..count {
            let folder = Home::Temporary(temporary(options)?);
            let place = Place { folder: folder.path().to_owned(), url: url.clone() };
            let key = match &key {
                Some(key) => String::clone(key),
                None => key.insert(people(options, &place)?).clone(),
            };
            servers.push(Self::serve(options, folder, place.url, key, &[]).await?);
        }
        Ok(servers)
    }

    /// Starts one on a database that is kept for the next run; true: it is there already.
    pub(crate) async fn kept(options: &Options, name: &str) -> anyhow::Result<(Self, bool)> {
        let folder = options.folder.join(name);
        let (filled, secret) = (folder.join("filled"), folder.join("key"));
        // What is on PostgreSQL goes with its server.
        let there = filled.exists() && !options.all_on_postgres;
        if !there {
            // Half of it would be worse than none.
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder)?;
        }
        let folder = folder.canonicalize()?;
        let place = Place::new(options, &folder).await?;
        let key = if there {
            run(&options.binary, &place, &["migrate"], "")?;
            std::fs::read_to_string(secret)?
        } else {
            let key = people(options, &place)?;
            std::fs::write(secret, &key)?;
            key
        };
        Ok((Self::serve(options, Home::Kept(folder), place.url, key, &[]).await?, there))
    }

    /// Says that a kept database has all that it should have, and how long that took.
    pub(crate) fn is_filled(&self, seconds: f64) -> anyhow::Result<()> {
        Ok(std::fs::write(self.folder.path().join("filled"), seconds.to_string())?)
    }

    /// How long it took to fill this kept database.
    pub(crate) fn took(&self) -> Option<f64> {
        std::fs::read_to_string(self.folder.path().join("filled")).ok()?.trim().parse().ok()
    }

    async fn serve(options: &Options, folder: Home, url: String, key: String, words: &[(&str, String)]) -> anyhow::Result<Self> {
        let binary = &options.binary;
        let place = Place { folder: folder.path().to_owned(), url: url.clone() };
        let address = free_port()?;
        let log = std::fs::File::create(folder.path().join("server.log"))?;
        let child = command(binary, &place)
            .args(["serve", "--listen", &address.to_string()])
            .envs(words.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let mut server = Self { child, address, key, folder, url, keep: options.keep };
        server.ready().await?;
        Ok(server)
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}: {}", self.log());
            }
            if let Ok(mut connection) = Connection::open(self.address).await
                && connection.exchange(&get("/readyz", "")).await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("the server is not ready after {} s: {}", PATIENCE.as_secs(), self.log())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }

    /// The database's address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("waybill.db")
    }

    /// Sends NDJSON as one stream; the time it took until the summary.
    pub(crate) async fn import(&self, ndjson: &[u8], history: bool) -> anyhow::Result<(Duration, Answer)> {
        let connection = Connection::open(self.address).await?;
        let mode = if history { "waybill-mode: history\r\n" } else { "" };
        let head = format!(
            "POST /api/v1/events:stream HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-ndjson\r\n{}{mode}content-length: {}\r\n\r\n",
            self.key,
            ndjson.len()
        );
        let begun = Instant::now();
        let answer = connection.stream(head.as_bytes(), ndjson).await?;
        if answer.status != 200 {
            bail!("the stream was answered {}: {}", answer.status, answer.text());
        }
        Ok((begun.elapsed(), answer))
    }

    /// Signs a person in; the cookie as a line of a request's head.
    pub(crate) async fn sign_in(&self) -> anyhow::Result<String> {
        let form = format!("name={PERSON}&password={}", PASSWORD.replace(' ', "+").replace(',', "%2C"));
        let headers = "content-type: application/x-www-form-urlencoded\r\norigin: http://127.0.0.1\r\nsec-fetch-site: same-origin\r\n\
                       accept: text/html\r\n";
        let answer = Connection::open(self.address).await?.exchange(&post("/sign-in", headers, form.as_bytes())).await?;
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        Ok(format!("cookie: {}\r\n", cookie.with_context(|| format!("nobody is signed in: {}", answer.head))?))
    }

    /// A figure of `/proc/PID/status` in MiB: `VmHWM` is the greatest resident size so far, `VmRSS` the size now.
    pub(crate) fn memory(&self, name: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with(name)).with_context(|| format!("no {name} in /proc"))?;
        let kib: f64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Home::Temporary(folder) = &mut self.folder
            && self.keep
        {
            folder.disable_cleanup(true);
            println!("kept {}", folder.path().display());
        }
    }
}

/// A schema, a person and a key; the key as a line for the request's head.
fn people(options: &Options, place: &Place) -> anyhow::Result<String> {
    let binary = &options.binary;
    run(binary, place, &["migrate"], "")?;
    let made = run(binary, place, &["apikey", "create", PERSON, "--source", "*"], "")?;
    let secret = made.lines().find_map(|line| line.split_once("): ")).map(|(_, secret)| secret.trim().to_owned());
    run(binary, place, &["user", "add", PERSON, "--role", "admin", "--password-stdin"], PASSWORD)?;
    for name in COLLEAGUES {
        run(binary, place, &["user", "add", name, "--role", "finance", "--password-stdin"], PASSWORD)?;
    }
    Ok(format!("authorization: Bearer {}\r\n", secret.context("`waybill apikey create` printed no secret")?))
}

/// A folder of its own below the target folder (`/tmp` may be memory, which syncs for free).
pub(crate) fn temporary(options: &Options) -> anyhow::Result<TempDir> {
    std::fs::create_dir_all(&options.folder)?;
    let folder: PathBuf = options.folder.canonicalize()?;
    Ok(tempfile::Builder::new().prefix("run-").tempdir_in(folder)?)
}

fn command(binary: &Path, place: &Place) -> Command {
    let mut command = Command::new(binary);
    command
        .current_dir(&place.folder)
        .env("WAYBILL_DATABASE_URL", &place.url)
        .env("WAYBILL_LOG", "warn")
        // The one key of the bench stands for many sources.
        .env("WAYBILL_API_REQUESTS_PER_SECOND", "0");
    command
}

fn run(binary: &Path, place: &Place, arguments: &[&str], input: &str) -> anyhow::Result<String> {
    use std::io::Write;
    let mut child =
        command(binary, place).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("the child has an input")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("waybill {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

pub(crate) fn free_port() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
