//! The Overview: what waits, for how much money, what holds it, and where its rows are.

mod sources;
mod stages;
mod tallies;

use super::{Asked, Board, OverviewStore, answer, blank, covered, stock, value};
use crate::{
    domain::{
        access::{Actor, Permission},
        exception::ExceptionKind,
        measure::{LATE, Metric, ON_TIME, Stock},
        metric::Kpi as Key,
        readiness::Holds,
    },
    service::words::{self, Words},
    store::figures::{Adding, By, FiguresStore, Measured, StockSum, Together, Wait, Waits, Why},
};
use app::{
    error::AppError,
    model::{ErpBacklog, ExceptionFilter, KpiFilter, Omission, Overview, Parts, QuarantineFilter, ShipmentFilter, Tally},
    paths,
};
use std::collections::BTreeMap;
use tallies::{ranked, rows_of, summed, tally};

/// How much of a card is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// Sets of holds, and causes.
    parts: usize,
    /// Sources.
    sources: usize,
}

impl Shown {
    /// On the page.
    pub(super) const PAGE: Self = Self { parts: 8, sources: 12 };
    /// In a file.
    pub(super) const ALL: Self = Self { parts: usize::MAX, sources: usize::MAX };
}

/// What is asked for.
struct Page<'p> {
    store: &'p dyn OverviewStore,
    /// What is measured and what waits, of one state.
    board: Board<'p>,
    actor: &'p Actor,
    asked: Asked,
    filter: KpiFilter,
    words: Words,
    shown: Shown,
}

/// Reads the page.
pub(super) async fn read(
    store: &dyn OverviewStore,
    actor: &Actor,
    filter: KpiFilter,
    words: Words,
    shown: Shown,
) -> Result<Overview, AppError> {
    // Lanes are no filter here.
    let filter = KpiFilter { origin: None, destination: None, target: None, part: None, after: None, ..filter };
    let asked = Asked::read(actor, Key::K1, filter.clone(), words, false)?;
    let aged = |of| stock::wait(of).map(|(wait, ages)| (wait, stock::aged(ages, words.now)));
    let waits = [
        Some((Wait::Unbilled, Adding::up(words.now))),
        aged(Stock::AwaitingProof),
        aged(Stock::ErpBacklog),
        Some(by_cause(words)),
    ];
    let waits = waits.into_iter().flatten().map(|(wait, how)| (asked.query.clone(), wait, how)).collect();
    let measured = vec![(asked.query.clone(), stages::METRICS.to_vec()), stock::beside::pace(&asked, Stock::ErpBacklog)];
    let board = Board::of(store, Together { measured, waits, ..Together::default() }).await?;
    Page { store, board, actor, asked, filter, words, shown }.whole().await
}

/// Open exceptions, by cause.
fn by_cause(words: Words) -> (Wait, Adding) {
    (Wait::Exceptions(None), Adding { by: By::Cause, ..Adding::up(words.now) })
}

