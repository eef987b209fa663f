//! A scenario's world: a store, its clock, and everything that was ever sent to it.

use super::{
    Dump, Fixture, NOW, Open, Store, acting,
    model::{self, Sent},
    tell::Tell,
};
use crate::{
    clock::Clock,
    domain::{
        access::{Environment, Scope},
        event::CanonicalEvent,
        exception::{ExceptionKind, Queue},
        histogram::Histogram,
        measure::Metric,
        money::Currency,
        policy::Policy,
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
        time::Instant,
    },
    store::{
        StoreError,
        config::NewPolicy,
        exceptions::{Assignee, ExceptionQuery, ExceptionState, Groups},
        figures::MeasureQuery,
        intake::Batch,
        measures::cells::counts,
        shipments::{ShipmentQuery, ShipmentWhole, Sight},
        standing::Standing,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

/// A scenario's world.
pub(crate) struct World {
    fixture: Box<dyn Fixture>,
    /// Tells the store its time.
    pub(crate) clock: Clock,
    sent: Mutex<Vec<Sent>>,
    policy: Mutex<Arc<Policy>>,
    waived: Mutex<BTreeSet<(String, ExceptionKind)>>,
}

/// Where shipments stand, and what their deliveries were measured at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) standing: Standing,
    pub(crate) against_promise: Histogram,
    /// By week; weeks without any are left out.
    pub(crate) recorded: BTreeMap<i32, Histogram>,
}

/// Measures of a scope and of the days `[from, to)`.
pub(crate) fn measures_of(sight: Sight, (from_day, to_day): (Option<i32>, Option<i32>)) -> MeasureQuery {
    MeasureQuery {
        sight,
        region: None,
        business_unit: None,
        carrier: None,
        mode: None,
        customer: None,
        origin: None,
        destination: None,
        from_day,
        to_day,
    }
}

/// Live, single events: what most scenarios send.
pub(crate) const LIVE: IntakeTerms = IntakeTerms { environment: Environment::Live, history: false, lane: Lane::Single };

/// All that a live reader without a scope sees.
pub(crate) fn everything() -> Sight {
    Sight { environment: Environment::Live, scope: Scope::ALL }
}

impl World {
    pub(crate) async fn open<F: Open + 'static>() -> Self {
        let clock = Clock::standing(NOW);
        Self {
            fixture: Box::new(F::open(clock.clone()).await),
            clock,
            sent: Mutex::default(),
            policy: Mutex::default(),
            waived: Mutex::default(),
        }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.fixture.store()
    }

    pub(crate) fn fixture(&self) -> &dyn Fixture {
        &*self.fixture
    }

    /// Sends live events in one batch.
    pub(crate) async fn send(&self, tells: &[Tell]) -> Vec<Receipt> {
        self.send_as(LIVE, tells).await
    }

    pub(crate) async fn send_as(&self, terms: IntakeTerms, tells: &[Tell]) -> Vec<Receipt> {
        self.record(terms, tells.iter().map(Tell::event).collect()).await.expect("the store takes it")
    }

    /// Sends events; what is taken is remembered for the model.
    pub(crate) async fn record(&self, terms: IntakeTerms, events: Vec<CanonicalEvent>) -> Result<Vec<Receipt>, StoreError> {
        let items = events.iter().cloned().map(|event| Inbound::Event(Box::new(event))).collect();
        let receipts = self.store().record(Batch { actor: "key:test".into(), terms, items }).await?;
        self.remember(terms, events);
        Ok(receipts)
    }

    /// Events that reached the store on another way than [`Self::record`].
    pub(crate) fn remember(&self, terms: IntakeTerms, events: Vec<CanonicalEvent>) {
        let received_at = self.clock.now();
        let sent = events.into_iter().map(|event| Sent { terms, received_at, event });
        self.sent.lock().expect("no test panics while it holds this").extend(sent);
    }

    /// Puts a policy in force.
    pub(crate) async fn put_policy(&self, policy: Policy) -> i64 {
        let environment = LIVE.environment;
        let replaces = self.store().policy(environment).await.expect("the policy").version;
        let new =
            NewPolicy { environment, replaces, policy: policy.clone(), actor: "user:amira".into(), reason: "agreed".into() };
        let version = self.store().put_policy(new).await.expect("the store takes it");
        *self.policy.lock().expect("no test panics while it holds this") = Arc::new(policy);
        version
    }

    /// Tells the model that an exception is waived, or no longer.
    pub(crate) fn waived(&self, shipment: &str, kind: ExceptionKind, waived: bool) {
        let mut all = self.waived.lock().expect("no test panics while it holds this");
        if waived {
            all.insert((shipment.to_owned(), kind))
        } else {
            all.remove(&(shipment.to_owned(), kind))
        };
    }

    /// Groups and totals tell what the rows are.
    async fn check_groups(&self, dump: &Dump) {
        let Groups { groups, totals } = self.store().exception_groups(&acting::all(self), u32::MAX).await.expect("groups");
        let open: Vec<_> = dump.open.iter().filter(|([environment, ..], _)| environment == "live").collect();
        assert_eq!(groups.iter().map(|group| group.shipments).sum::<u64>(), open.len() as u64, "exceptions of shipments");
        assert_eq!(groups.iter().map(|group| group.exceptions).sum::<u64>(), totals.exceptions, "exceptions");
        let money: BTreeMap<_, _> = open.iter().map(|([_, reference, ..], (_, _, money, _))| (reference, money)).collect();
        assert_eq!(totals.shipments, money.len() as u64, "shipments that exceptions hold");
        let mut sums: BTreeMap<String, i64> = BTreeMap::new();
        for (minor, currency) in money.into_values().flatten() {
            *sums.entry(currency.clone()).or_default() += minor;
        }
        sums.retain(|_, minor| *minor != 0);
        let held = totals.money.iter().map(|money| (money.currency.code().to_owned(), money.minor)).collect();
        assert_eq!(sums, held, "money that waits");
        self.check_totals().await;
    }

    /// Whatever is asked for, the totals are those of the rows, each shipment once.
    async fn check_totals(&self) {
        let all = acting::all(self);
        let named = |name: &str| Some(Assignee::Named(name.to_owned()));
        let hands = [
            (None, None),
            (Some(Assignee::Nobody), None),
            (named("ben"), None),
            (None, Some(ExceptionState::Open)),
            (None, Some(ExceptionState::Claimed)),
            (Some(Assignee::Nobody), Some(ExceptionState::Open)),
        ];
        for kind in [ExceptionKind::UnknownCode, ExceptionKind::SourceConflict, ExceptionKind::PodMissing] {
            self.check_totals_of(&ExceptionQuery { kind: Some(kind), ..all.clone() }).await;
        }
        for (assignee, state) in hands {
            for queue in std::iter::once(None).chain(Queue::ALL.map(Some)) {
                for snoozed in [true, false] {
                    let query = ExceptionQuery { assignee: assignee.clone(), state, queue, snoozed, ..all.clone() };
                    self.check_totals_of(&query).await;
                }
            }
        }
    }

    async fn check_totals_of(&self, query: &ExceptionQuery) {
        let page = self.store().exceptions(query, None, 10_000).await.expect("a list");
        let money: BTreeMap<_, _> = page.rows.iter().filter_map(|row| Some((row.shipment_id.as_ref()?, row.money))).collect();
        assert_eq!(page.totals.exceptions, page.rows.len() as u64, "exceptions of {query:?}");
        assert_eq!(page.totals.shipments, money.len() as u64, "shipments of {query:?}");
        let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
        for money in money.into_values().flatten() {
            *sums.entry(money.currency).or_default() += money.minor;
        }
        sums.retain(|_, minor| *minor != 0);
        assert_eq!(
            page.totals.money.iter().map(|money| (money.currency, money.minor)).collect::<BTreeMap<_, _>>(),
            sums,
            "{query:?}"
        );
    }

    pub(crate) async fn dump(&self) -> Dump {
        self.fixture.dump().await
    }

    /// Everything stored equals the recomputation, and folding changes no figure.
    pub(crate) async fn check(&self) {
        let sent = self.sent.lock().expect("no test panics while it holds this").clone();
        // What came in bulk has settled.
        self.clock.advance(10 * Instant::SECOND);
        while self.store().look_again(100).await.expect("looks") == 100 {}
        let rules = model::Rules {
            policy: Arc::clone(&self.policy.lock().expect("no test panics while it holds this")),
            waived: self.waived.lock().expect("no test panics while it holds this").clone(),
            now: sent.iter().map(|sent| sent.received_at).max().map_or(self.clock.now(), |last| last.max(self.clock.now())),
        };
        let expected = model::dump(&sent, &rules);
        let before = self.figures().await;
        for limit in [0, 1, 2, 7, u32::MAX] {
            self.store().fold_measures(limit).await.expect("folds");
            assert_eq!(self.figures().await, before, "folding changed a figure");
            self.fixture.check_measured().await;
        }
        let held = self.dump().await;
        self.check_groups(&held).await;
        assert_eq!(held.effective, expected.effective, "effective events");
        assert_eq!(held.shipments, expected.shipments, "shipments");
        assert_eq!(held.orders, expected.orders, "orders");
        assert_eq!(held.assessed, expected.assessed, "assessments");
        assert_eq!(held.open, expected.open, "open exceptions");
        assert_eq!(held.names, expected.names, "names");
        assert_eq!(held.counts, expected.counts, "counts");
        assert_eq!(held.measures, expected.measures, "measures");
        assert_eq!(held.cells, expected.cells, "cells");
        assert_eq!(self.days().await, model::days(&expected), "days with a delivery");
    }

    /// The figures of everything, without an end.
    pub(crate) async fn figures(&self) -> Figures {
        self.figures_in(everything()).await
    }

    pub(crate) async fn figures_in(&self, sight: Sight) -> Figures {
        self.figures_of(sight, (None, None)).await
    }

    /// The figures of a scope and of the days `[from, to)`.
    pub(crate) async fn figures_of(&self, sight: Sight, (from_day, to_day): (Option<i32>, Option<i32>)) -> Figures {
        let query = measures_of(sight, (from_day, to_day));
        let metrics = [Metric::DeliveredAgainstPromise, Metric::DeliveredToRecorded];
        let measured = self.store().measured(&query, &metrics).await.expect("measures");
        // Sums stand in bins of their own.
        let counted = |week: &Histogram| week.iter().filter(|(bin, _)| counts(*bin)).collect::<Histogram>();
        let weeks = |metric| {
            let weeks = measured.metrics.get(&metric).into_iter().flatten().map(|(monday, week)| (*monday, counted(week)));
            weeks.filter(|(_, week)| *week != Histogram::default()).collect::<BTreeMap<i32, Histogram>>()
        };
        let mut against_promise = Histogram::default();
        weeks(Metric::DeliveredAgainstPromise).values().for_each(|week| against_promise.merge(week));
        let standing = self.store().standing(&query, self.clock.now()).await.expect("standing");
        Figures { standing, against_promise, recorded: weeks(Metric::DeliveredToRecorded) }
    }

    /// First and last day on which something was delivered.
    pub(crate) async fn days(&self) -> Option<(i32, i32)> {
        let (query, metric) = (measures_of(everything(), (None, None)), [Metric::DeliveredAgainstPromise]);
        let mut measured = self.store().measured(&query, &metric).await.expect("measures");
        let weeks = measured.metrics.remove(&Metric::DeliveredAgainstPromise)?;
        let (mut first, mut last) = (None, None);
        for day in weeks.keys().flat_map(|monday| *monday..monday + 7) {
            let of_day = self.figures_of(everything(), (Some(day), Some(day + 1))).await;
            if of_day.against_promise.total() > 0 {
                first = first.or(Some(day));
                last = Some(day);
            }
        }
        first.zip(last)
    }

    /// A shipment by its reference, as a live reader without a scope sees it.
    pub(crate) async fn shipment(&self, reference: &str) -> ShipmentWhole {
        let found = self.store().by_name(&everything(), reference, 10).await.expect("search");
        let named = found.iter().find(|named| named.reference == reference).expect("the shipment is found by its reference");
        self.store().shipment(&everything(), &named.id).await.expect("it is there")
    }
}

/// The list without a filter.
pub(crate) fn all_shipments() -> ShipmentQuery {
    ShipmentQuery {
        sight: everything(),
        region: None,
        business_unit: None,
        carrier: None,
        mode: None,
        customer: None,
        stage: None,
        promise: None,
        awaiting_pod: false,
        delivered: false,
        from: None,
        to: None,
    }
}
