//! Who may know whom. The tables are the architecture; the tests read the sources and cargo's tree and fail on any other arrow.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Each part of the server, and the parts that it may name. Every part may name itself.
const ALLOWED: &[(&str, &[&str])] = &[
    // The core is pure: whatever it needs is an argument.
    ("domain", &[]),
    ("chart", &[]),
    // Small things that everyone may hold.
    ("clock", &["domain"]),
    ("ids", &["domain", "clock"]),
    ("shutdown", &[]),
    ("config", &["domain"]),
    ("telemetry", &["config"]),
    // The store's traits, and the adapters behind them.
    ("store", &["domain"]),
    ("store::tables", &["store", "store::sql", "store::sqlite", "store::postgres", "store::contract", "domain", "clock", "ids"]),
    // One layer under all statements, and what is one database's alone.
    ("store::sql", &["store"]),
    ("store::sqlite", &["store", "store::sql"]),
    ("store::postgres", &["store", "store::sql", "ids"]),
    // Tests only: what every adapter must do.
    ("store::contract", &["store", "simulate", "domain", "clock", "ids"]),
    // Use cases.
    ("service", &["store", "domain", "chart", "clock", "ids", "config", "shutdown"]),
    // Ways in.
    ("intake", &["service", "domain", "clock", "ids"]),
    ("http", &["service", "intake", "domain", "clock", "ids", "config", "shutdown", "telemetry"]),
    ("broker", &["service", "intake", "store", "domain", "clock", "config"]),
    ("simulate", &["service", "intake", "domain", "clock", "ids", "shutdown"]),
    // Ways out.
    ("connector", &["domain"]),
    ("worker", &["service", "store", "connector", "domain", "clock", "ids", "config", "shutdown"]),
    // Puts the parts together; and the commands, each of which puts together what a short run needs.
    (
        "startup",
        &[
            "http",
            "broker",
            "intake",
            "worker",
            "service",
            "store",
            "store::tables",
            "connector",
            "simulate",
            "domain",
            "clock",
            "ids",
            "config",
            "shutdown",
            "telemetry",
        ],
    ),
    (
        "cli",
        &[
            "startup",
            "store",
            "store::tables",
            "intake",
            "service",
            "simulate",
            "http",
            "domain",
            "clock",
            "ids",
            "config",
            "shutdown",
            "telemetry",
        ],
    ),
    ("main", &["cli"]),
];

/// Libraries that belong to certain parts and to nobody else.
const CONFINED: &[(&str, &[&str])] = &[
    ("sqlx", &["store::sql", "store::tables", "store::sqlite", "store::postgres", "store"]),
    ("rusqlite", &["store::sql", "store::sqlite", "store"]),
    ("axum", &["http"]),
    ("axum_extra", &["http"]),
    ("tower_http", &["http"]),
    ("leptos_axum", &["http"]),
    ("async_nats", &["broker"]),
    ("reqwest", &["connector", "cli", "simulate"]),
    ("plotters", &["chart"]),
    ("argon2", &["service"]),
];

/// Libraries that the pure core must not know.
const NOT_IN_THE_CORE: &[&str] =
    &["tokio", "sqlx", "rusqlite", "axum", "reqwest", "futures", "tracing", "leptos", "rand", "anyhow"];

/// Crates that would make the browser's file large, or that have no place in a browser. (`regex` is in leptos' own tree; nothing
/// calls it in a browser, so the linker drops it.)
const NOT_IN_THE_BROWSER: &[&str] =
    &["tokio", "sqlx", "rusqlite", "axum", "reqwest", "chrono", "chrono-tz", "hyper", "rustls", "openssl"];

