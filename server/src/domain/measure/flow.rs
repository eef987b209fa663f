//! What a shipment contributes to figures over a period: each measure counts on the day of the event that stopped its clock.

use super::{
    CONSOLIDATED, LATE, Measure, Metric, NEGATIVE, NEVER_READY, NO_PROMISE, NO_START, OLD_DATA, ON_TIME, Stages, Told,
    ZERO_CHARGE, day_of, measures, pod_grace, span_bin, stages, stock,
};
use crate::domain::{
    assess::{Case, is_consolidated},
    fact::FactKey as K,
    readiness::ready_at,
    time::{Instant, Precision},
};

/// A time, and how exactly it is known.
type When = (Instant, Precision);

/// Everything that a shipment contributes, in the order of the metrics.
pub fn flows(told: &Told<'_>) -> Vec<Measure> {
    let case = Case::of(told.inputs);
    let mut flows = measures(told.inputs.state);
    let of = Flow { told, case: &case };
    if let Some(delivered) = case.told(K::Delivered) {
        of.delivered(delivered, &mut flows);
    }
    if let Some(invoiced) = told.inputs.state.first(K::InvoiceReleased) {
        of.invoiced(invoiced, &mut flows);
    }
    if let Some(posted) = told.inputs.state.first(K::ErpPosted) {
        of.posted(posted, &mut flows);
    }
    stock::measured(&case, &mut flows);
    flows
}

struct Flow<'a> {
    told: &'a Told<'a>,
    case: &'a Case<'a>,
}

/// A class, counted on the day of this event.
fn class(metric: Metric, at: Instant, bin: i32) -> Measure {
    Measure { metric, day: day_of(at), bin, sum: 0 }
}

/// The time from `start` to `stop`, counted on the day of `stop`.
fn span(metric: Metric, start: Option<When>, stop: When) -> Measure {
    let (bin, sum) = start.map_or((NO_START, 0), |start| span_bin(start, stop));
    Measure { metric, day: day_of(stop.0), bin, sum }
}

/// The bin of a class that is good or not, and not asked of old data.
fn good(good: bool) -> i32 {
    if good { ON_TIME } else { LATE }
}

impl Flow<'_> {
    fn is_watched(&self) -> bool {
        self.told.inputs.state.watched
    }

    fn delivered(&self, delivered: When, flows: &mut Vec<Measure>) {
        let (case, at) = (self.case, delivered.0);
        let first = self.told.inputs.state.proven_at;
        flows.push(span(Metric::DispatchToDelivery, self.told.inputs.state.first(K::Dispatched), delivered));
        if let Some(proven) = first {
            flows.push(span(Metric::DeliveryToProof, Some(delivered), (proven, Precision::Instant)));
        }
        if let Some(validated) = case.validated().and_then(|_| case.told(K::PodValidated)) {
            flows.push(span(Metric::DeliveryToValidProof, Some(delivered), validated));
        }
        let proof = match (first.filter(|_| case.proven().is_some()), pod_grace(case)) {
            // What the policy is matters to nobody's old data.
            _ if !self.is_watched() => OLD_DATA,
            (None, _) => NO_PROMISE,
            (Some(proven), Some(grace)) => good(proven.since(at) <= grace),
            (Some(_), None) => ON_TIME,
        };
        flows.push(class(Metric::ProofOfDelivery, at, proof));
        let invoiced = self.told.inputs.state.first(K::InvoiceReleased);
        let clean = match self.told.trail.excepted_at {
            _ if !self.is_watched() => OLD_DATA,
            Some(excepted) => good(invoiced.is_some_and(|(invoiced, _)| invoiced <= excepted)),
            None => ON_TIME,
        };
        flows.push(class(Metric::DeliveredClean, at, clean));
    }

    fn invoiced(&self, invoiced: When, flows: &mut Vec<Measure>) {
        let (case, state) = (self.case, self.told.inputs.state);
        let excluded = if case.money(K::InvoiceAmount).is_some_and(|money| money.minor == 0) {
            Some(ZERO_CHARGE)
        } else if is_consolidated(state) {
            Some(CONSOLIDATED)
        } else {
            None
        };
        let mut measure = |metric, start| {
            let flow = match excluded {
                Some(bin) => class(metric, invoiced.0, bin),
                None => span(metric, start, invoiced),
            };
            flows.push(flow);
        };
        measure(Metric::DispatchToInvoice, state.first(K::Dispatched));
        measure(Metric::DeliveryToInvoice, case.told(K::Delivered));
        if let Some(proven) = state.proven_at {
            measure(Metric::ProofToInvoice, Some((proven, Precision::Instant)));
        }
        if case.validated().is_some() {
            measure(Metric::ValidProofToInvoice, case.told(K::PodValidated));
        }
        flows.push(self.ready(invoiced, excluded));
        self.stages(invoiced, flows);
        self.touches(invoiced.0, flows);
        let bills = state.invoices.len().max(state.documents.len());
        flows.push(class(Metric::BilledOnce, invoiced.0, good(bills <= 1)));
    }

    /// From the last condition that was met to the invoice.
    fn ready(&self, invoiced: When, excluded: Option<i32>) -> Measure {
        let metric = Metric::ReadyToInvoice;
        let out = |bin| class(metric, invoiced.0, bin);
        match excluded {
            _ if !self.is_watched() => out(OLD_DATA),
            Some(bin) => out(bin),
            None => match ready_at(self.case, invoiced.0) {
                None => out(NEVER_READY),
                Some(ready) => span(metric, Some(ready), invoiced),
            },
        }
    }

    /// The stages of what counts as dispatch to invoice; whole and parts are the same sum.
    fn stages(&self, invoiced: When, flows: &mut Vec<Measure>) {
        let whole = flows.iter_mut().find(|flow| flow.metric == Metric::DispatchToInvoice).filter(|flow| flow.bin >= 0);
        let (Some(whole), Some((dispatched, _))) = (whole, self.told.inputs.state.first(K::Dispatched)) else { return };
        let Stages { millis, in_order } = Stages::of(self.case, dispatched, invoiced.0);
        whole.sum = millis.iter().sum();
        let day = whole.day;
        // Its count says how many there are; a stage of no length adds nothing.
        let parts = stages::METRICS.into_iter().zip(millis).filter(|(_, sum)| *sum != 0);
        flows.extend(parts.map(|(metric, sum)| Measure { metric, day, bin: 0, sum }));
        flows.push(class(Metric::StagesInOrder, invoiced.0, good(in_order)));
    }

    fn touches(&self, invoiced: Instant, flows: &mut Vec<Measure>) {
        let starts = [
            (Metric::UntouchedFromDispatch, self.told.inputs.state.first(K::Dispatched).map(|(at, _)| at)),
            (Metric::UntouchedFromDelivery, self.case.at(K::Delivered)),
        ];
        for (metric, start) in starts {
            let touched = |start: Instant| self.told.trail.touches.iter().any(|touch| (start..=invoiced).contains(touch));
            let bin = match start {
                _ if !self.is_watched() => OLD_DATA,
                None => NO_START,
                Some(start) if start > invoiced => NEGATIVE,
                Some(start) => good(!touched(start)),
            };
            flows.push(class(metric, invoiced, bin));
        }
    }

    fn posted(&self, posted: When, flows: &mut Vec<Measure>) {
        flows.push(span(Metric::DeliveryToPosting, self.case.told(K::Delivered), posted));
        flows.push(span(Metric::InvoiceToPosting, self.told.inputs.state.first(K::InvoiceReleased), posted));
    }
}
