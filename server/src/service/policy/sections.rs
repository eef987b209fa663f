//! The policy section by section: what each says, who changed it, and how another one is put in force. A section is a part of
//! the document by its name; what it holds is its own affair.

use super::{Policies, PolicyError, PolicyVersion, changes, flat, view};
use crate::{
    clock::Clock,
    domain::{
        access::{Actor, Permission},
        policy::Policy,
    },
    service::{desk::allowed, words::Words},
};
use app::{
    error::AppError,
    model::{DraftAnswer, DraftOutcome, PolicySection, PolicySectionView, PolicyStep, PolicyValue, SectionDraft, SectionFilter},
    ports::{Caller, Configuring},
};
use async_trait::async_trait;
use std::{collections::BTreeMap, sync::Arc};
use toml::Table;

#[cfg(test)]
mod tests;

/// Rows on a page.
const PAGE: usize = 50;
/// Changes that are told of a draft or a version.
const TOLD: usize = 100;

/// What a section is called and what it decides; one without a line here is called by its name.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "contracts",
        "Billing contracts",
        "What each customer's contract asks for before billing. The first that fits counts; * is everybody else.",
    ),
    ("expectations", "Expectations", "What is expected by when, in hours; 0 expects nothing."),
    ("tolerances", "Tolerances", "What amounts may differ before somebody has to look."),
    ("charge_codes", "Charge codes", "Codes that billing knows; empty knows all."),
    ("ownership", "Systems of record", "Whose word counts about what, and in which order."),
    ("status_maps", "Status words", "What the words of each source mean."),
    ("exceptions", "Exceptions", "How bad, whose and how soon, where it is other than built in."),
    ("sources", "Sources", "Which sources are expected to speak, and how often."),
    ("customers", "Customers", "Each customer by one code, whatever others call it; its terms are the contracts of that code."),
    ("carriers", "Carriers", "Names and codes of carriers that are one."),
    ("charge_maps", "Charge words", "What the charge codes of each source mean."),
    ("calendars", "Calendars", "When people work: days, hours and holidays in a time zone."),
    ("owners", "Owners", "Who works in each queue, and by which calendar."),
];

/// The sections over the policies.
#[derive(Clone)]
pub struct Sections {
    policies: Arc<Policies>,
    clock: Clock,
}

impl Sections {
    /// Over these policies.
    pub fn new(policies: Policies, clock: Clock) -> Self {
        Self { policies: Arc::new(policies), clock }
    }
}

/// A policy as a document, with every section in it.
fn document(policy: &Policy) -> Table {
    Table::try_from(policy).expect("a policy is plain data")
}

/// Names of all sections.
fn names() -> Vec<String> {
    let whole = serde_json::to_value(Policy::default()).expect("a policy is plain data");
    let mut names: Vec<String> = whole.as_object().map(|whole| whole.keys().cloned().collect()).unwrap_or_default();
    let place = |name: &String| WORDS.iter().position(|(known, ..)| known == name).unwrap_or(WORDS.len());
    names.sort_by_key(place);
    names
}

