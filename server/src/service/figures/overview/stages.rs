//! The way from plan to cash: how many stand where, how long it takes, and where most of the time is lost.

use super::{Page, value};
use crate::{
    domain::{measure::Metric, metric::Kpi as Key, shipment::Stage},
    service::words,
    store::{figures::Measured, standing::Standing},
};
use app::{
    model::{KpiFilter, Omission, Percentiles, PipelineStep, ShipmentFilter, Tally, group_thousands},
    paths,
};

/// What is measured of a period.
pub(super) const METRICS: [Metric; 5] = [
    Metric::DeliveredAgainstPromise,
    Metric::DispatchToDelivery,
    Metric::DeliveryToProof,
    Metric::ProofToInvoice,
    Metric::InvoiceToPosting,
];

/// How long a stage took: hours, in words, until what.
struct Took {
    hours: f64,
    words: String,
    until: &'static str,
    /// How many it is of, and where they are.
    of: (Key, Option<Metric>, u64),
}

/// What a stage's time is measured by.
struct Timed {
    metric: Metric,
    until: &'static str,
    /// Which figure has it, as itself or as a part.
    key: Key,
    is_part: bool,
}

fn timed(stage: Stage) -> Option<Timed> {
    let (metric, until, key, is_part) = match stage {
        Stage::InTransit => (Metric::DispatchToDelivery, "from the dispatch to the delivery", Key::K1, true),
        Stage::Delivered => (Metric::DeliveryToProof, "until the POD", Key::K5, false),
        Stage::PodReceived => (Metric::ProofToInvoice, "until the invoice", Key::K4, true),
        Stage::Invoiced => (Metric::InvoiceToPosting, "until the ERP posted it", Key::K3, true),
        _ => return None,
    };
    Some(Timed { metric, until, key, is_part })
}

/// Where that is which is left out of a stage's time.
fn left_out_href(stage: Stage, filter: &KpiFilter) -> String {
    let of = |Timed { metric, key, is_part, .. }| {
        let part = if is_part { format!("{}:left_out", Metric::code(metric)) } else { "left_out".to_owned() };
        paths::kpi_part(Key::code(key), &part, filter)
    };
    timed(stage).map(of).unwrap_or_default()
}

/// What is left out of a stage's time, and why.
fn left_out(stage: Stage, measured: &Measured) -> Vec<Omission> {
    let of = |Timed { metric, .. }| value::left_out(metric, &value::whole(measured.metrics.get(&metric)));
    timed(stage).map(of).unwrap_or_default()
}

fn took(stage: Stage, measured: &Measured) -> Option<Took> {
    let Timed { metric, until, key, is_part } = timed(stage)?;
    let whole = value::whole(measured.metrics.get(&metric));
    let value = value::duration(metric, &whole);
    // Of few cases there is no median.
    let Percentiles { p50: hours, p90, .. } = value.percentiles?;
    Some(Took {
        hours,
        words: format!("half within {}, nine of ten within {}", words::hours(hours), words::hours(p90)),
        until,
        of: (key, is_part.then_some(metric), value::cases(&whole)),
    })
}

/// After the delivery all waiting is paper: there the bottleneck is looked for.
fn is_paper(stage: Stage) -> bool {
    matches!(stage, Stage::Delivered | Stage::PodReceived | Stage::Invoiced)
}

/// Where most time goes, in sentences: on the way, where there is one stage that is measured, and in the papers after it.
pub(super) fn bottlenecks(steps: &[PipelineStep]) -> Vec<String> {
    let told = |words: &str, step: &PipelineStep| {
        let (took, until) = (step.took.as_deref()?, step.until.as_deref()?);
        let n = step.tally.n;
        let stand =
            if n == 1 { "1 shipment stands".to_owned() } else { format!("{} shipments stand", group_thousands(&n.to_string())) };
        Some(format!("{words} {stand} in “{}”, {took} {until}.", step.tally.label))
    };
    let way = steps.iter().find(|step| step.stage == Stage::InTransit && step.tally.n > 0);
    let papers = steps.iter().find(|step| step.bottleneck);
    let way = way.and_then(|step| told("On the way:", step));
    let papers = papers.and_then(|step| told("In the papers most time goes here:", step));
    way.into_iter().chain(papers).collect()
}

/// A milestone in words.
pub(super) fn milestone(name: &str) -> &'static str {
    match name {
        "dispatched" => "Dispatch",
        "delivered" => "Delivery",
        "pod" => "POD",
        _ => "Invoice",
    }
}

impl Page<'_> {
    pub(super) fn pipeline(&self, standing: &Standing, measured: &Measured) -> Vec<PipelineStep> {
        // What is done with grows for ever: the bars compare what is under way.
        let under_way = |stage: Stage| !matches!(stage, Stage::Posted | Stage::Cancelled);
        let most = standing.stages.iter().filter(|(stage, _)| under_way(**stage)).map(|(_, n)| *n).max().unwrap_or(0).max(1);
        let of = |(stage, n): (&Stage, &u64)| (*stage, *n, took(*stage, measured));
        let steps: Vec<(Stage, u64, Option<Took>)> = standing.stages.iter().map(of).collect();
        let lost = |(stage, n, took): &(Stage, u64, Option<Took>)| {
            let hours = took.as_ref().filter(|_| is_paper(*stage))?.hours;
            Some((*stage, *n as f64 * hours)).filter(|(_, lost)| *lost > 0.0)
        };
        let bottleneck = steps.iter().filter_map(lost).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(stage, _)| stage);
        let step = |(stage, n, took): (Stage, u64, Option<Took>)| {
            let filter = ShipmentFilter { stage: Some(stage.code().into()), ..self.shipment_filter() };
            let tally = Tally {
                label: stage.label().to_owned(),
                n,
                share: u16::try_from(n * 1_000 / most).ok().filter(|_| under_way(stage)),
                href: paths::shipments(&filter),
                ..Tally::default()
            };
            let took_hours = took.as_ref().map(|took| took.hours);
            let took_of = took.as_ref().map(|Took { of: (key, part, n), .. }| {
                let part = part.map(|part| part.code().to_owned());
                let href = paths::kpi_rows(key.code(), &KpiFilter { part, ..self.filter.clone() });
                Tally { n: *n, href, ..Tally::default() }
            });
            let (words, until) = took.map(|took| (took.words, took.until.to_owned())).unzip();
            let (left_out, left_out_href) = (left_out(stage, measured), left_out_href(stage, &self.filter));
            PipelineStep {
                stage,
                tally,
                took_hours,
                took: words,
                until,
                took_of,
                left_out,
                left_out_href,
                bottleneck: bottleneck == Some(stage),
            }
        };
        steps.into_iter().map(step).collect()
    }
}
