//! What the writer remembers between commits. Everything in it can be read again.

use super::{
    subjects::{Subject, Subjects},
    told::Told,
};
use crate::{
    domain::{access::Environment, event::SubjectKind, folding::Folding, month::Month, policy::Policy, time::Instant},
    store::{
        StoreError,
        sql::{self, Session},
    },
};
use foldhash::HashMap;
use std::sync::Arc;

/// Subjects of one generation: about four kilobytes each. The next begins when it is full, and the one before is forgotten.
const GENERATION: usize = 3_000;

/// The policy in force.
#[derive(Clone)]
pub(in crate::store::tables) struct Rules {
    pub version: i64,
    pub policy: Arc<Policy>,
    /// The parts of it by which facts are folded, and the version since which they have been so.
    pub folding: Arc<Folding>,
    pub folded_since: i64,
    /// Others are told of this world.
    pub told: bool,
}

/// Sets of dimensions: about a hundred bytes each.
const DIMS: usize = 20_000;

type Named = HashMap<(Environment, SubjectKind), HashMap<String, Subject>>;

/// Numbers of sources, and the shipments and orders that were written last: who was spoken of will be spoken of again.
#[derive(Default)]
pub(in crate::store::tables) struct Memory {
    sources: HashMap<Environment, HashMap<String, i64>>,
    /// When each source's last word was written.
    heard: HashMap<i64, Instant>,
    young: Named,
    old: Named,
    kept: usize,
    /// Subjects that others may have changed since: they are taken for what they are remembered as while their row is of the same version.
    doubted: Named,
    told: Told,
    rules: HashMap<Environment, Rules>,
    /// Numbers of sets of dimensions.
    dims: HashMap<[String; 8], i64>,
    /// Which metrics shipments are measured by: a bit for each number.
    given: Option<u64>,
    /// Since which version of the schema builds can serve this database.
    served_since: Option<i64>,
    /// The month whose place for bodies is made.
    month: Option<Month>,
    /// The database's mark of what others have committed.
    others: i64,
    /// How many connections were made before this one.
    connections: u64,
}

impl Memory {
    /// Doubts the subjects that another process may have changed since. Within the transaction, so that nobody can between this and
    /// the reading.
    pub(super) fn look_around(&mut self, connection: &Session) -> Result<(), StoreError> {
        let connections = connection.connections();
        if connections != self.connections {
            // Another server may answer there, which knows less than the one before.
            *self = Self { connections, ..Self::default() };
        }
        self.told.forget(connection)?;
        let others = connection.others()?;
        if others != self.others {
            let changes = self.told.ask(connection)?;
            self.doubt(|subject| changes.as_ref().is_none_or(|changes| changes.is_of(subject)));
            self.rules.clear();
            (self.given, self.served_since) = (None, None);
            self.others = others;
        }
        Ok(())
    }

    fn doubt(&mut self, is_doubtful: impl Fn(&Subject) -> bool) {
        if self.doubted.values().map(HashMap::len).sum::<usize>() > GENERATION {
            self.doubted.clear();
        }
        // What is young was known last.
        for (name, subjects) in self.old.iter_mut().chain(&mut self.young) {
            self.doubted.entry(*name).or_default().extend(subjects.extract_if(|_, subject| is_doubtful(subject)));
        }
        self.kept = self.young.values().map(HashMap::len).sum();
    }

    /// Tells other processes what is about to be written.
    pub(super) fn tell(&mut self, connection: &Session, subjects: &Subjects) -> Result<(), StoreError> {
        self.told.tell(connection, subjects)
    }

    /// To be called when a transaction may have changed subjects in another way than through here, or was rolled back.
    pub(in crate::store::tables) fn forget_subjects(&mut self) {
        (self.young, self.old, self.kept) = (Named::default(), Named::default(), 0);
        self.doubted.clear();
        self.heard.clear();
        self.forget_dims();
    }

    /// The policy in force in an environment.
    pub(super) fn rules(&mut self, connection: &Session, environment: Environment) -> Result<Rules, StoreError> {
        if let Some(rules) = self.rules.get(&environment) {
            return Ok(rules.clone());
        }
        let rules = super::super::config::in_force(connection, environment)?;
        self.rules.insert(environment, rules.clone());
        Ok(rules)
    }

    /// To be called when another policy was put in force.
    pub(in crate::store::tables) fn forget_rules(&mut self) {
        self.rules.clear();
    }