impl Page<'_> {
    async fn whole(&self) -> Result<Overview, AppError> {
        let store = self.store;
        let query = &self.asked.query;
        let measured = self.board.measured(query, &stages::METRICS).await.map_err(answer)?;
        let standing = store.standing(query, self.words.now).await.map_err(answer)?;
        let unbilled = self.waits(Wait::Unbilled, &Adding::up(self.words.now)).await?;
        let (proof, only_proof) = self.proof().await?;
        let (erp, backlog) = self.erp().await?;
        let told = blank(&self.asked, Some(&measured));
        let pipeline = self.pipeline(&standing, &measured);
        let (on_time, late, rate, left_out) = self.promised(&measured);
        let quarantined = self.quarantined().await?;
        let (sources, further_sources, old_sources) = self.sources(&unbilled, &backlog).await?;
        Ok(Overview {
            as_of: told.as_of,
            known_at: told.known_at,
            under_way: measured.under_way.map(|far| super::under_way_in_words(&self.asked, far, None)),
            meanings: [Key::K25, Key::K8, Key::K6, Key::K7, Key::Otd].map(|key| super::meaning::of(key.contract())).into(),
            period: told.period,
            covers: covered(&self.asked, measured.metrics.values()),
            // Under some filters what is done with is not counted; then what was measured of it tells.
            nothing: standing.stages.values().sum::<u64>() == 0 && measured.metrics.values().all(BTreeMap::is_empty),
            cash: self.cash(&unbilled),
            bottlenecks: stages::bottlenecks(&pipeline),
            pipeline,
            proof,
            only_proof,
            erp,
            causes: self.causes().await?,
            sources,
            further_sources,
            old_sources,
            overdue: self.shipments("past the promise, not delivered", standing.overdue, "overdue", false),
            on_time,
            on_time_rate: rate,
            late,
            left_out,
            quarantined,
            untold: standing.untold.iter().map(|name| stages::milestone(name).to_owned()).collect(),
        })
    }

    async fn waits(&self, wait: Wait, how: &Adding) -> Result<Waits, AppError> {
        self.board.stock(&self.asked.query, wait, how).await.map_err(answer)
    }

    fn rows(&self, key: Key, part: Option<String>) -> String {
        rows_of(key, &self.filter, part)
    }

    /// Delivered, not invoiced, by sets of holds.
    fn cash(&self, waits: &Waits) -> Parts {
        let mut sets: BTreeMap<u32, Vec<&StockSum>> = BTreeMap::new();
        for sum in &waits.sums {
            if let Why::Holds(holds) = sum.why {
                sets.entry(holds.bits()).or_default().push(sum);
            }
        }
        let parts = sets.into_iter().map(|(bits, sums)| {
            let part = tally(stock::hold_words(Holds::from_bits(bits)), sums.iter().copied());
            (part, self.rows(Key::K25, Some(format!("holds:{bits}"))))
        });
        let whole = tally("delivered, not invoiced".into(), &waits.sums);
        ranked((whole, self.rows(Key::K25, None)), parts.collect(), self.shown.parts, self.oldest(waits))
    }

    fn oldest(&self, waits: &Waits) -> Option<String> {
        waits.oldest.map(|since| words::duration(self.words.now.since(since)))
    }

    /// Awaiting POD by age, and of these those that nothing else holds.
    async fn proof(&self) -> Result<(Parts, Tally), AppError> {
        let Some((wait, ages)) = stock::wait(Stock::AwaitingProof) else { return Err(AppError::NotFound) };
        let waits = self.waits(wait, &stock::aged(ages, self.words.now)).await?;
        let parts = ages.iter().enumerate().map(|(at, (code, label, _))| {
            let part = tally((*label).to_owned(), waits.sums.iter().filter(|sum| sum.age == at));
            (part, self.rows(Key::K6, Some(format!("age:{code}"))))
        });
        let whole = tally("wait for a POD".into(), &waits.sums);
        let of_age = summed((whole, self.rows(Key::K6, None)), parts.collect(), self.oldest(&waits));
        let only = |sum: &&StockSum| matches!(sum.why, Why::Holds(holds) if stock::only_proof(holds));
        let only = tally(stock::ONLY_PROOF.into(), waits.sums.iter().filter(only));
        Ok((of_age, only.leading_to(self.rows(Key::K6, Some("only".into())))))
    }

    /// What the ERP has not confirmed, by what it said last and by age.
    async fn erp(&self) -> Result<(ErpBacklog, Waits), AppError> {
        let Some((wait, ages)) = stock::wait(Stock::ErpBacklog) else { return Err(AppError::NotFound) };
        let waits = self.waits(wait, &stock::aged(ages, self.words.now)).await?;
        let (mut states, mut cells) = (Vec::new(), Vec::new());
        for (code, label, why) in stock::ERP_STATES {
            let of = || waits.sums.iter().filter(move |sum| sum.why == why);
            states.push((tally(label.to_owned(), of()), self.rows(Key::K7, Some(format!("state:{code}")))));
            let cell = |(at, (age, label, _)): (usize, &(&str, &str, f64))| {
                let part = Some(format!("state:{code}+age:{age}"));
                tally((*label).to_owned(), of().filter(|sum| sum.age == at)).leading_to(self.rows(Key::K7, part))
            };
            cells.push(ages.iter().enumerate().map(cell).collect());
        }
        let whole = tally("invoiced, not confirmed by the ERP".into(), &waits.sums);
        let states = summed((whole, self.rows(Key::K7, None)), states, self.oldest(&waits));
        let moved = stock::beside::moved(&self.board, &self.asked, Stock::ErpBacklog).await?;
        let drained = stock::beside::drain(&moved, waits.n());
        let erp = ErpBacklog {
            states,
            ages: ages.iter().map(|(_, label, _)| (*label).to_owned()).collect(),
            cells,
            drain: drained.value.words,
            pace: drained.label.trim_start_matches("drain time ").trim_matches(['(', ')']).to_owned(),
        };
        Ok((erp, waits))
    }

    /// Open exceptions by cause, the greatest share of a currency first.
    async fn causes(&self) -> Result<Option<Parts>, AppError> {
        if self.actor.require(Permission::ReadExceptions).is_err() {
            return Ok(None);
        }
        let (wait, how) = by_cause(self.words);
        let waits = self.waits(wait, &how).await?;
        let mut causes: BTreeMap<&str, Vec<&StockSum>> = BTreeMap::new();
        waits.sums.iter().for_each(|sum| causes.entry(&sum.of).or_default().push(sum));
        let parts = causes.into_iter().map(|(cause, sums)| (tally(cause_words(cause), sums), self.of_cause(cause)));
        let whole = tally("open exceptions".into(), &waits.sums);
        // A shipment's money waits once, however many exceptions it has.
        let whole = whole.with_money(waits.once.clone());
        Ok(Some(ranked((whole, self.rows(Key::K8, None)), parts.collect(), self.shown.parts, self.oldest(&waits))))
    }

    /// Where the exceptions of a cause are worked on; where that list has no such filter, its rows.
    fn of_cause(&self, cause: &str) -> String {
        let KpiFilter { region, business_unit, carrier, mode, customer, .. } = self.filter.clone();
        if carrier.is_some() || mode.is_some() || customer.is_some() {
            return self.rows(Key::K8, Some(format!("cause:{cause}")));
        }
        paths::exceptions(&ExceptionFilter {
            view: Some("list".into()),
            cause: Some(cause.to_owned()),
            snoozed: Some("yes".into()),
            region,
            business_unit,
            ..ExceptionFilter::default()
        })
    }

    /// Deliveries of the period against their promise.
    fn promised(&self, measured: &Measured) -> (Tally, Tally, Option<String>, Vec<Omission>) {
        let whole = value::whole(measured.metrics.get(&Metric::DeliveredAgainstPromise));
        let (on_time, late) = (value::of(&whole, &[ON_TIME]), value::of(&whole, &[LATE]));
        let rate = words::percent(on_time, on_time + late).filter(|_| on_time + late >= value::ENOUGH);
        let left_out = value::left_out(Metric::DeliveredAgainstPromise, &whole);
        let on_time = self.shipments("delivered on time", on_time, "on_time", true);
        let late = self.shipments("delivered late", late, "delivered_late", true);
        (on_time, late, rate, left_out)
    }

    /// Shipments by how they stand to their promise.
    fn shipments(&self, label: &str, n: u64, timeliness: &str, of_period: bool) -> Tally {
        let mut filter = ShipmentFilter { timeliness: Some(timeliness.into()), ..self.shipment_filter() };
        if of_period {
            filter.period = self.asked.period();
        }
        Tally { label: label.to_owned(), n, href: paths::shipments(&filter), ..Tally::default() }
    }

    /// The filter, for the list of shipments.
    fn shipment_filter(&self) -> ShipmentFilter {
        let KpiFilter { region, business_unit, carrier, mode, customer, .. } = self.filter.clone();
        ShipmentFilter { region, business_unit, carrier, mode, customer, ..ShipmentFilter::default() }
    }

    async fn quarantined(&self) -> Result<Option<Tally>, AppError> {
        if self.actor.require(Permission::ReadQuarantine).is_err() {
            return Ok(None);
        }
        let n = self.store.in_quarantine(&self.asked.query.sight).await.map_err(answer)?;
        let href = paths::quarantine(&QuarantineFilter::default());
        Ok(Some(Tally { label: "wait for a fix".into(), n, href, ..Tally::default() }))
    }
}

/// A cause as it is called.
pub(super) fn cause_words(cause: &str) -> String {
    let (code, detail) = cause.split_once(':').unwrap_or((cause, ""));
    let kind = ExceptionKind::from_code(code).map_or_else(|| code.to_owned(), |kind| kind.label().to_owned());
    if detail.is_empty() { kind } else { format!("{kind}: {detail}") }
}
