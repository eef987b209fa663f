//! Figures and pages on PostgreSQL against the same world on SQLite, in turns.

use crate::{
    client::Connection,
    figures::{FIRST_TIME, PAGES, Size, first_time, one_after_the_other, page, world},
    options::Options,
    report::{Asked, Report, Spread},
};

/// Figures that are asked for over HTTP, one request after the other.
const FIGURES: [(&str, &str); 7] = [
    ("K1", "K1"),
    ("K1, a region", "K1?region=EMEA"),
    ("K8", "K8"),
    ("K16", "K16"),
    ("K25", "K25"),
    ("K1, region, unit and carrier", "K1?region=EMEA&business_unit=RETAIL&carrier=NRDF"),
    ("the rows behind K25", "K25/rows"),
];

/// Fills one database of each kind alike, and asks both the same.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    if options.postgres.is_none() {
        println!("databases: left out, no --postgres");
        return Ok(());
    }
    let size =
        Size { history: options.size(930_000, 30_000), live: options.size(20_000, 4_000), open: options.size(50_000, 16_000) };
    let (rounds, seconds) = options.size((3, 20), (3, 5));
    let mut servers = Vec::new();
    for postgres in [false, true] {
        let server =
            world(&options.on(postgres), report, &size, if postgres { "databases-postgres" } else { "figures-large" }).await?;
        let cookie = server.sign_in().await?;
        servers.push((server, cookie));
    }
    for (name, path) in FIGURES {
        let mut tails = [vec![], vec![]];
        for _ in 0..rounds {
            for ((server, cookie), tails) in servers.iter().zip(&mut tails) {
                let mut connection = Connection::open(server.address).await?;
                tails.push(one_after_the_other(&mut connection, cookie, path).await?);
            }
        }
        compare(report, &format!("p99 of {name}, over HTTP"), tails);
    }
    let mut tails = [vec![], vec![]];
    for round in 0..rounds {
        for ((server, cookie), tails) in servers.iter().zip(&mut tails) {
            let mut connection = Connection::open(server.address).await?;
            tails.push(first_time(&mut connection, cookie, round).await?);
        }
    }
    compare(report, FIRST_TIME, tails);
    for (name, path) in PAGES {
        let mut tails = [vec![], vec![]];
        for _ in 0..rounds {
            for ((server, cookie), tails) in servers.iter().zip(&mut tails) {
                tails.push(page(server, cookie, path, seconds).await?);
            }
        }
        compare(report, &format!("p99 of {name}, whole HTML, 8 clients at 20 requests/s"), tails);
    }
    Ok(())
}

fn compare(report: &mut Report, what: &str, [sqlite, postgres]: [Vec<f64>; 2]) {
    let ratios = postgres.iter().zip(&sqlite).map(|(postgres, sqlite)| postgres / sqlite);
    report.figure("databases", format!("{what}: on PostgreSQL, of SQLite"), "×", Asked::AtMost(1.5), Spread::of(ratios));
    report.figure("databases", format!("{what}: on PostgreSQL"), "ms", Asked::Nothing, Spread::of(postgres));
    report.figure("databases", format!("{what}: on SQLite"), "ms", Asked::Nothing, Spread::of(sqlite));
}
