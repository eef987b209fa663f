//! Writing the rows of a shipment's exceptions.

use super::{memory::Rules, subjects::Subject};
use crate::{
    domain::{
        assess::money,
        exception::{ExceptionKind, Finding, Queue, Severity, taxonomy},
        money::Money,
        outward::NoticeKind,
        shipment::ShipmentState,
        time::Instant,
    },
    store::{
        StoreError,
        audit::Note,
        sql::{self, Session, params},
        tables::{audit, outbox},
        work::{Step, Work},
    },
};

/// What an exception's row repeats of its shipment.
#[derive(PartialEq, Eq, Default)]
pub(super) struct Dimensions<'s> {
    pub customer: &'s str,
    pub carrier: &'s str,
    pub region: &'s str,
    pub business_unit: &'s str,
    pub money: Option<Money>,
}

impl<'s> Dimensions<'s> {
    pub(super) fn of(state: &'s ShipmentState) -> Self {
        let s = state.summary();
        let (customer, carrier, region, business_unit) = (s.customer, s.carrier, s.region, s.business_unit);
        Self { customer, carrier, region, business_unit, money: money(state) }
    }
}

/// What steps are about.
pub(super) struct About<'s> {
    pub rules: &'s Rules,
    pub dimensions: Dimensions<'s>,
    pub now: Instant,
    pub subject: &'s Subject,
}

/// Most that a rank counts: a billion major units. With it a score fits after a century.
const MOST: f64 = 1e11;

/// Hundredths of a major unit that may be lost: money times probability. Unknown money counts as one unit, so that age ranks.
pub(super) fn rank(kind: ExceptionKind, money: Option<Money>) -> i64 {
    let hundredths = money.map_or(0.0, |money| {
        money.minor.unsigned_abs() as f64 * 10_f64.powi(2 - i32::try_from(money.currency.digits()).unwrap_or(2))
    });
    let rank = (hundredths.max(100.0) * taxonomy(kind).probability).clamp(1.0, MOST);
    rank as i64
}

/// Most letters of a cause that count: what a system says of an error may be long.
const LETTERS: usize = 80;

/// The fingerprint by which exceptions are grouped: the kind, and its cause in words.
pub(super) fn cause(kind: ExceptionKind, detail: &str) -> String {
    let words = detail.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}:{}", kind.code(), words.chars().take(LETTERS).collect::<String>())
}

/// As stored: the worst is the greatest.
pub(super) fn severity(severity: Severity) -> u8 {
    match severity {
        Severity::Low => 0,
        Severity::Medium => 1,
        Severity::High => 2,
        Severity::Critical => 3,
    }
}

/// By when an exception of this kind has to be solved that was found then, and the calendar in whose hours that is counted.
pub(super) fn due(rules: &Rules, queue: Queue, kind: ExceptionKind, found: Instant) -> (Instant, &str) {
    let hours = rules.policy.sla_hours(kind);
    match rules.policy.calendar_of(queue) {
        Some(calendar) => (calendar.after(found, hours), &calendar.name),
        None => (found.plus(i64::from(hours) * Instant::HOUR), ""),
    }
}

/// The same for one that is there already.
fn due_of<'r>(connection: &Session, rules: &'r Rules, kind: ExceptionKind, id: &str) -> Result<(Instant, &'r str), StoreError> {
    let (found,) = sql::one(connection, "SELECT detected_at FROM exceptions WHERE id = ?1", [id])?;
    Ok(due(rules, rules.policy.queue(kind), kind, Instant(found)))
}

/// Takes steps.
pub(super) fn take(connection: &Session, about: &About<'_>, steps: &[Step], work: &Work) -> Result<(), StoreError> {
    for step in steps {
        match step {
            Step::Open(id, finding) => {
                let About { rules, dimensions, now, subject } = about;
                let first = work.episodes.iter().find(|episode| episode.id == *id).map_or(0, |episode| episode.first);
                let (environment, shipment_id) = (subject.environment.code(), Some(subject.id.as_str()));
                let subject = subject.reference.as_str();
                open(connection, &New { id, environment, shipment_id, subject, finding, first, dimensions, now: *now, rules })?;
            }
            Step::Reopen(id, finding, verified_at) => {
                reopen(connection, about, id, finding, *verified_at)?;
                if about.rules.told {
                    outbox::exception(connection, id, NoticeKind::ExceptionOpened, about.now)?;
                }
            }
            Step::Change(id, finding, was) => change(connection, about, id, finding, was)?,
            Step::Verify(id) => {
                sql::later(
                    connection,
                    "UPDATE exceptions SET state = 'verified', closed_at = ?2, snoozed_until = NULL, first = 0, version = version + 1
                     WHERE id = ?1",
                    params![id, about.now.0],
                )?;
                if about.rules.told {
                    outbox::exception(connection, id, NoticeKind::ExceptionClosed, about.now)?;
                }
            }
            Step::Gone(id) => {
                sql::later(connection, "UPDATE exceptions SET gone_at = ?2 WHERE id = ?1", params![id, about.now.0])?;
            }
        }
    }
    Ok(())
}

