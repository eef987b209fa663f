//! Every figure of a simulated quarter, computed twice: as measures, and from plain lists of events.

use super::{
    found::Folded,
    plain::{Plain, Span, World},
    *,
};
use crate::domain::{
    assess::Inputs,
    measure::{
        LATE, Measure, Metric as M, NEGATIVE, NO_PROMISE, NO_START, ON_TIME, STAGES, Stock, Told, Trail, bin_currency, bin_hours,
        day_of, flows, intervals, percentile,
    },
};
use std::collections::BTreeSet;

/// Counts and sums by metric, day, region and class: a class is an exclusion, a currency, or 0 of a duration.
pub(crate) type Table = BTreeMap<(&'static str, i32, String, String), (i64, i64)>;
/// Durations by metric and region, and over all regions.
type Durations = BTreeMap<(&'static str, String), Vec<i64>>;

/// The same from bins: hours and how many.
type Ranked = BTreeMap<(&'static str, String), Vec<(f64, u64)>>;

fn quarter() -> Options {
    Options::days(2_500, 91, NOON)
}

/// What happened here, invented: a third had an exception, a quarter was touched.
fn trail(reference: &str, delivered: Option<i64>) -> (Option<Instant>, Vec<Instant>) {
    let number = reference.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let around = |share: u64| {
        delivered
            .map(|at| Instant(at).plus((i64::from(number as u16) - 20_000) * Instant::MINUTE / 10))
            .filter(|_| number % share == 0)
    };
    (around(3), around(4).into_iter().collect())
}

#[derive(Default)]
struct Book {
    table: Table,
    durations: Durations,
}

impl Book {
    fn count(&mut self, metric: M, day: i32, region: &str, class: impl Into<String>, sum: i64) {
        let cell = self.table.entry((metric.code(), day, region.to_owned(), class.into())).or_default();
        (cell.0, cell.1) = (cell.0 + 1, cell.1 + sum);
    }

    fn class(&mut self, metric: M, at: i64, region: &str, bin: i32) {
        self.count(metric, day_of(Instant(at)), region, format!("bin {bin}"), 0);
    }

    fn span(&mut self, metric: M, stop: i64, region: &str, span: Span) {
        match span {
            Err(bin) => self.class(metric, stop, region, bin),
            Ok(millis) => {
                self.count(metric, day_of(Instant(stop)), region, "", millis);
                for region in [region, ""] {
                    self.durations.entry((metric.code(), region.to_owned())).or_default().push(millis);
                }
            }
        }
    }

    fn money(&mut self, metric: M, at: i64, region: &str, money: Option<(String, i64)>) {
        let (currency, minor) = money.unwrap_or_default();
        self.count(metric, day_of(Instant(at)), region, currency, minor);
    }
}

/// From the measures.
fn measured(seed: u64, options: Options) -> (Table, Ranked) {
    let policy = policy();
    let mut book = Book::default();
    let mut bins: BTreeMap<(&'static str, String), BTreeMap<i32, u64>> = BTreeMap::new();
    for (reference, state, orders) in Folded::of(seed, options).each() {
        let inputs = Inputs { state, orders: &orders, waivers: &[], policy: &policy, now: options.until };
        let (excepted_at, touches) = trail(reference, state.summary().delivered.map(|(at, _)| at.0));
        let region = state.summary().region;
        for Measure { metric, day, bin, sum } in flows(&Told { inputs: &inputs, trail: Trail { excepted_at, touches: &touches } })
        {
            use crate::domain::measure::Shape;
            match metric.shape() {
                Shape::Duration if bin >= 0 => {
                    book.count(metric, day, region, "", sum);
                    for region in [region, ""] {
                        *bins.entry((metric.code(), region.to_owned())).or_default().entry(bin).or_default() += 1;
                    }
                }
                Shape::Sum => book.count(metric, day, region, "", sum),
                Shape::Money => {
                    let currency = bin_currency(bin).map(|currency| currency.code().to_owned());
                    book.count(metric, day, region, currency.unwrap_or_default(), sum);
                }
                _ => book.count(metric, day, region, format!("bin {bin}"), sum),
            }
        }
    }
    let hours = |bins: BTreeMap<i32, u64>| {
        let mut hours: Vec<_> = bins.into_iter().map(|(bin, n)| (bin_hours(bin).expect("a duration"), n)).collect();
        hours.sort_by(|a, b| a.0.total_cmp(&b.0));
        hours
    };
    (book.table, bins.into_iter().map(|(key, bins)| (key, hours(bins))).collect())
}

fn good(good: bool) -> i32 {
    if good { ON_TIME } else { LATE }
}

/// From the events.
fn computed(seed: u64, options: Options) -> Book {
    let world = World::of(seed, options);
    let mut book = Book::default();
    for shipment in world.each() {
        let region = &shipment.text("region");
        let (excepted, touches) = trail(&shipment.reference, shipment.delivered());
        if let Some(delivered) = shipment.delivered() {
            delivery(&mut book, &shipment, delivered, excepted);
        }
        if let Some(invoiced) = shipment.invoiced() {
            invoice(&mut book, &shipment, invoiced, &touches);
        }
        if let Some(posted) = shipment.posted() {
            book.span(M::DeliveryToPosting, posted, region, shipment.posting_span(shipment.delivered()));
            book.span(M::InvoiceToPosting, posted, region, shipment.posting_span(shipment.invoiced()));
        }
        for stock in Stock::ALL {
            let Some((start, stop)) = stay(&shipment, stock).filter(|(start, stop)| stop.is_none_or(|stop| start < &stop)) else {
                continue;
            };
            let (opened, closed) = stock.metrics();
            book.money(opened, start, region, shipment.money());
            if let Some(stop) = stop {
                book.money(closed, stop, region, shipment.money());
            }
        }
    }
    book
}

fn delivery(book: &mut Book, shipment: &Plain<'_>, delivered: i64, excepted: Option<Instant>) {
    let region = &shipment.text("region");
    let promised = shipment.promised();
    let bin = promised.map_or(NO_PROMISE, |promised| good(delivered <= promised));
    book.class(M::DeliveredAgainstPromise, delivered, region, bin);
    book.span(M::DispatchToDelivery, delivered, region, shipment.transit_span(delivered));
    let recorded = shipment.delivered_to_recorded().expect("it was delivered");
    book.span(M::DeliveredToRecorded, delivered, region, recorded);
    if let Some(proof) = shipment.proof() {
        book.span(M::DeliveryToProof, proof, region, shipment.proof_span(proof));
    }
    if let Some(validated) = shipment.validated() {
        book.span(M::DeliveryToValidProof, validated, region, shipment.proof_span(validated));
    }
    let proof = shipment.standing_proof().and(shipment.proof());
    let bin = proof.map_or(NO_PROMISE, |proof| good(proof - delivered <= 24 * Instant::HOUR));
    book.class(M::ProofOfDelivery, delivered, region, bin);
    let wrong = excepted.is_some_and(|at| shipment.invoiced().is_none_or(|invoiced| at.0 < invoiced));
    book.class(M::DeliveredClean, delivered, region, good(!wrong));
}

fn invoice(book: &mut Book, shipment: &Plain<'_>, invoiced: i64, touches: &[Instant]) {
    let region = &shipment.text("region");
    let dispatched = shipment.first("shipment.dispatched");
    let whole = shipment.invoice_span(dispatched);
    book.span(M::DispatchToInvoice, invoiced, region, whole);
    if let Ok(whole) = whole {
        let stages = shipment.stages();
        assert_eq!(stages.iter().sum::<i64>(), whole, "{}", shipment.reference);
        let metrics: [M; STAGES] =
            [M::StageTransit, M::StageProof, M::StageCheck, M::StageRating, M::StageApproval, M::StageIssue];
        for (metric, millis) in metrics.into_iter().zip(stages).filter(|(_, millis)| *millis != 0) {
            book.count(metric, day_of(Instant(invoiced)), region, "", millis);
        }
        book.class(M::StagesInOrder, invoiced, region, good(shipment.in_order()));
    }
    book.span(M::DeliveryToInvoice, invoiced, region, shipment.invoice_span(shipment.delivered()));
    if let Some(proof) = shipment.proof() {
        book.span(M::ProofToInvoice, invoiced, region, shipment.invoice_span(Some(proof)));
    }
    if let Some(validated) = shipment.validated() {
        book.span(M::ValidProofToInvoice, invoiced, region, shipment.invoice_span(Some(validated)));
    }
    book.span(M::ReadyToInvoice, invoiced, region, shipment.ready_span());
    for (metric, start) in [(M::UntouchedFromDispatch, dispatched), (M::UntouchedFromDelivery, shipment.delivered())] {
        let bin = match start {
            None => NO_START,
            Some(start) if start > invoiced => NEGATIVE,
            Some(start) => good(!touches.iter().any(|touch| start <= touch.0 && touch.0 <= invoiced)),
        };
        book.class(metric, invoiced, region, bin);
    }
    book.class(M::BilledOnce, invoiced, region, good(!shipment.billed_twice()));
}

/// From when to when it was in a stock.
fn stay(shipment: &Plain<'_>, stock: Stock) -> Option<(i64, Option<i64>)> {
    if !shipment.is_work() {
        return None;
    }
    match stock {
        Stock::AwaitingProof | Stock::NeedingProof if !shipment.wants_proof() => None,
        Stock::AwaitingProof => {
            Some((shipment.delivered()?, shipment.accepted_proof().into_iter().chain(shipment.billed()).min()))
        }
        Stock::Unbilled | Stock::NeedingProof => Some((shipment.delivered()?, shipment.billed())),
        Stock::ErpBacklog => Some((shipment.invoiced()?, shipment.posted())),
        Stock::Unassigned => Some((shipment.last("shipment.planned")?, shipment.taken_on())),
    }
}

/// Counts and sums of a simulation, computed from its events.
pub(crate) fn table(seed: u64, options: Options) -> Table {
    computed(seed, options).table
}

/// What waits at the end of a simulation, by region and for what, and since when each does, computed from its events.
pub(crate) fn waiting(seed: u64, options: Options) -> BTreeMap<(String, &'static str), BTreeMap<String, i64>> {
    let mut waiting: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for shipment in World::of(seed, options).each().filter(Plain::is_work) {
        let delivered = shipment.delivered();
        let unbilled = shipment.billed().is_none();
        let backlog = shipment.invoiced().filter(|_| shipment.posted().is_none());
        let refused = shipment.first("erp_posting.failed").is_some();
        let called_off = shipment.first("shipment.cancelled").is_some() && delivered.is_none();
        let none_came = shipment.proof().or(shipment.first("pod.rejected")).is_none();
        for (what, since) in [
            ("unbilled", delivered.filter(|_| unbilled)),
            ("dispatched", shipment.first("shipment.dispatched").filter(|_| unbilled && !called_off)),
            ("ready", shipment.ready(i64::MAX).ok().filter(|_| unbilled)),
            ("unproven", delivered.filter(|_| shipment.wants_proof() && none_came)),
            ("validated", shipment.validated().filter(|_| unbilled)),
            ("refused", backlog.filter(|_| refused)),
            ("no_word", backlog.filter(|_| !refused)),
            ("unposted", delivered.filter(|_| backlog.is_some())),
        ] {
            if let Some(since) = since {
                waiting.entry((shipment.text("region"), what)).or_default().insert(shipment.reference.clone(), since);
            }
        }
    }
    waiting
}

#[test]
fn every_figure_of_a_quarter_is_what_a_plain_computation_says() {
    for seed in [1, 2] {
        let (measured, bins) = measured(seed, quarter());
        let Book { table, mut durations } = computed(seed, quarter());
        for (key, (n, sum)) in &table {
            assert_eq!(measured.get(key), Some(&(*n, *sum)), "seed {seed}: {key:?}");
        }
        let extra: Vec<_> = measured.keys().filter(|key| !table.contains_key(*key)).take(5).collect();
        assert!(extra.is_empty(), "seed {seed}: {extra:?}");
        let metrics: BTreeSet<_> = table.keys().map(|key| key.0).collect();
        for metric in M::ALL {
            assert!(metrics.contains(metric.code()), "nothing was measured of {}", metric.code());
        }
        assert_eq!(bins.keys().collect::<Vec<_>>(), durations.keys().collect::<Vec<_>>());
        for (key, exact) in &mut durations {
            exact.sort_unstable();
            for share in [0.5, 0.75, 0.9, 0.95, 0.99] {
                let rank = (share * exact.len() as f64).ceil().max(1.0) as usize;
                let (exact, told) = (exact[rank - 1] as f64 / 3_600_000.0, percentile(&bins[key], share).expect("it has cases"));
                assert!((told - exact).abs() <= exact * 0.01 + 1.0 / 3_600.0, "{key:?} p{share}: {told} h instead of {exact} h");
            }
        }
    }
}

/// Stocks of the past: who was in them at the end of any week, and that openings less closings say the same.
#[test]
fn a_stock_of_any_day_is_what_opened_less_what_closed() {
    let (options, policy) = (quarter(), policy());
    let world = World::of(3, options);
    let mut opened: BTreeMap<(Stock, i32), i64> = BTreeMap::new();
    let mut held = Vec::new();
    for (_, state, orders) in Folded::of(3, options).each() {
        let inputs = Inputs { state, orders: &orders, waivers: &[], policy: &policy, now: options.until };
        for interval in intervals(&Told { inputs: &inputs, trail: Trail::default() }) {
            *opened.entry((interval.stock, day_of(interval.start))).or_default() += 1;
            if let Some(stop) = interval.stop {
                *opened.entry((interval.stock, day_of(stop))).or_default() -= 1;
            }
            held.push(interval);
        }
    }
    let last = day_of(options.until);
    for stock in Stock::ALL {
        let mut most = 0;
        for day in (last - 84..=last).step_by(7) {
            let end = Instant(i64::from(day + 1) * Instant::DAY - 1);
            let among = |(start, stop): (i64, Option<i64>)| start <= end.0 && stop.is_none_or(|stop| stop > end.0);
            let plain = world.each().filter_map(|shipment| stay(&shipment, stock)).filter(|stay| among(*stay)).count();
            let inside = held.iter().filter(|interval| interval.stock == stock && interval.contains(end)).count();
            let balance: i64 = opened.range((stock, i32::MIN)..=(stock, day)).map(|(_, n)| n).sum();
            assert_eq!((inside, balance), (plain, plain as i64), "{stock:?} on day {day}");
            most = most.max(plain);
        }
        assert!(most > 5, "{stock:?} was never filled");
    }
}
