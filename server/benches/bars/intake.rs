//! Bulk intake over HTTP against a raw insert of the same events, in turns.

use crate::{
    events::Set,
    options::Options,
    raw,
    report::{Asked, Report, Spread},
    server::{Server, temporary},
};

/// Measures the ratio and the memory.
pub(crate) async fn bulk(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (rounds, events) = options.size((5, 100_000), (2, 30_000));
    let (mut raw_rates, mut rates, mut ratios, mut memory, mut sizes) = (vec![], vec![], vec![], vec![], vec![]);
    for round in 0..rounds {
        let set = Set::new(1_000 + round, events);
        let ndjson = set.ndjson();
        let folder = temporary(options)?;
        let before = raw::insert(folder.path(), &set).await?;
        let server = Server::start(options).await?;
        let (took, answer) = server.import(&ndjson, false).await?;
        if round == 0 {
            println!("summary: {}", answer.text().lines().last().unwrap_or_default());
        }
        memory.push(server.memory("VmHWM")?);
        drop(server);
        let after = raw::insert(folder.path(), &set).await?;
        let (raw_rate, rate) = ((before + after) / 2.0, set.lines.len() as f64 / took.as_secs_f64());
        println!("round {}: raw {before:.0} and {after:.0}, intake {rate:.0} events/s", round + 1);
        raw_rates.extend([before, after]);
        rates.push(rate);
        ratios.push(100.0 * rate / raw_rate);
        sizes.push(set.bytes_per_event());
    }
    report.figure("bulk", "intake over HTTP, of the raw set-based insert", "%", Asked::AtLeast(25.0), Spread::of(ratios));
    report.figure("bulk", "intake over HTTP", "events/s", Asked::AtLeast(12_000.0), Spread::of(rates));
    report.figure("bulk", "raw set-based insert, 500 a transaction", "events/s", Asked::Nothing, Spread::of(raw_rates));
    report.figure("bulk", "bytes of an event", "bytes", Asked::Nothing, Spread::of(sizes));
    report.figure("bulk", "greatest resident memory during the import", "MiB", Asked::AtMost(150.0), Spread::of(memory));
    Ok(())
}
