//! Assessing what a batch changed: the orders' flags, what holds a shipment, what is wrong with it, when to look again.

use super::{
    Memory, changed,
    episodes::{self, Dimensions},
    ledger::Ledger,
    memory::Rules,
    subjects::{State, Subject, Subjects, read_state},
};
use crate::{
    domain::{
        access::Environment,
        assess::{Assessment, Inputs, assess},
        event::SubjectKind,
        exception::Finding,
        order::{OrderFlags, OrderState},
        shipment::ShipmentState,
        time::Instant,
    },
    ids,
    store::{
        StoreError,
        feed::Topic,
        sql::{self, Session},
        tables::names,
        work::Work,
    },
};
use foldhash::{HashMap, HashSet};

/// Assesses the shipments that changed, those whose orders changed, and those that are to be looked at. What comes of it is
/// written with their rows, exceptions at once.
pub(super) fn all(
    connection: &Session,
    memory: &mut Memory,
    ledger: &mut Ledger<'_>,
    subjects: &mut Subjects,
) -> Result<(), StoreError> {
    of_changed_orders(connection, memory, subjects)?;
    let orders = orders(connection, memory, subjects)?;
    for at in 0..subjects.all.len() {
        let subject = &subjects.all[at];
        let State::Shipment(after) = &subject.state else { continue };
        if !(subject.changed || subject.look) {
            continue;
        }
        let rules = rules(connection, memory, ledger, subject.environment)?;
        if orders_differ(subject, after) {
            let flags = flags(memory, subjects, &orders, subject.environment, after);
            let work = &mut subjects.all[at].watch.work;
            subjects.all[at].changed |= work.orders != flags;
            subjects.all[at].watch.work.orders = flags;
        }
        one(connection, ledger, &rules, &mut subjects.all[at])?;
    }
    Ok(())
}

fn rules(
    connection: &Session,
    memory: &mut Memory,
    ledger: &mut Ledger<'_>,
    environment: Environment,
) -> Result<Rules, StoreError> {
    ledger.know(connection, memory, environment)?;
    Ok(ledger.rules_of(environment))
}

/// Brings in the watched shipments that name an order of which something else is known now.
fn of_changed_orders(connection: &Session, memory: &mut Memory, subjects: &mut Subjects) -> Result<(), StoreError> {
    let tells = |state: Option<&State>| match state {
        Some(State::Order(order)) => OrderFlags::of([("", Some(&**order))]),
        _ => OrderFlags::of([("", None)]),
    };
    let moved = |subject: &&Subject| {
        subject.changed
            && matches!(subject.state, State::Order(_))
            && tells(subject.before.as_ref()) != tells(Some(&subject.state))
    };
    let name = |order: &Subject| (order.environment, order.reference.clone(), order.hurry || order.rebuild);
    let moved: Vec<_> = subjects.all.iter().filter(moved).map(name).collect();
    let mut named = Vec::new();
    sql::ask_each(
        connection,
        "SELECT s.reference FROM shipment_references AS r CROSS JOIN shipments AS s ON s.id = r.shipment_id
         WHERE r.environment = ?1 AND r.name = ?2 AND r.scheme = 'order' AND r.issuer = '' AND r.value = ?3 AND s.history = 0",
        moved.iter().map(|(environment, order, _)| [environment.code().to_owned(), names::folded(order), order.clone()]),
        |at, (shipment,): (String,)| {
            named.push((at, shipment));
            Ok(())
        },
    )?;
    let brought = named.iter().map(|(at, shipment)| (moved[*at].0, SubjectKind::Shipment, shipment.as_str()));
    subjects.bring_all(connection, memory, brought)?;
    for (at, shipment) in &named {
        let (environment, _, hurry) = &moved[*at];
        if let Some(place) = subjects.named(*environment, SubjectKind::Shipment, shipment) {
            (subjects.all[place].look, subjects.all[place].orders_moved) = (true, true);
            subjects.all[place].hurry |= hurry;
        }
    }
    Ok(())
}

/// Whether the flags of its orders may be others than are remembered.
fn orders_differ(subject: &Subject, after: &ShipmentState) -> bool {
    let before = changed::before(subject);
    subject.orders_moved || before.watched != after.watched || (after.watched && before.orders != after.orders)
}

/// Orders of which neither the batch nor the memory knew anything, by reference.
type Orders = HashMap<Environment, HashMap<String, State>>;

/// Reads the orders that shipments name for the first time.
fn orders(connection: &Session, memory: &Memory, subjects: &Subjects) -> Result<Orders, StoreError> {
    let mut unknown = HashSet::default();
    for subject in subjects.all.iter().filter(|subject| subject.changed || subject.look) {
        let State::Shipment(shipment) = &subject.state else { continue };
        if shipment.watched && orders_differ(subject, shipment) {
            let named = shipment.orders.iter().map(|order| (subject.environment, order.as_str()));
            unknown.extend(named.filter(|(environment, order)| held(memory, subjects, *environment, order).is_none()));
        }
    }
    let unknown: Vec<(Environment, &str)> = unknown.into_iter().collect();
    let mut orders = Orders::default();
    sql::ask_each(
        connection,
        "SELECT id, state FROM orders WHERE environment = ?1 AND reference = ?2",
        unknown.iter().map(|(environment, order)| [environment.code(), order]),
        |at, (id, json): (String, String)| {
            let (environment, reference) = unknown[at];
            let state = read_state(SubjectKind::Order, &id, &json)?;
            orders.entry(environment).or_default().insert(reference.to_owned(), state);
            Ok(())
        },
    )?;
    Ok(orders)
}