    /// Which metrics shipments are measured by: a bit for each number.
    pub(super) fn given(&mut self, connection: &Session) -> Result<u64, StoreError> {
        if let Some(given) = self.given {
            return Ok(given);
        }
        let sql = "SELECT metric FROM measure_versions WHERE state IN ('coming', 'whole')";
        let given =
            sql::all::<(u8,)>(connection, sql, ())?.into_iter().fold(0, |given, (number,)| given | 1_u64 << (number & 63));
        self.given = Some(given);
        Ok(given)
    }

    /// To be called when that is about to change.
    pub(in crate::store::tables) fn forget_given(&mut self) {
        self.given = None;
    }

    /// Since which version of the schema builds can serve this database.
    pub(in crate::store::tables) fn served_since(&mut self, connection: &Session) -> Result<i64, StoreError> {
        if let Some(since) = self.served_since {
            return Ok(since);
        }
        let (since,) = sql::one(connection, "SELECT since FROM schema_serves", ())?;
        self.served_since = Some(since);
        Ok(since)
    }

    /// Whether a month's place for bodies is made.
    pub(in crate::store::tables) fn has_month(&self, month: Month) -> bool {
        self.month == Some(month)
    }

    /// To be called when it is.
    pub(in crate::store::tables) fn keep_month(&mut self, month: Month) {
        self.month = Some(month);
    }

    /// The number of a set of dimensions.
    pub(super) fn dims(&self, key: &[String; 8]) -> Option<i64> {
        self.dims.get(key).copied()
    }

    pub(super) fn keep_dims(&mut self, key: &[String; 8], id: i64) {
        if self.dims.contains_key(key) {
            return;
        }
        if self.dims.len() >= DIMS {
            self.dims.clear();
        }
        self.dims.insert(key.clone(), id);
    }

    /// Forgets the numbers that a commit gave which did not come about.
    fn forget_dims(&mut self) {
        self.dims.clear();
    }

    pub(super) fn source(&self, environment: Environment, name: &str) -> Option<i64> {
        self.sources.get(&environment)?.get(name).copied()
    }

    /// Whether a source's last word is to be written: it has not been for so long.
    pub(super) fn heard(&mut self, source_id: i64, now: Instant, every: i64) -> bool {
        let due = self.heard.get(&source_id).is_none_or(|at| now.since(*at) >= every);
        if due {
            self.heard.insert(source_id, now);
        }
        due
    }

    pub(super) fn keep_source(&mut self, environment: Environment, name: &str, id: i64) {
        self.sources.entry(environment).or_default().insert(name.to_owned(), id);
    }

    /// A subject, if it is remembered.
    pub(super) fn peek(&self, environment: Environment, kind: SubjectKind, reference: &str) -> Option<&Subject> {
        [&self.young, &self.old].into_iter().find_map(|named| named.get(&(environment, kind))?.get(reference))
    }

    /// Takes a subject out, to be kept again after the commit.
    pub(super) fn take(&mut self, environment: Environment, kind: SubjectKind, reference: &str) -> Option<Subject> {
        let of = |named: &mut Named| named.get_mut(&(environment, kind))?.remove(reference);
        of(&mut self.young).or_else(|| of(&mut self.old))
    }

    /// The version of which a doubted subject is remembered.
    pub(super) fn doubted(&self, environment: Environment, kind: SubjectKind, reference: &str) -> Option<i64> {
        self.doubted.get(&(environment, kind))?.get(reference).map(|subject| subject.version)
    }

    /// Takes a doubted subject out: its row is of its version.
    pub(super) fn trust(&mut self, environment: Environment, kind: SubjectKind, reference: &str) -> Option<Subject> {
        self.doubted.get_mut(&(environment, kind))?.remove(reference)
    }

    /// Keeps what a batch has written or looked at.
    pub(super) fn keep(&mut self, subjects: Subjects) {
        for subject in subjects.all {
            let name = (subject.environment, subject.state.kind());
            if let Some(old) = self.old.get_mut(&name) {
                old.remove(&subject.reference);
            }
            self.young.entry(name).or_default().insert(subject.reference.clone(), subject);
            self.kept += 1;
        }
        if self.kept >= GENERATION {
            self.kept = 0;
            self.old = std::mem::take(&mut self.young);
        }
    }
}