/// Whether a path of a value or a change lies in the section.
fn inside(section: &str, path: &str) -> bool {
    path.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn described(name: &str, values: &[PolicyValue], policy: &Policy) -> PolicySection {
    let words = WORDS.iter().find(|(known, ..)| *known == name);
    let empty = |value: &&PolicyValue| value.path != name || !["[]", "{}"].contains(&value.value.as_str());
    PolicySection {
        name: name.to_owned(),
        label: words.map_or_else(|| name.replace('_', " "), |(_, label, _)| (*label).to_owned()),
        explained: words.map(|(.., why)| (*why).to_owned()).unwrap_or_default(),
        entries: listed(name, policy).unwrap_or_else(|| values.iter().filter(empty).count()) as u64,
        changed: values.iter().filter(|value| value.changed).count() as u64,
    }
}

/// How many a section lists; none: it has values of its own.
fn listed(name: &str, policy: &Policy) -> Option<usize> {
    if name == "contracts" {
        return Some(policy.contracts.iter().count());
    }
    document(policy).get(name)?.as_array().map(Vec::len)
}

/// Values of a section, with whether each is other than built in.
fn values(name: &str, current: &BTreeMap<String, String>, built_in: &BTreeMap<String, String>) -> Vec<PolicyValue> {
    let inside = current.iter().filter(|(path, _)| inside(name, path));
    let value = |(path, value): (&String, &String)| {
        let changed = built_in.get(path) != Some(value);
        PolicyValue { path: path.clone(), value: value.clone(), changed }
    };
    inside.map(value).collect()
}

/// The section alone, as it stands in the file.
fn section_toml(name: &str, policy: &Policy) -> String {
    let section = document(policy).remove(name).map(|section| Table::from_iter([(name.to_owned(), section)]));
    section.and_then(|section| toml::to_string_pretty(&section).ok()).unwrap_or_default()
}

/// The policy in force with the draft in place of its section.
fn merged(name: &str, text: &str, current: &Policy) -> Result<Policy, String> {
    let stray = text.parse::<Table>().map_err(|error| error.to_string())?.into_iter().find(|(key, _)| key != name);
    if let Some((key, _)) = stray {
        return Err(format!("“{key}” is no part of this section; only [{name}] belongs here"));
    }
    // Read as a policy, a mistake is told with its line.
    let draft: Policy = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut whole = document(current);
    match document(&draft).remove(name) {
        Some(section) => drop(whole.insert(name.to_owned(), section)),
        None => drop(whole.remove(name)),
    }
    whole.try_into().map_err(|error: toml::de::Error| error.to_string())
}

/// One page of what has the words, how many have them, the page, and how many pages there are.
fn paged<T>(rows: Vec<T>, filter: &SectionFilter, text: impl Fn(&T) -> String) -> (Vec<T>, u64, u32, u32) {
    let wanted = filter.q.as_deref().unwrap_or_default().trim().to_lowercase();
    let rows: Vec<T> = rows.into_iter().filter(|row| text(row).to_lowercase().contains(&wanted)).collect();
    let (total, pages) = (rows.len(), rows.len().div_ceil(PAGE).max(1));
    let page = usize::try_from(filter.page.unwrap_or(1)).unwrap_or(usize::MAX).clamp(1, pages);
    let shown = rows.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (shown, total as u64, small(page), small(pages))
}

/// Versions that changed the section.
fn history(name: &str, versions: &[PolicyVersion], words: Words) -> Vec<PolicyStep> {
    let built_in = PolicyVersion::built_in();
    let before = versions.iter().skip(1).chain(std::iter::once(&built_in));
    let steps = versions.iter().zip(before).filter(|(version, before)| before.version + 1 == version.version);
    steps
        .filter_map(|(version, before)| {
            let told = told(name, &before.policy, &version.policy);
            (!told.is_empty()).then(|| PolicyStep {
                version: version.version,
                at: words.instant(version.at),
                actor: person(&version.actor),
                reason: version.reason.clone(),
                changes: told,
            })
        })
        .collect()
}

fn person(actor: &str) -> String {
    actor.strip_prefix("user:").unwrap_or(actor).to_owned()
}

/// What differs inside the section, in words.
fn told(name: &str, old: &Policy, new: &Policy) -> Vec<String> {
    view::first(TOLD, changes(old, new).iter().filter(|change| inside(name, &change.path)))
}

fn known(name: &str) -> Result<(), AppError> {
    if names().iter().any(|known| known == name) { Ok(()) } else { Err(AppError::NotFound) }
}

impl Sections {
    /// What the draft comes to for who may change the policy.
    async fn outcome(&self, actor: &Actor, draft: &SectionDraft) -> Result<DraftOutcome, PolicyError> {
        let current = self.policies.current(actor).await?;
        let policy = match merged(&draft.section, &draft.toml, &current.policy) {
            Ok(policy) => policy,
            Err(problem) => return Ok(DraftOutcome::Wrong(problem)),
        };
        let problems = policy.problems();
        if !problems.is_empty() {
            return Ok(DraftOutcome::Wrong(problems.join("; ")));
        }
        if draft.replaces != current.version {
            return self.overtaken(actor, draft).await;
        }
        if !draft.put {
            return Ok(DraftOutcome::Sound(told(&draft.section, &current.policy, &policy)));
        }
        if policy == *current.policy {
            return Ok(DraftOutcome::Wrong("nothing differs from what is in force".into()));
        }
        match self.policies.put(actor, draft.replaces, policy, &draft.reason).await {
            Ok(put) => Ok(DraftOutcome::Put(put.version)),
            Err(PolicyError::Conflict(_)) => self.overtaken(actor, draft).await,
            Err(PolicyError::Invalid { field, problem }) => Ok(DraftOutcome::Wrong(format!("{field}: {problem}"))),
            Err(error) => Err(error),
        }
    }

    /// Who put what in force since the version that the draft was made from.
    async fn overtaken(&self, actor: &Actor, draft: &SectionDraft) -> Result<DraftOutcome, PolicyError> {
        let versions = self.policies.history(actor, None).await?;
        let built_in = PolicyVersion::built_in();
        let before = versions.iter().chain(std::iter::once(&built_in)).find(|version| version.version == draft.replaces);
        let since = versions.iter().filter(|version| version.version > draft.replaces);
        let mut lines: Vec<String> = since
            .map(|version| format!("Version {} by {}: “{}”", version.version, person(&version.actor), version.reason))
            .collect();
        if let (Some(before), Some(now)) = (before, versions.first()) {
            lines.extend(changes(&before.policy, &now.policy).iter().take(TOLD).map(view::told));
        }
        Ok(DraftOutcome::Overtaken(lines))
    }
}

fn answer(error: PolicyError) -> AppError {
    match error {
        PolicyError::Forbidden(_) => AppError::Forbidden,
        PolicyError::Conflict(what) => AppError::Conflict { what },
        PolicyError::Invalid { field, problem } => AppError::Invalid { field: field.into(), message: problem },
        PolicyError::NoSuchSection => AppError::NotFound,
        PolicyError::Unavailable => AppError::Unavailable,
    }
}

#[async_trait]
impl Configuring for Sections {
    async fn sections(&self, caller: &Caller) -> Result<Vec<PolicySection>, AppError> {
        let actor = allowed(caller, Permission::ReadConfig)?;
        let current = self.policies.current(actor).await.map_err(answer)?;
        let (now, built_in) = (flat(&current.policy), flat(&Policy::default()));
        Ok(names().iter().map(|name| described(name, &values(name, &now, &built_in), &current.policy)).collect())
    }

    async fn section(&self, caller: &Caller, name: String, filter: SectionFilter) -> Result<PolicySectionView, AppError> {
        let actor = allowed(caller, Permission::ReadConfig)?;
        known(&name)?;
        let words = Words::new(actor, self.clock.now());
        let current = self.policies.current(actor).await.map_err(answer)?;
        let versions = self.policies.history(actor, None).await.map_err(answer)?;
        let all = values(&name, &flat(&current.policy), &flat(&Policy::default()));
        let contracts = if name == "contracts" { view::contracts(&current.policy) } else { Vec::new() };
        let section = described(&name, &all, &current.policy);
        let listed = if name == "contracts" { Vec::new() } else { all };
        let (contracts, found, of_contracts, last) =
            paged(contracts, &filter, |row| format!("{} {} {}", row.customer, row.name, row.conditions.join(" ")));
        let (values, total, page, pages) = paged(listed, &filter, |row| format!("{} {}", row.path, row.value));
        let by_contract = name == "contracts";
        Ok(PolicySectionView {
            section,
            version: current.version,
            contracts,
            values,
            total: if by_contract { found } else { total },
            page: if by_contract { of_contracts } else { page },
            pages: if by_contract { last } else { pages },
            history: history(&name, &versions, words),
            toml: section_toml(&name, &current.policy),
            may_change: actor.require(Permission::ChangeConfig).is_ok(),
            as_of: words.as_of(),
        })
    }

    async fn draft(&self, caller: &Caller, draft: SectionDraft) -> Result<DraftAnswer, AppError> {
        let actor = allowed(caller, Permission::ChangeConfig)?;
        known(&draft.section)?;
        let outcome = self.outcome(actor, &draft).await.map_err(answer)?;
        Ok(DraftAnswer { draft, outcome })
    }
}