fn held<'s>(memory: &'s Memory, subjects: &'s Subjects, environment: Environment, order: &str) -> Option<&'s State> {
    let held = match subjects.named(environment, SubjectKind::Order, order) {
        Some(at) => &subjects.all[at],
        None => memory.peek(environment, SubjectKind::Order, order)?,
    };
    Some(&held.state)
}

/// What is known of the orders that a shipment names. Nobody watches the orders of old data.
fn flags(
    memory: &Memory,
    subjects: &Subjects,
    orders: &Orders,
    environment: Environment,
    shipment: &ShipmentState,
) -> OrderFlags {
    let mut flags = OrderFlags::default();
    if shipment.watched {
        for order in &shipment.orders {
            let known = held(memory, subjects, environment, order).or_else(|| orders.get(&environment)?.get(order));
            flags.add(order, known.and_then(order_of));
        }
    }
    flags
}

fn order_of(state: &State) -> Option<&OrderState> {
    match state {
        State::Order(order) => Some(order),
        State::Shipment(_) => None,
    }
}

/// What has been wrong for longer than this is no news: it can wait a little.
const NEWS: i64 = Instant::HOUR;
/// What came in bulk is looked at again when nothing more has come for so long, or twice as long: on a grid, so that the time
/// and its index stay as they are while one thing comes after the other.
const SETTLED: i64 = 5 * Instant::SECOND;

/// An import of past weeks says of each shipment what was wrong, and with one of the next events that it ended. So what is new
/// to us and old in the world is left to the timers, unless more comes.
fn leave_old_news(assessment: &mut Assessment, work: &Work, now: Instant) {
    let found = assessment.findings.len();
    let is_known = |finding: &Finding| work.episodes.iter().any(|episode| episode.is_of(finding));
    assessment.findings.retain(|finding| is_known(finding) || now.since(finding.since) < NEWS);
    if assessment.findings.len() < found {
        let settled = Instant((now.0.div_euclid(SETTLED) + 2) * SETTLED);
        assessment.next_at = Some(assessment.next_at.map_or(settled, |next| next.min(settled)));
    }
}

/// Assesses one shipment. It counts as changed if anything else comes of it than before.
fn one(connection: &Session, ledger: &mut Ledger<'_>, rules: &Rules, subject: &mut Subject) -> Result<(), StoreError> {
    let before = changed::before(subject);
    let State::Shipment(after) = &subject.state else { return Ok(()) };
    let waivers = subject.watch.work.waivers();
    let assess = |waivers: &[_]| {
        assess(&Inputs { state: after, orders: &subject.watch.work.orders, waivers, policy: &rules.policy, now: ledger.now })
    };
    let mut assessment = assess(&waivers);
    let mut work = subject.watch.work.clone();
    if !(subject.hurry || subject.rebuild) {
        leave_old_news(&mut assessment, &work, ledger.now);
    }
    assessment.next_at = assessment.next_at.into_iter().chain(subject.again_at).min();
    let steps = work.reconcile(&assessment, ledger.now, ids::fresh);
    if work.excepted_at.is_none() && !steps.is_empty() {
        work.excepted_at = Some(ledger.now);
    }
    let left = work.waivers();
    if left != waivers {
        // What was waived with an exception that is over counts no more.
        let again = assess(&left);
        (assessment.holds, assessment.clocks) = (again.holds, again.clocks);
        assessment.next_at = assessment.next_at.into_iter().chain(again.next_at).min();
    }
    let mut touched = !steps.is_empty();
    if !work.episodes.is_empty() || touched {
        let dimensions = Dimensions::of(after);
        let held = !subject.watch.work.episodes.is_empty();
        let everywhere = held && (work.policy != rules.version || Dimensions::of(before) != dimensions);
        let about = episodes::About { rules, dimensions, now: ledger.now, subject };
        let first = work.put_first(|kind| rules.policy.queue(kind));
        episodes::take(connection, &about, &steps, &work)?;
        episodes::put_first(connection, &steps, &first)?;
        if everywhere {
            episodes::renew(connection, &about, &work)?;
            touched = true;
        }
        work.policy = if work.episodes.is_empty() { 0 } else { rules.version };
    }
    let environment = subject.environment;
    let watch = &mut subject.watch;
    let held = (watch.holds, watch.clocks) == (assessment.holds, assessment.clocks);
    let same = held && watch.next_at == assessment.next_at && watch.work == work;
    watch.moved |= watch.next_at != assessment.next_at;
    watch.held_anew |= !held;
    watch.clocks = assessment.clocks;
    watch.held = watch.holds;
    (watch.holds, watch.next_at, watch.work) = (assessment.holds, assessment.next_at, work);
    if !same {
        subject.changed = true;
        ledger.touch(environment, Topic::Shipments);
    }
    if touched {
        ledger.touch(environment, Topic::Exceptions);
    }
    Ok(())
}
