//! What the browser has to load before the page is quick.

use crate::{
    client::{Connection, get},
    options::Options,
    report::{Asked, Report, Spread},
    server::Server,
};
use anyhow::Context;

/// Asks for the wasm that the sign-in page names.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(options).await?;
    let mut connection = Connection::open(server.address).await?;
    let page = connection.exchange(&get("/sign-in", "accept: text/html\r\n")).await?.text();
    let name = page.split('"').chain(page.split('\'')).find(|part| part.ends_with(".wasm")).map(str::to_owned);
    let name = name.context("the sign-in page names no wasm")?;
    let answer = connection.exchange(&get(&name, "accept-encoding: br\r\n")).await?;
    anyhow::ensure!(answer.status == 200, "{name} is answered {}", answer.status);
    anyhow::ensure!(answer.header("content-encoding") == Some("br"), "{name} is not compressed");
    let size = answer.body.len() as f64 / 1000.0;
    report.figure("wire", "wasm over the wire, brotli", "kB", Asked::AtMost(350.0), Spread::of([size]));
    Ok(())
}
