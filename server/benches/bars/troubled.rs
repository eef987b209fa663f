//! A world with much to do: deliveries that nobody sent a proof for, and whatever else they lack.

use crate::{
    client::{Answer, Connection, get, post},
    server::Server,
};
use anyhow::{Context, bail};
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::time::{Duration, Instant};
use waybill_server::{clock, domain::time};

/// So many carriers: the proofs that each of them owes are one group, its accruals another.
pub(crate) const CARRIERS: usize = 200;
/// Headers of a call that a page's script makes.
const SCRIPT: &str = "content-type: application/json\r\norigin: http://127.0.0.1\r\nsec-fetch-site: same-origin\r\n";

/// Deliveries of that moment, one a line, each of a shipment of its own.
pub(crate) fn deliveries(name: &str, shipments: usize, at: time::Instant) -> Vec<u8> {
    let at = DateTime::from_timestamp_micros(at.0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut lines = Vec::new();
    for n in 0..shipments {
        let event = json!({
            "specversion": "1.0", "id": format!("{name}-{n}"), "source": "bench/pod", "type": "com.waybill.shipment.delivered.v1",
            "subject": format!("{name}-{n:06}"), "time": at,
            "data": {
                "customer": format!("C-{}", n % 211), "carrier": format!("CR{:03}", n % CARRIERS), "region": format!("R{}", n % 5),
                "business_unit": format!("B{}", n % 4), "mode": "road",
                "freight_cost": { "amount": format!("{}.50", 100 + n % 900), "currency": if n % 3 == 0 { "USD" } else { "EUR" } },
            },
        });
        lines.extend_from_slice(event.to_string().as_bytes());
        lines.push(b'\n');
    }
    lines
}

/// Two days ago: everything about them is overdue.
pub(crate) fn long_ago() -> time::Instant {
    clock::now().plus(-2 * time::Instant::DAY)
}

/// What is told about the database past the server.
pub(crate) enum Look {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A question of one number, put to whichever it is.
macro_rules! ask {
    ($look:expr, $sql:expr $(, $value:expr)*) => {
        match $look {
            Look::Sqlite(file) => sqlx::query_scalar($sql)$(.bind($value))*.fetch_one(file).await?,
            Look::Postgres(server) => sqlx::query_scalar($sql)$(.bind($value))*.fetch_one(server).await?,
        }
    };
}

impl Look {
    /// Opens it for reading.
    pub(crate) async fn open(server: &Server) -> anyhow::Result<Self> {
        if server.url().starts_with("postgres:") {
            return Ok(Self::Postgres(PgConnection::connect(server.url()).await?));
        }
        let file = SqliteConnectOptions::new().filename(server.database()).read_only(true);
        Ok(Self::Sqlite(SqliteConnection::connect_with(&file).await?))
    }

    /// Shipments whose time has come.
    pub(crate) async fn due(&mut self, at: time::Instant) -> anyhow::Result<i64> {
        Ok(ask!(self, "SELECT count(*) FROM shipments WHERE next_at <= $1", at.0))
    }

    /// The bench's own shipments of this name whose time has come.
    pub(crate) async fn due_of(&mut self, name: &str, at: time::Instant) -> anyhow::Result<i64> {
        let sql = "SELECT count(*) FROM shipments WHERE next_at <= $1 AND reference >= $2 AND reference < $3";
        Ok(ask!(self, sql, at.0, format!("{name}-"), format!("{name}.")))
    }

    /// Open exceptions, and the groups that they make.
    pub(crate) async fn open_exceptions(&mut self) -> anyhow::Result<(i64, i64)> {
        let open = ask!(self, "SELECT count(*) FROM exceptions WHERE state IN ('open', 'claimed')");
        Ok((open, ask!(self, "SELECT count(DISTINCT cause) FROM exceptions WHERE state IN ('open', 'claimed')")))
    }

    /// Commits' measures that are not in all cells yet.
    pub(crate) async fn unfolded(&mut self) -> anyhow::Result<i64> {
        let sql = "SELECT coalesce(max(seq), 0) - coalesce((SELECT min(seq) FROM projections WHERE name LIKE 'measure_c%'), 0)
                   FROM measure_log";
        Ok(ask!(self, sql))
    }

    /// Seconds since the oldest commit whose measures are not in all cells yet.
    pub(crate) async fn behind(&mut self) -> anyhow::Result<f64> {
        let sql = "SELECT (SELECT known_at FROM measure_log
                           WHERE seq > coalesce((SELECT min(seq) FROM projections WHERE name LIKE 'measure_c%'), 0)
                           ORDER BY seq LIMIT 1)";
        let oldest: Option<i64> = ask!(self, sql);
        let since = |at: i64| clock::now().since(time::Instant(at)) as f64 / time::Instant::SECOND as f64;
        Ok(oldest.map_or(0.0, since))
    }

    /// Waits until so much later nothing is due any more.
    pub(crate) async fn settled(&mut self, within: Duration) -> anyhow::Result<()> {
        let begun = Instant::now();
        // What came in bulk is put off by ten seconds at most.
        while self.due(clock::now().plus(11 * time::Instant::SECOND)).await? > 0 {
            if begun.elapsed() > within {
                bail!("shipments are still due after {} s", within.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}

/// Somebody who is signed in and asks as programs do.
pub(crate) struct Person {
    connection: Connection,
    cookie: String,
}

impl Person {
    /// Signs in.
    pub(crate) async fn of(server: &Server) -> anyhow::Result<Self> {
        Ok(Self { cookie: server.sign_in().await?, connection: Connection::open(server.address).await? })
    }

    /// A page as this person asks for it.
    pub(crate) fn page(&self, path: &str) -> Vec<u8> {
        get(path, &format!("{}accept: text/html\r\n", self.cookie))
    }

    /// Reads a page whole.
    pub(crate) async fn read_page(&mut self, path: &str) -> anyhow::Result<Answer> {
        let answer = self.connection.exchange(&self.page(path)).await?;
        if answer.status != 200 || !answer.text().contains("</html>") {
            bail!("{path} is not answered with its page: {}", answer.head);
        }
        Ok(answer)
    }

    /// Reads JSON.
    pub(crate) async fn read(&mut self, path: &str) -> anyhow::Result<Value> {
        let answer = self.connection.exchange(&get(path, &self.cookie)).await?;
        json_of(&answer)
    }

    /// Sends JSON.
    pub(crate) async fn send(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = post(path, &format!("{}{SCRIPT}", self.cookie), body.to_string().as_bytes());
        json_of(&self.connection.exchange(&request).await?)
    }
}

fn json_of(answer: &Answer) -> anyhow::Result<Value> {
    if !(200..300).contains(&answer.status) {
        bail!("answered {}: {}", answer.status, answer.text());
    }
    serde_json::from_slice(&answer.body).context("the answer is not JSON")
}
