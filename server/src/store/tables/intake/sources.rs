//! When sources spoke last, and who is silent that should not be.

use super::{
    Arrival, Memory,
    episodes::{self, Dimensions, New},
    ledger::Ledger,
    memory::Rules,
};
use crate::{
    domain::{
        access::Environment,
        exception::{ExceptionKind, Finding},
        outward::NoticeKind,
        policy::SourceTerms,
        time::Instant,
    },
    ids,
    store::{
        StoreError,
        feed::Topic,
        sql::{self, Session, params},
        tables::outbox,
    },
};

/// A source's last word is written this often at most: nobody is silent by the second.
const EVERY: i64 = 5 * Instant::SECOND;

/// Writes down who speaks in a batch. Old data is no word.
pub(super) fn hear(connection: &Session, memory: &mut Memory, now: Instant, arrivals: &[Arrival<'_>]) -> Result<(), StoreError> {
    let mut before = None;
    for arrival in arrivals.iter().filter(|arrival| !arrival.origin.history) {
        // Most of a batch are one source's.
        if before.replace(arrival.source_id) != Some(arrival.source_id) && memory.heard(arrival.source_id, now, EVERY) {
            let sql = "UPDATE sources SET last_at = ?2 WHERE id = ?1";
            sql::execute(connection, sql, params![arrival.source_id, now.0])?;
        }
    }
    Ok(())
}

/// Opens and verifies exceptions of silent sources; answers how many.
pub(in crate::store::tables) fn watch(connection: &Session, memory: &mut Memory, now: Instant) -> Result<u64, StoreError> {
    memory.look_around(connection)?;
    let now = Ledger::begin(connection, now)?.now;
    let mut changed = 0;
    for environment in [Environment::Live, Environment::Demo, Environment::Sandbox] {
        let rules = memory.rules(connection, environment)?;
        let of_environment = Watched { connection, environment, rules: &rules, now };
        let touched = of_environment.look()?;
        if touched > 0 {
            super::bump(connection, environment.code(), Topic::Exceptions.code())?;
        }
        changed += touched;
    }
    Ok(changed)
}

struct Watched<'w> {
    connection: &'w Session,
    environment: Environment,
    rules: &'w Rules,
    now: Instant,
}

impl Watched<'_> {
    fn look(&self) -> Result<u64, StoreError> {
        // On the index of open ones, whose causes stand together.
        let open: Vec<(String, String)> = sql::all(
            self.connection,
            "SELECT id, subject FROM exceptions INDEXED BY exceptions_open WHERE environment = ?1
             AND cause >= 'source_silent:' AND cause < 'source_silent;' AND state IN ('open', 'claimed')",
            [self.environment.code()],
        )?;
        let expected: Vec<&SourceTerms> = self.rules.policy.sources.iter().filter(|terms| terms.cadence_hours > 0).collect();
        if open.is_empty() && expected.is_empty() {
            return Ok(0);
        }
        let mut changed = 0;
        let mut silent = Vec::new();
        for terms in &expected {
            let since = self.heard(terms)?.plus(i64::from(terms.cadence_hours) * Instant::HOUR);
            if since > self.now {
                continue;
            }
            silent.push(terms.name.as_str());
            if !open.iter().any(|(_, subject)| *subject == terms.name) && !self.is_waived(terms, since)? {
                self.open(terms, since)?;
                changed += 1;
            }
        }
        for (id, _) in open.iter().filter(|(_, subject)| !silent.contains(&subject.as_str())) {
            sql::execute(
                self.connection,
                "UPDATE exceptions SET state = 'verified', closed_at = ?2, snoozed_until = NULL, version = version + 1 WHERE id = ?1",
                params![id, self.now.0],
            )?;
            if self.rules.told {
                outbox::exception(self.connection, id, NoticeKind::ExceptionClosed, self.now)?;
            }
            changed += 1;
        }
        Ok(changed)
    }

    /// When it was heard last; if it never was, since when it is expected to speak.
    fn heard(&self, terms: &SourceTerms) -> Result<Instant, StoreError> {
        let environment = self.environment.code();
        let (since,): (i64,) = sql::one(
            self.connection,
            "INSERT INTO expected_sources (environment, name, since)
             VALUES (?1, ?2, coalesce((SELECT at FROM config WHERE environment = ?1 AND version = ?3), ?4))
             ON CONFLICT (environment, name) DO UPDATE SET since = expected_sources.since RETURNING since",
            params![environment, terms.name, self.rules.version, self.now.0],
        )?;
        let sources: Vec<(String, i64)> = sql::all(
            self.connection,
            "SELECT name, last_at FROM sources WHERE environment = ?1 AND last_at IS NOT NULL",
            [environment],
        )?;
        let last = sources.into_iter().filter(|(name, _)| terms.covers(name)).map(|(_, at)| at).max();
        Ok(Instant(last.map_or(since, |last| last.max(since))))
    }

    /// Whether a person accepted this very silence.
    fn is_waived(&self, terms: &SourceTerms, since: Instant) -> Result<bool, StoreError> {
        let (n,): (i64,) = sql::one(
            self.connection,
            "SELECT count(*) FROM exceptions INDEXED BY exceptions_closed WHERE environment = ?1
             AND state IN ('verified', 'waived') AND state = 'waived' AND cause = ?2 AND since = ?3",
            params![self.environment.code(), episodes::cause(ExceptionKind::SourceSilent, &terms.name), since.0],
        )?;
        Ok(n > 0)
    }

    fn open(&self, terms: &SourceTerms, since: Instant) -> Result<(), StoreError> {
        let id = ids::fresh();
        let finding = Finding { kind: ExceptionKind::SourceSilent, detail: terms.name.clone(), since };
        let new = New {
            id: &id,
            environment: self.environment.code(),
            shipment_id: None,
            subject: &terms.name,
            finding: &finding,
            first: 0,
            dimensions: &Dimensions::default(),
            now: self.now,
            rules: self.rules,
        };
        episodes::open(self.connection, &new)?;
        if let Some(owner) = terms.owner {
            let (due, calendar) = episodes::due(self.rules, owner, ExceptionKind::SourceSilent, self.now);
            sql::execute(
                self.connection,
                "UPDATE exceptions SET queue = ?2, due_at = ?3, calendar = ?4 WHERE id = ?1",
                params![id, owner.code(), due.0, calendar],
            )?;
        }
        Ok(())
    }
}
