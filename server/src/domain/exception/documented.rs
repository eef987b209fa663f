//! The manuals in `docs/` say what the code does.

use super::{IMPOSSIBLE, taxonomy};
use crate::domain::{
    manual::hold,
    policy::{Meaning, Policy},
    readiness::HoldKind,
};
use app::model::ExceptionKind;
use std::{fmt::Write, fs, path::PathBuf};

#[test]
fn the_manual_of_exceptions_is_right() {
    let mut kinds =
        "| | kind | found when | ends when | queue | severity | SLA | p |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    let mut playbooks = String::new();
    for kind in ExceptionKind::ALL {
        let t = taxonomy(*kind);
        let (severity, queue) = (t.severity.label(), t.queue.label());
        writeln!(
            kinds,
            "| {} | `{}` {} | {} | {} | {queue} | {severity} | {} h | {} |",
            t.id,
            kind.code(),
            kind.label(),
            t.found_when,
            t.ends_when,
            t.sla_hours,
            t.probability
        )
        .expect("a String takes everything");
        let steps: Vec<String> = t.playbook.iter().enumerate().map(|(n, step)| format!("{}. {step}", n + 1)).collect();
        writeln!(playbooks, "**{}** ({})\n\n{}\n", kind.label(), t.id, steps.join("\n")).expect("a String takes everything");
    }
    let mut transitions = String::new();
    for (_, _, words) in IMPOSSIBLE {
        writeln!(transitions, "- {words}").expect("a String takes everything");
    }
    let policy = Policy::default();
    let mut expectations = "```toml\n[expectations]\n".to_owned() + &toml::to_string(&policy.expectations).expect("TOML");
    expectations = expectations.replace("[accrual_on_by_unit]", "[expectations.accrual_on_by_unit]");
    expectations = expectations.replace("[cadence_by_mode]", "[expectations.cadence_by_mode]");
    let tolerances = toml::to_string(&policy.tolerances).expect("TOML");
    let tolerances =
        tolerances.replace("[invoice]", "[tolerances.invoice]").replace("[carrier_invoice]", "[tolerances.carrier_invoice]");
    let expectations = format!("{expectations}\n[tolerances]\n{tolerances}```\n");
    hold(
        "exceptions.md",
        &[
            ("expectations", expectations),
            ("kinds", kinds),
            ("transitions", transitions),
            ("playbooks", playbooks.trim_end().to_owned() + "\n"),
        ],
    );
}

#[test]
fn the_manual_of_readiness_is_right() {
    let mut table = "| hold | as shown | the condition | whose move |\n| --- | --- | --- | --- |\n".to_owned();
    for kind in HoldKind::ALL {
        let (code, label, condition, owner) = (kind.code(), kind.label(), kind.condition(), kind.owner().label());
        writeln!(table, "| `{code}` | {label} | {condition} | {owner} |").expect("a String takes everything");
    }
    hold("readiness.md", &[("conditions", table)]);
    let manual = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/readiness.md")).expect("is there");
    let example = manual.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("has an example");
    let policy: Policy = toml::from_str(example).expect("the example is a policy");
    assert_eq!((policy.contracts.len(), policy.problems()), (1, vec![]));
}

#[test]
fn the_manual_of_the_configuration_is_right() {
    let mut meanings = "| meaning | |\n| --- | --- |\n".to_owned();
    for (code, _, words) in Meaning::ALL {
        writeln!(meanings, "| `{code}` | {words} |").expect("a String takes everything");
    }
    hold("configuration.md", &[("meanings", meanings)]);
    let manual =
        fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md")).expect("is there");
    let examples: Vec<&str> =
        manual.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    for example in &examples {
        let policy: Policy = toml::from_str(example).unwrap_or_else(|error| panic!("{error}: {example}"));
        assert_eq!(policy.problems(), Vec::<String>::new(), "{example}");
    }
    // Every section is told of, and each whose values are built in by nobody has its example.
    let built_in = serde_json::to_value(Policy::default()).expect("JSON");
    for section in built_in.as_object().expect("an object").keys() {
        assert!(manual.contains(&format!("`{section}`")), "{section} is not told of");
    }
}

#[test]
fn the_taxonomy_makes_sense() {
    for kind in ExceptionKind::ALL {
        let t = taxonomy(*kind);
        assert!((0.0..=1.0).contains(&t.probability) && t.sla_hours > 0, "{}", kind.code());
        assert!(t.playbook.iter().all(|step| step.ends_with('.')), "{}", kind.code());
    }
    let ids: std::collections::BTreeSet<_> = ExceptionKind::ALL.iter().map(|kind| taxonomy(*kind).id).collect();
    assert_eq!(ids.len(), 25, "each failure of the trade has a kind");
}

#[test]
fn every_kind_has_its_detector_or_comes_in_otherwise() {
    use ExceptionKind as Kind;
    let elsewhere = [Kind::DataDefect, Kind::SourceSilent];
    let detected: Vec<Kind> = super::DETECTORS.iter().map(|(kind, _)| *kind).collect();
    let wanted: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| !elsewhere.contains(kind)).collect();
    assert_eq!(detected, wanted, "each once, in the order of the kinds");
}