#[test]
fn parts_name_only_the_parts_they_may_know() {
    let allowed: BTreeMap<_, BTreeSet<_>> =
        ALLOWED.iter().map(|(part, others)| (*part, others.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for source in sources("server/src") {
        let Some(may) = allowed.get(source.part.as_str()) else {
            if source.part != "lib" {
                wrong.push(format!("{}: the part {} has no row in ALLOWED", source.path.display(), source.part));
            }
            continue;
        };
        for named in source.parts_named(&allowed) {
            if named != source.part && !may.contains(named.as_str()) {
                wrong.push(format!("{}: {} may not know {named}", source.path.display(), source.part));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that the architecture does not have:\n{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for source in sources("server/src") {
        for (library, homes) in CONFINED {
            if source.uses(library) && !homes.contains(&source.part.as_str()) {
                wrong.push(format!("{}: {library} belongs to {homes:?}", source.path.display()));
            }
        }
        for library in NOT_IN_THE_CORE {
            if source.part == "domain" && source.uses(library) {
                wrong.push(format!("{}: the core is pure and may not know {library}", source.path.display()));
            }
        }
        if source.part == "domain" && source.text.contains("async fn") {
            wrong.push(format!("{}: the core is pure and waits for nothing", source.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_interface_knows_nothing_of_the_server() {
    let manifest = fs::read_to_string(workspace().join("app/Cargo.toml")).expect("app has a manifest");
    // What its tests need is not sent anywhere.
    let manifest = manifest.split("[dev-dependencies]").next().unwrap_or_default();
    for name in ["server", "axum", "sqlx", "tokio"] {
        assert!(!manifest.lines().any(|line| line.split(['.', ' ', '=']).next() == Some(name)), "app depends on {name}");
    }
    for source in sources("app/src") {
        assert!(!source.uses("waybill_server"), "{}", source.path.display());
    }
}

#[test]
fn the_browser_is_sent_no_server_library() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "app", "--no-default-features", "--features", "hydrate"])
        .args([
            "--target",
            "wasm32-unknown-unknown",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{lib}|{p}",
        ])
        .current_dir(workspace())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let crates: BTreeSet<_> = tree.lines().filter_map(|line| line.split('|').nth(1)?.split(' ').next()).collect();
    assert!(crates.contains("leptos"), "the tree is not what this test thinks it is:\n{tree}");
    let wrong: Vec<_> = NOT_IN_THE_BROWSER.iter().filter(|name| crates.contains(**name)).collect();
    assert!(
        wrong.is_empty(),
        "compiled into the browser's file: {wrong:?}; cargo tree -p app --target wasm32-unknown-unknown -i NAME tells why"
    );
}

#[test]
fn the_scanner_sees_every_way_of_naming_a_part() {
    let allowed = ALLOWED.iter().map(|(part, _)| (*part, BTreeSet::new())).collect();
    let source = Source {
        path: PathBuf::new(),
        part: "domain".into(),
        depth: 2,
        text: "use crate::{config::{Layers, Settings}, store::tables::Database, ids};\nuse crate::clock::Clock;\nuse super::super::http::x;\n\
               fn f() { crate::startup::serve(); super::service::x(); }\n"
            .into(),
    };
    let named: Vec<_> = source.parts_named(&allowed).into_iter().collect();
    assert_eq!(named, ["clock", "config", "http", "ids", "startup", "store::tables"]);
}

/// One source file, without its comments.
struct Source {
    path: PathBuf,
    part: String,
    /// How many `super::` lead to the crate's root.
    depth: usize,
    text: String,
}

impl Source {
    fn read(root: &Path, path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).expect("sources are UTF-8");
        let text = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let relative = path.strip_prefix(root).expect("found under its root").with_extension("");
        let mut modules: Vec<_> = relative.components().filter_map(|part| part.as_os_str().to_str()).map(str::to_owned).collect();
        if modules.last().is_some_and(|name| name == "mod") {
            modules.pop();
        }
        let part = match modules.as_slice() {
            [store, adapter, ..]
                if store == "store" && ["sql", "tables", "sqlite", "postgres", "contract"].contains(&adapter.as_str()) =>
            {
                format!("store::{adapter}")
            }
            [first, ..] => first.clone(),
            [] => String::new(),
        };
        Self { path, part, depth: modules.len(), text }
    }

    /// Whether a path begins with this library's name.
    fn uses(&self, library: &str) -> bool {
        self.text.match_indices(library).any(|(at, _)| {
            let before = self.text[..at].chars().next_back();
            let after = &self.text[at + library.len()..];
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-' || c == '"' || c == '.')
                && after.starts_with("::")
        })
    }

    /// The parts that the file names, whichever way it is written.
    fn parts_named(&self, known: &BTreeMap<&str, BTreeSet<&str>>) -> BTreeSet<String> {
        let to_root = "super::".repeat(self.depth);
        let mut named = BTreeSet::new();
        for root in ["crate::", &to_root] {
            for (at, _) in self.text.match_indices(root) {
                // A longer chain of `super::`, or `$crate::` of a macro, is another thing.
                if self.text[..at].ends_with("super::") || self.text[..at].ends_with('$') {
                    continue;
                }
                named.extend(paths(&self.text[at + root.len()..]).into_iter().filter_map(|path| part_of(&path, known)));
            }
        }
        named
    }
}

/// The part that a path leads into, the adapters apart from the store.
fn part_of(path: &[String], known: &BTreeMap<&str, BTreeSet<&str>>) -> Option<String> {
    if let [first, second, ..] = path
        && known.contains_key(format!("{first}::{second}").as_str())
    {
        return Some(format!("{first}::{second}"));
    }
    path.first().filter(|first| known.contains_key(first.as_str())).cloned()
}

/// The first two names of each path in `a::b::c` or `{a::b, c::{d, e}}`.
fn paths(text: &str) -> Vec<Vec<String>> {
    let Some(group) = text.strip_prefix('{') else { return vec![names(text)] };
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(names(group[start..at].trim()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(names(group[start..at].trim()));
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn names(path: &str) -> Vec<String> {
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(path.len());
    path[..end].split("::").filter(|name| !name.is_empty()).take(2).map(str::to_owned).collect()
}

fn sources(folder: &str) -> Vec<Source> {
    let root = workspace().join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(Source::read(&root, path));
            }
        }
    }
    assert!(found.len() > 5, "no sources under {}", root.display());
    found
}

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the server lies in the workspace").to_owned()
}
