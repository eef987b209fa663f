//! `docs/kpis.md` says what the contracts say, and every measure has a place in one of them.

use super::{Kpi, Source};
use crate::domain::measure::{Metric, Stock};
use std::{collections::BTreeSet, fmt::Write, fs, path::PathBuf};

/// `UPDATE_DOCS=1 cargo test` rewrites what stands between the marks; what changed is then seen in the diff.
#[test]
#[expect(clippy::disallowed_methods, reason = "asks the one who runs the test, not a setting")]
fn the_manual_of_kpis_is_right() {
    let mut text = String::new();
    for kpi in Kpi::ALL {
        let contract = kpi.contract();
        let list = |words: &[&str]| if words.is_empty() { "nothing".to_owned() } else { words.join("; ") };
        let rows = [
            ("population", contract.population.to_owned()),
            ("left out, and counted", list(&contract.exclusions.iter().map(|(_, words)| *words).collect::<Vec<_>>())),
            ("clock", contract.clock.to_owned()),
            ("starts", contract.start.to_owned()),
            ("stops", contract.stop.to_owned()),
            ("formula", contract.formula.to_owned()),
            ("unit", format!("{}; {}", contract.unit.label(), contract.direction.label())),
            ("owner", contract.owner.to_owned()),
            ("printed on the card", list(contract.omissions)),
        ];
        write!(text, "\n### {} {} (version {})\n\n| | |\n| --- | --- |\n", kpi.code(), contract.name, contract.version)
            .expect("grows");
        for (name, words) in rows {
            writeln!(text, "| {name} | {words} |").expect("grows");
        }
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/kpis.md");
    let kept = fs::read_to_string(&path).expect("the manual is there");
    let (mark, end) = ("<!-- contracts -->\n", "\n<!-- end -->");
    let (before, rest) = kept.split_once(mark).expect("the mark is there");
    let (_, after) = rest.split_once(end).expect("it ends");
    let wanted = format!("{before}{mark}{text}{end}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).expect("the manual can be written");
    } else {
        assert!(kept == wanted, "docs/kpis.md does not say what the code does; run again with UPDATE_DOCS=1");
    }
}

#[test]
fn every_contract_is_its_own_and_found_by_its_code() {
    for kpi in Kpi::ALL {
        assert_eq!((kpi.contract().kpi, Kpi::from_code(kpi.code())), (*kpi, Some(*kpi)));
        assert!(kpi.contract().version > 0 && !kpi.contract().omissions.is_empty(), "{}", kpi.code());
    }
}

#[test]
fn every_measure_is_part_of_a_figure() {
    let stock = |stock: Stock| <[Metric; 2]>::from(stock.metrics()).to_vec();
    let used = Kpi::ALL.iter().flat_map(|kpi| match kpi.contract().source {
        Source::Flow(metrics) => metrics.to_vec(),
        Source::Stock(of, share_of) => [Some(of), share_of].into_iter().flatten().flat_map(stock).collect(),
        Source::Exceptions(_) | Source::Solved => Vec::new(),
    });
    assert_eq!(used.collect::<BTreeSet<Metric>>(), Metric::ALL.iter().copied().collect());
}
