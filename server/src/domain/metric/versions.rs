//! Whoever changes what a figure means gives it a new version: `versions.txt` keeps of each version a mark of its words.

use super::{Contract, Kpi};
use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf};

/// A mark of all that says which events give which figure (FNV-1a). Names, owners and omissions may change without another version.
fn mark(of: &Contract) -> String {
    let Contract { population, exclusions, clock, start, stop, formula, unit, direction, source, .. } = of;
    let exclusions: Vec<&str> = exclusions.iter().map(|(_, words)| *words).collect();
    let words = format!("{population}|{exclusions:?}|{clock}|{start}|{stop}|{formula}|{unit:?}|{direction:?}|{source:?}");
    let mark =
        words.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |mark, byte| (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{mark:016x}")
}

/// `UPDATE_DOCS=1 cargo test` writes new versions down; it does not give another meaning to one that is there.
#[test]
#[expect(clippy::disallowed_methods, reason = "asks the one who runs the test, not a setting")]
fn another_meaning_is_another_version() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/domain/metric/versions.txt");
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let held: BTreeMap<&str, (u16, &str)> = kept.lines().filter_map(read).collect();
    let mut wanted = String::new();
    for kpi in Kpi::ALL {
        let (code, version, mark) = (kpi.code(), kpi.contract().version, mark(kpi.contract()));
        if let Some((held, of)) = held.get(code) {
            assert!(version >= *held, "{code} has been at version {held} already");
            assert!(version > *held || mark == *of, "{code} means something else now: give it version {}", held + 1);
        }
        writeln!(wanted, "{code} {version} {mark}").expect("grows");
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).expect("it can be written");
    } else {
        assert!(kept == wanted, "versions.txt lacks a version; run again with UPDATE_DOCS=1");
    }
}

fn read(line: &str) -> Option<(&str, (u16, &str))> {
    let mut words = line.split(' ');
    Some((words.next()?, (words.next()?.parse().ok()?, words.next()?)))
}

#[test]
fn every_word_that_means_something_is_in_the_mark() {
    let of = *Kpi::K1.contract();
    let others = [
        Contract { population: "others", ..of },
        Contract { exclusions: &[], ..of },
        Contract { clock: "none", ..of },
        Contract { start: "planned", ..of },
        Contract { stop: "posted", ..of },
        Contract { formula: "half of it", ..of },
        Contract { source: Kpi::K3.contract().source, ..of },
    ];
    for other in others {
        assert_ne!(mark(&other), mark(&of), "{other:?}");
    }
    assert_eq!(mark(&Contract { name: "Another name", owner: "Nobody", ..of }), mark(&of));
}
