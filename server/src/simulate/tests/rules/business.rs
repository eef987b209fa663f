//! What goes wrong with charges, costs, approvals and papers.

use super::{
    super::plain::{Line, Plain},
    HOUR,
};
use crate::domain::policy::AccrueOn;
use serde_json::Value;

fn amount(money: &Value) -> Option<f64> {
    money["amount"].as_str().map(|amount| amount.parse().expect("a number"))
}

/// Further apart than a share of what was expected, and than an amount that is too small to matter.
fn far_apart(expected: f64, actual: f64, share: f64, small: f64) -> bool {
    (actual - expected).abs() > (expected * share).max(small) + 0.005
}

impl Plain<'_> {
    /// What the latest of these says under this name.
    fn latest(&self, kinds: &[&str], name: &str) -> Option<f64> {
        let told = self.lines.iter().filter(|line| kinds.contains(&line.kind.as_str()) && !line.data[name].is_null());
        told.max_by_key(|line| line.recorded).and_then(|line| amount(&line.data[name]))
    }

    /// More than two per cent and more than one unit away from what was rated.
    pub(super) fn was_billed_otherwise_than_rated(&self) -> bool {
        let billed = self.latest(&["invoice.generated", "invoice.released"], "amount");
        let rated = self.latest(&["charges.rated"], "total");
        rated.zip(billed).is_some_and(|(rated, billed)| far_apart(rated, billed, 0.02, 1.0))
    }

    /// Before billing: a charge that no contract knows, or more than two fifths for anything but freight and fuel.
    pub(super) fn has_odd_charges(&self) -> bool {
        const FREIGHT: [&str; 2] = ["base_freight", "fuel_surcharge"];
        const KNOWN: [&str; 4] = ["detention", "liftgate", "customs_clearance", "demurrage"];
        let settled = |at: i64| self.approved().is_some_and(|approved| approved >= at);
        let Some(rated) = self.word("charges.rated").filter(|rated| self.billed().is_none() && !settled(rated.at)) else {
            return false;
        };
        let charges = rated.data["charges"].as_array().expect("charges");
        let code = |charge: &Value| charge["code"].as_str().expect("a code").to_owned();
        let beside: Vec<&Value> = charges.iter().filter(|charge| !FREIGHT.contains(&&*code(charge))).collect();
        let sum: f64 = beside.iter().filter_map(|charge| amount(&charge["amount"])).sum();
        let large = amount(&rated.data["total"]).is_some_and(|total| sum > total * 0.4 + 0.005);
        large || beside.iter().any(|charge| !KNOWN.contains(&&*code(charge)))
    }

    /// More than five per cent and more than 25 units away from what it should cost; or, after a day, from nothing that is known.
    pub(super) fn is_asked_too_much(&self, now: i64) -> bool {
        let Some(received) = self.word("carrier_invoice.received") else { return false };
        let asked = amount(&received.data["amount"]).expect("an amount");
        if self.approved().is_some_and(|approved| approved >= received.at) {
            return false;
        }
        let accrued = self.latest(&["freight_charge.approved"], "total").or_else(|| self.latest(&["accrual.created"], "amount"));
        match accrued.or_else(|| self.latest(&["shipment.planned", "charges.rated"], "freight_cost")) {
            Some(cost) => far_apart(cost, asked, 0.05, 25.0),
            None => now >= received.at + 24 * HOUR,
        }
    }

    /// A day after the dispatch a unit that accrues then has accrued nothing, and the carrier has not asked either.
    pub(super) fn lacks_its_accrual(&self, now: i64) -> bool {
        let accrues = &self.world.policy.expectations.accrual_on_by_unit;
        let asked = accrues.get(&self.text("business_unit")) == Some(&AccrueOn::Dispatch) && !self.has("shipment.cancelled");
        let none = !self.has("accrual.created") && !self.has("carrier_invoice.received");
        let dispatched = self.word("shipment.dispatched").map(|line| line.at);
        asked && none && dispatched.is_some_and(|dispatched| now >= dispatched + 24 * HOUR)
    }

    /// The invoice is blocked, or for two days a proof waits to be checked or charges to be approved.
    pub(super) fn waits_for_an_approval(&self, now: i64) -> bool {
        let holds = self.holds();
        let rated = self.word("charges.rated").map(|line| line.at).filter(|_| holds.contains("approval_missing"));
        let proof = self.proven().filter(|_| holds.contains("pod_unchecked"));
        let since = rated.into_iter().chain(proof).min();
        self.blocked().is_some() || since.is_some_and(|since| now >= since + 48 * HOUR)
    }

    /// The latest proof could hardly be read, and nobody has looked at it.
    pub(super) fn has_an_unread_proof(&self) -> bool {
        let received = self.open("pod.received", &["pod.validated", "pod.rejected"]).filter(|_| self.wants_proof());
        let unsure =
            |line: &Line| line.data["confidence"].as_str().is_some_and(|text| text.parse::<f64>().expect("a share") < 0.7);
        let hardly = |at: i64| self.all("pod.received").any(|line| line.at == at && unsure(line));
        self.billed().is_none() && received.is_some_and(hardly)
    }

    /// A proof that stands, and that somebody signed.
    pub(super) fn signed(&self) -> Option<i64> {
        let named = self.all("pod.received").filter(|line| line.data["signed_by"].is_string()).map(|line| line.at).max();
        self.stands(named).or_else(|| self.validated())
    }
}
