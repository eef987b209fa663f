//! What we may ship: every dependency under a licence that asks for no more than its notice, and a reason for each.

use crate::arrows::workspace;
use std::{collections::BTreeSet, fs, process::Command};

/// Licences that a dependency may be used under.
const FREE: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "0BSD",
];

/// What is compiled: the server with its tests and build script on this platform, the interface in the browser.
const TREES: [&[&str]; 2] = [
    &["--package", "server", "--edges", "normal,build,dev"],
    &[
        "--package",
        "app",
        "--edges",
        "normal,build",
        "--no-default-features",
        "--features",
        "hydrate",
        "--target",
        "wasm32-unknown-unknown",
    ],
];

#[test]
fn every_dependency_may_be_shipped() {
    let mut wrong = BTreeSet::new();
    for tree in TREES {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--locked", "--prefix", "none", "--no-dedupe", "--format", "{p}|{l}"])
            .args(tree)
            .current_dir(workspace())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
        let packages: BTreeSet<_> = lines.lines().filter_map(|line| line.split_once('|')).collect();
        assert!(packages.len() > 50, "the list is not what this test thinks it is:\n{lines}");
        wrong.extend(
            packages.iter().filter(|(_, licence)| !allows(licence)).map(|(name, licence)| format!("{name}: {licence:?}")),
        );
    }
    assert!(wrong.is_empty(), "licences that are not on the list: {wrong:#?}");
}

#[test]
fn every_dependency_says_why_it_is_here() {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).expect("the workspace has a manifest");
    let table = manifest.split("[workspace.dependencies]").nth(1).expect("the table is there");
    let wrong: Vec<_> = table
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter(|line| line.contains('='))
        .filter(|line| line.rsplit_once("# ").is_none_or(|(_, why)| why.trim().len() < 4 || why.contains('=')))
        .collect();
    assert!(wrong.is_empty(), "without a reason:\n{}", wrong.join("\n"));
}

#[test]
fn versions_live_only_in_the_workspace() {
    for member in ["app", "server"] {
        let manifest = fs::read_to_string(workspace().join(member).join("Cargo.toml")).expect("a member has a manifest");
        let own: Vec<_> = manifest.lines().filter(|line| line.contains("version = \"")).collect();
        assert!(own.is_empty(), "{member} names versions of its own: {own:?}");
    }
}

#[test]
fn expressions_are_understood() {
    for free in
        ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception OR X"]
    {
        assert!(allows(free), "{free}");
    }
    for not in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND LGPL-2.1", "", "MPL-2.0"] {
        assert!(!allows(not), "{not}");
    }
}

/// Whether an SPDX expression can be met by licences of the list. `/` is the old way to write OR.
fn allows(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let met = either(&mut words);
    met && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>) -> bool {
    let mut met = both(words);
    while words.next_if_eq(&"OR").is_some() {
        met |= both(words);
    }
    met
}

fn both(words: &mut Words<'_>) -> bool {
    let mut met = one(words);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words);
    }
    met
}

fn one(words: &mut Words<'_>) -> bool {
    match words.next() {
        Some("(") => {
            let met = either(words);
            words.next_if_eq(&")").is_some() && met
        }
        Some(name) => match words.next_if_eq(&"WITH").and_then(|_| words.next()) {
            Some(exception) => FREE.contains(&format!("{name} WITH {exception}").as_str()),
            None => FREE.contains(&name),
        },
        None => false,
    }
}
