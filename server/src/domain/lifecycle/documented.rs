//! `docs/lifecycles.md` draws the tables.

use super::{Lifecycle, OF_A_SHIPMENT, OrderStanding};
use crate::domain::manual;
use std::fmt::Write;

fn diagram(lifecycle: &Lifecycle) -> String {
    let mut out = format!("## {} {}\n\n{}\n\n```mermaid\nstateDiagram-v2\n", lifecycle.id, lifecycle.title, lifecycle.about);
    let mut line = |text: String| writeln!(out, "    {text}").expect("a String takes everything");
    for state in lifecycle.states {
        line(format!("{}: {}", state.code, state.label));
    }
    line(format!("[*] --> {}", lifecycle.states[0].code));
    for row in lifecycle.transitions {
        let events: Vec<&str> = row.on.iter().map(|event| event.title()).collect();
        line(format!("{} --> {}: {}", row.from, row.to, events.join(", ")));
    }
    out + "```\n"
}

#[test]
fn the_manual_of_lifecycles_is_right() {
    let mut all: Vec<&Lifecycle> =
        OF_A_SHIPMENT.iter().map(|(lifecycle, _)| *lifecycle).chain([&OrderStanding::LIFECYCLE]).collect();
    all.sort_by_key(|lifecycle| lifecycle.id[2..].parse::<u32>().expect("ST and a number"));
    let ids: Vec<&str> = all.iter().map(|lifecycle| lifecycle.id).collect();
    assert_eq!(ids, (1..=12).map(|n| format!("ST{n}")).collect::<Vec<_>>(), "each machine of the trade once");
    let diagrams: Vec<String> = all.into_iter().map(diagram).collect();
    manual::hold("lifecycles.md", &[("lifecycles", diagrams.join("\n"))]);
}