/// Another cause is nobody's word and nobody's sleep: it is open, whatever was said of the one before.
fn change(
    connection: &Session,
    about: &About<'_>,
    id: &str,
    Finding { kind, detail, since }: &Finding,
    was: &str,
) -> Result<(), StoreError> {
    sql::later(
        connection,
        "UPDATE exceptions SET detail = ?2, cause = ?3, since = ?4, version = version + 1,
             state = iif(detail <> ?2, 'open', state), snoozed_until = iif(detail <> ?2, NULL, snoozed_until) WHERE id = ?1",
        params![id, detail, cause(*kind, detail), since.0],
    )?;
    if was == detail {
        return Ok(());
    }
    let note = Note {
        at: about.now,
        environment: about.subject.environment,
        actor: "system:assessment".into(),
        action: "exception.change",
        subject: format!("exception:{id}"),
        reason: String::new(),
        detail: serde_json::json!({ "was": was }).to_string(),
    };
    audit::note(connection, &note)
}

fn reopen(
    connection: &Session,
    about: &About<'_>,
    id: &str,
    Finding { kind, detail, since }: &Finding,
    verified_at: Instant,
) -> Result<(), StoreError> {
    let Dimensions { customer, carrier, region, business_unit, money } = about.dimensions;
    let (due, calendar) = due_of(connection, about.rules, *kind, id)?;
    sql::later(
        connection,
        "UPDATE exceptions SET state = 'open', closed_at = NULL, reopens = reopens + 1, detail = ?2, cause = ?3, since = ?4,
             customer_id = ?5, carrier_id = ?6, region_id = ?7, business_unit_id = ?8, money_minor = ?9, currency = ?10, rank = ?11,
             severity = ?12, queue = ?13, due_at = ?14, calendar = ?15, version = version + 1 WHERE id = ?1",
        params![
            id,
            detail,
            cause(*kind, detail),
            since.0,
            customer,
            carrier,
            region,
            business_unit,
            money.map(|money| money.minor),
            money.as_ref().map_or("", |money| money.currency.code()),
            rank(*kind, money),
            severity(about.rules.policy.severity(*kind)),
            about.rules.policy.queue(*kind).code(),
            due.0,
            calendar
        ],
    )?;
    let note = Note {
        at: about.now,
        environment: about.subject.environment,
        actor: "system:assessment".into(),
        action: "exception.return",
        subject: format!("exception:{id}"),
        reason: String::new(),
        detail: format!(r#"{{"verified_at":{}}}"#, verified_at.0),
    };
    audit::note(connection, &note)
}

/// Brings all rows of a shipment's exceptions in line with its dimensions and the policy.
pub(super) fn renew(connection: &Session, about: &About<'_>, work: &Work) -> Result<(), StoreError> {
    let Dimensions { customer, carrier, region, business_unit, money } = about.dimensions;
    for episode in &work.episodes {
        let (kind, policy) = (episode.kind, &about.rules.policy);
        let (due, calendar) = due_of(connection, about.rules, kind, &episode.id)?;
        sql::later(
            connection,
            "UPDATE exceptions SET customer_id = ?2, carrier_id = ?3, region_id = ?4, business_unit_id = ?5, money_minor = ?6,
                 currency = ?7, rank = ?8, severity = ?9, queue = ?10, due_at = ?11, calendar = ?12 WHERE id = ?1",
            params![
                episode.id,
                customer,
                carrier,
                region,
                business_unit,
                money.map(|money| money.minor),
                money.as_ref().map_or("", |money| money.currency.code()),
                rank(kind, money),
                severity(policy.severity(kind)),
                policy.queue(kind).code(),
                due.0,
                calendar
            ],
        )?;
    }
    Ok(())
}

/// Tells which exceptions stand for their shipment; new ones are told already.
pub(super) fn put_first(connection: &Session, steps: &[Step], first: &[(String, u8)]) -> Result<(), StoreError> {
    let is_new = |id: &String| steps.iter().any(|step| matches!(step, Step::Open(new, _) if new == id));
    for (id, first) in first.iter().filter(|(id, _)| !is_new(id)) {
        sql::later(connection, "UPDATE exceptions SET first = ?2 WHERE id = ?1", params![id, first])?;
    }
    Ok(())
}

/// A new exception.
pub(super) struct New<'s> {
    pub id: &'s str,
    pub environment: &'static str,
    pub shipment_id: Option<&'s str>,
    pub subject: &'s str,
    pub finding: &'s Finding,
    /// Whether it stands for its shipment.
    pub first: u8,
    pub dimensions: &'s Dimensions<'s>,
    pub now: Instant,
    pub rules: &'s Rules,
}

/// Opens an exception.
pub(super) fn open(connection: &Session, new: &New<'_>) -> Result<(), StoreError> {
    let Finding { kind, detail, since } = new.finding;
    let Dimensions { customer, carrier, region, business_unit, money } = *new.dimensions;
    let queue = new.rules.policy.queue(*kind);
    let (due, calendar) = due(new.rules, queue, *kind, new.now);
    sql::later(
        connection,
        "INSERT INTO exceptions (id, environment, shipment_id, subject, kind, cause, detail, state, severity, queue, detected_at, since,
                                 due_at, money_minor, currency, customer_id, carrier_id, region_id, business_unit_id, rank,
                                 first, calendar)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'open', ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        params![
            new.id,
            new.environment,
            new.shipment_id,
            new.subject,
            kind.code(),
            cause(*kind, detail),
            detail,
            severity(new.rules.policy.severity(*kind)),
            queue.code(),
            new.now.0,
            since.0,
            due.0,
            money.map(|money| money.minor),
            money.as_ref().map_or("", |money| money.currency.code()),
            customer,
            carrier,
            region,
            business_unit,
            rank(*kind, money),
            new.first,
            calendar
        ],
    )?;
    if new.rules.told {
        outbox::exception(connection, new.id, NoticeKind::ExceptionOpened, new.now)?;
    }
    Ok(())
}
