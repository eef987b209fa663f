use super::*;
use crate::{domain::access::Environment, service::policy::read_toml};

fn words() -> Words {
    Words::new(&Actor::system("test", Environment::Live), crate::domain::time::Instant(0))
}

#[test]
fn every_section_can_be_taken_out_and_put_back() {
    let policy =
        read_toml("[expectations]\npod_grace = 12\n[[contracts]]\ncustomer = \"C1\"\npod = \"signed\"\n").expect("reads");
    for name in names() {
        let text = section_toml(&name, &policy);
        assert_eq!(merged(&name, &text, &policy).expect("it is sound"), policy, "{name}: {text}");
    }
}

#[test]
fn a_draft_changes_its_own_section_alone() {
    let policy = read_toml("[expectations]\npod_grace = 12\n[[contracts]]\ncustomer = \"C1\"\n").expect("reads");
    let changed = merged("expectations", "[expectations]\npod_grace = 6\n", &policy).expect("sound");
    assert_eq!(told("expectations", &policy, &changed), ["expectations.pod_grace: 12 → 6"]);
    assert!(told("contracts", &policy, &changed).is_empty());
    // Nothing of it is what is built in.
    let empty = merged("expectations", "", &policy).expect("sound");
    assert_eq!(empty.expectations, Policy::default().expectations);
    assert_eq!(empty.contracts, policy.contracts);
}

#[test]
fn a_mistake_is_told_with_its_line_or_its_name() {
    let policy = Policy::default();
    for (text, named) in [
        ("[expectations]\npod_graze = 1", "pod_graze"),
        ("[expectations]\npod_grace = \"soon\"", "line 2"),
        ("[expectations", "line 1"),
        ("[tolerances]\n", "tolerances"),
    ] {
        let problem = merged("expectations", text, &policy).expect_err("wrong");
        assert!(problem.contains(named), "{text}: {problem}");
    }
}

#[test]
fn a_section_is_found_by_its_name_and_not_by_its_beginning() {
    assert!(inside("exceptions", "exceptions.pod_missing.queue") && inside("contracts", "contracts[C1].pod"));
    assert!(!inside("charge", "charge_codes") && inside("charge_codes", "charge_codes"));
}

#[test]
fn rows_come_by_page_and_by_word() {
    let rows: Vec<u32> = (0..120).collect();
    let filter = |q: &str, page| SectionFilter { q: Some(q.to_owned()), page };
    let of = |filter: &SectionFilter| paged(rows.clone(), filter, |n| format!("C-{n}"));
    let (shown, total, page, pages) = of(&filter("", Some(3)));
    assert_eq!((shown.first(), shown.len(), total, page, pages), (Some(&100), 20, 120, 3, 3));
    let (shown, total, page, pages) = of(&filter(" c-11 ", Some(9)));
    assert_eq!((shown, total, page, pages), (vec![11, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119], 11, 1, 1));
    assert_eq!(of(&filter("nothing", None)).1, 0);
}

#[test]
fn a_version_is_in_the_history_of_the_sections_that_it_changed() {
    let version = |version, text: &str| PolicyVersion {
        version,
        policy: Arc::new(read_toml(text).expect("a policy")),
        actor: "user:amira".into(),
        reason: "because".into(),
        at: crate::domain::time::Instant(version),
    };
    let versions = [
        version(2, "[expectations]\npod_grace = 12\n[[contracts]]\ncustomer = \"C1\""),
        version(1, "[expectations]\npod_grace = 12"),
    ];
    let steps = |name| history(name, &versions, words()).iter().map(|step| step.version).collect::<Vec<_>>();
    assert_eq!((steps("expectations"), steps("contracts"), steps("tolerances")), (vec![1], vec![2], vec![]));
}
