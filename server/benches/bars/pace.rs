//! Load at a pace: flat out, or by a timetable that does not wait for slow answers.

use crate::client::{Answer, Connection};
use anyhow::bail;
use std::{
    cell::Cell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

/// Latencies in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<f64>);

impl Latencies {
    /// The value that this share stays below, by nearest rank.
    pub(crate) fn percentile(&mut self, share: f64) -> f64 {
        self.0.sort_by(f64::total_cmp);
        let rank = (share * self.0.len() as f64).ceil() as usize;
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// What is sent: makes the request with this number.
pub(crate) type Requests<'a> = &'a dyn Fn(usize) -> Option<Vec<u8>>;

/// So many clients send one request after the other until there are none left or the time is over; answers each second.
pub(crate) async fn flat_out(
    address: SocketAddr,
    clients: usize,
    limit: Duration,
    requests: Requests<'_>,
) -> anyhow::Result<(f64, Latencies)> {
    let next = Rc::new(Cell::new(0));
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::open(address).await?);
    }
    let begun = Instant::now();
    let work = connections.into_iter().map(|mut connection| {
        let next = Rc::clone(&next);
        async move {
            let mut latencies = Vec::new();
            while begun.elapsed() < limit {
                let number = next.get();
                let Some(request) = requests(number) else { break };
                next.set(number + 1);
                let sent = Instant::now();
                check(&connection.exchange(&request).await?)?;
                latencies.push(sent.elapsed().as_secs_f64() * 1e3);
            }
            anyhow::Ok(latencies)
        }
    });
    let latencies: Vec<_> = futures::future::try_join_all(work).await?.into_iter().flatten().collect();
    Ok((latencies.len() as f64 / begun.elapsed().as_secs_f64(), Latencies(latencies)))
}

/// So many clients send by a timetable of so many requests each second in all, until `done`. A latency counts from the moment
/// that the timetable names, so that a stalled server cannot slow the questions down and look quick.
pub(crate) async fn by_timetable(
    address: SocketAddr,
    clients: usize,
    rate: f64,
    done: &Cell<bool>,
    requests: Requests<'_>,
) -> anyhow::Result<Latencies> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::open(address).await?);
    }
    let begun = Instant::now() + Duration::from_millis(5);
    let work = connections.into_iter().enumerate().map(|(client, mut connection)| async move {
        let mut latencies = Vec::new();
        for turn in 0.. {
            let number = turn * clients + client;
            let due = begun + Duration::from_secs_f64(number as f64 / rate);
            tokio::time::sleep_until(due.into()).await;
            if done.get() {
                break;
            }
            let Some(request) = requests(number) else { bail!("the timetable is longer than the requests") };
            check(&connection.exchange(&request).await?)?;
            latencies.push(due.elapsed().as_secs_f64() * 1e3);
        }
        Ok(latencies)
    });
    Ok(Latencies(futures::future::try_join_all(work).await?.into_iter().flatten().collect()))
}

fn check(answer: &Answer) -> anyhow::Result<()> {
    if answer.status != 200 {
        bail!("the server answers {}: {}", answer.status, answer.text().chars().take(300).collect::<String>());
    }
    Ok(())
}
