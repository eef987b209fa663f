//! The rules of billing and of what is wrong, as people say them, over plain lists of events.

mod business;
mod voices;
mod way;

use super::plain::{Line, Plain};
use crate::domain::policy::{BillOn, BillingContract, PodRule};
use std::collections::BTreeSet;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

type Codes = BTreeSet<&'static str>;

/// Steps after which the goods are on their way.
const LEFT: [&str; 4] = ["shipment.dispatched", "shipment.picked_up", "shipment.in_transit", "shipment.partially_delivered"];

/// What tells where the goods are, or what happened to them.
const WAY: [&str; 18] = [
    "vehicle.assigned",
    "load.assigned",
    "load.reassigned",
    "shipment.dispatched",
    "shipment.loaded",
    "warehouse.departed",
    "shipment.picked_up",
    "shipment.in_transit",
    "shipment.eta_changed",
    "shipment.delayed",
    "stop.missed",
    "stop.completed",
    "shipment.delivered",
    "shipment.partially_delivered",
    "shipment.refused",
    "shipment.returned",
    "delivery_exception.raised",
    "delivery_exception.cleared",
];
const ALSO_THE_WAY: [&str; 4] = ["vehicle.broke_down", "telemetry.recorded", "shipment.departed", "route.departed"];

/// What is billed on its way has to be on its way.
fn asks_for_dispatch(contract: &BillingContract) -> bool {
    contract.dispatched || contract.bill_on == BillOn::Dispatch
}

impl Plain<'_> {
    fn has(&self, kind: &str) -> bool {
        self.first(kind).is_some()
    }

    /// When it was raised last, if nothing of the others came then or later.
    fn open(&self, raised: &str, ended: &[&str]) -> Option<i64> {
        let raised = self.last(raised)?;
        let over = ended.iter().filter_map(|kind| self.last(kind)).any(|ended| ended >= raised);
        (!over).then_some(raised)
    }

    fn proven(&self) -> Option<i64> {
        self.stands(self.last("pod.received").max(self.last("pod.validated")))
    }

    fn has_left(&self) -> bool {
        LEFT.iter().any(|kind| self.has(kind)) || self.has("shipment.departed") || self.has("warehouse.departed")
    }

    fn is_there(&self) -> bool {
        self.delivered().is_some() || self.proven().is_some()
    }

    fn temperature(&self, kept: bool) -> Option<i64> {
        let told = self.all("temperature.assessed").filter(|line| line.data["compliant"] == kept);
        told.map(|line| line.at).max()
    }

    fn kept_cold(&self) -> Option<i64> {
        self.temperature(true).filter(|kept| self.temperature(false).is_none_or(|broken| broken <= *kept))
    }

    fn blocked(&self) -> Option<i64> {
        let since = self.open("invoice.blocked", &["invoice.released", "erp_posting.succeeded"])?;
        self.last("invoice.generated").is_none_or(|drafted| drafted <= since).then_some(since)
    }

    /// What stands between the shipment and its invoice.
    pub(super) fn holds(&self) -> Codes {
        let mut holds = Codes::new();
        if !self.is_work() || self.billed().is_some() {
            return holds;
        }
        let mut unless = |met: bool, hold: &'static str| {
            if !met {
                holds.insert(hold);
            }
        };
        let on_its_way = self.contract().is_some_and(|contract| contract.bill_on == BillOn::Dispatch);
        unless(on_its_way || self.arrived().is_some(), "not_delivered");
        unless(self.stopped("order.credit_blocked").is_none(), "order_blocked");
        unless(self.stopped("order.cancelled").is_none(), "order_cancelled");
        unless(self.blocked().is_none(), "invoice_blocked");
        unless(self.open("dispute.opened", &["dispute.resolved"]).is_none(), "disputed");
        match self.contract() {
            // Nobody knows what else it would ask for.
            None => unless(false, "contract_missing"),
            Some(contract) => {
                unless(self.has("charges.rated"), "charges_missing");
                unless(!contract.approval || self.has("freight_charge.approved"), "approval_missing");
                unless(!asks_for_dispatch(contract) || self.has("shipment.dispatched"), "not_dispatched");
                unless(!contract.loaded || self.has("shipment.loaded"), "not_loaded");
                unless(contract.pod == PodRule::None || self.proven().is_some(), "pod_missing");
                unless(contract.pod != PodRule::Signed || self.signed().is_some(), "pod_unsigned");
                unless(contract.pod != PodRule::Validated || self.validated().is_some(), "pod_unchecked");
                unless(!contract.temperature || self.kept_cold().is_some(), "temperature_unproven");
                let damaged = self.open("delivery_exception.raised", &["delivery_exception.cleared"]);
                unless(damaged.is_none(), "delivery_exception_open");
            }
        }
        holds
    }

    /// What is wrong with it by then.
    pub(super) fn wrong(&self, now: i64) -> Codes {
        let rules: [(&'static str, bool); 27] = [
            ("pod_missing", self.lacks_proof(now)),
            ("pod_incomplete", self.has_bad_proof()),
            ("charges_incomplete", self.lacks_charges(now)),
            ("not_invoiced", self.waits_for_its_invoice(now)),
            ("posting_failed", self.open("erp_posting.failed", &["erp_posting.succeeded"]).is_some()),
            ("posting_missing", self.waits_for_its_posting(now)),
            ("duplicate", self.billed_twice()),
            ("disputed", self.open("dispute.opened", &["dispute.resolved"]).is_some()),
            ("order_changed", self.lost_its_order()),
            ("order_unknown", self.names_no_order(now)),
            ("late_past_promise", self.is_late(now)),
            ("status_stale", self.is_silent(now)),
            ("premature_invoice", self.was_billed_early()),
            ("rate_mismatch", self.was_billed_otherwise_than_rated()),
            ("accessorial_unusual", self.has_odd_charges()),
            ("carrier_invoice_mismatch", self.is_asked_too_much(now)),
            ("accrual_missing", self.lacks_its_accrual(now)),
            ("approval_delayed", self.waits_for_an_approval(now)),
            ("document_unreadable", self.has_an_unread_proof()),
            ("case_without_context", self.is_only_complained_about(now)),
            ("unknown_code", self.is_told_in_unknown_words()),
            ("transition_illegal", self.went_backwards()),
            ("source_conflict", self.is_contradicted()),
            ("manual_entry", self.was_typed_in()),
            ("tender_rejected", self.was_refused_by_its_carrier()),
            ("unassigned", self.has_nobody(now)),
            ("execution_trouble", self.is_in_trouble()),
        ];
        if !self.is_work() {
            return Codes::new();
        }
        rules.into_iter().filter_map(|(kind, found)| found.then_some(kind)).collect()
    }

    /// A day after the delivery no proof has come, neither a good nor a bad one.
    fn lacks_proof(&self, now: i64) -> bool {
        let asked = self.wants_proof() && self.billed().is_none();
        let none = self.proven().is_none() && !self.has("pod.rejected");
        asked && none && self.delivered().is_some_and(|delivered| now >= delivered + 24 * HOUR)
    }

    /// The latest proof was rejected, or came with gaps, and was not billed on.
    fn has_bad_proof(&self) -> bool {
        let billed_since = |at: i64| self.billed().is_some_and(|billed| billed >= at);
        if !self.wants_proof() {
            return false;
        }
        if let Some(rejected) = self.last("pod.rejected").filter(|_| self.proven().is_none()) {
            return !billed_since(rejected);
        }
        let Some(received) = self.open("pod.received", &["pod.validated", "pod.rejected"]) else { return false };
        let gaps = |line: &&Line| line.at == received && line.data["missing"].as_array().is_some_and(|gaps| !gaps.is_empty());
        self.all("pod.received").any(|line| gaps(&line)) && !billed_since(received)
    }

    /// A day after the arrival the contract, the charges or the temperature is not known.
    fn lacks_charges(&self, now: i64) -> bool {
        let cold = self.contract().is_some_and(|contract| contract.temperature);
        let unproven = cold && self.kept_cold().is_none() && self.temperature(false).is_none();
        let asked = |asks: fn(&BillingContract) -> bool| self.contract().is_some_and(asks);
        let unsent = asked(asks_for_dispatch) && !self.has("shipment.dispatched");
        let unloaded = asked(|contract| contract.loaded) && !self.has("shipment.loaded");
        let lacks = self.contract().is_none() || !self.has("charges.rated") || unproven || unsent || unloaded;
        lacks && self.billed().is_none() && self.arrived().is_some_and(|arrived| now >= arrived + 24 * HOUR)
    }

    /// A day after the last condition was met there is no invoice.
    fn waits_for_its_invoice(&self, now: i64) -> bool {
        let Some(contract) = self.contract() else { return false };
        if self.billed().is_some() || !self.holds().is_empty() {
            return false;
        }
        let proven = self.proven().filter(|_| contract.pod != PodRule::None);
        let validated = self.validated().filter(|_| contract.pod == PodRule::Validated);
        let cold = self.kept_cold().filter(|_| contract.temperature);
        let rated = self.word("charges.rated").map(|line| line.at);
        let said = self.word("invoice.ready").map(|line| line.at);
        let (cleared, settled) = (self.last("delivery_exception.cleared"), self.last("dispute.resolved"));
        let at = |kind: &str| self.word(kind).map(|line| line.at);
        let arrived = self.arrived().filter(|_| contract.bill_on == BillOn::Delivery);
        let sent = at("shipment.dispatched").filter(|_| asks_for_dispatch(contract));
        let loaded = at("shipment.loaded").filter(|_| contract.loaded);
        let signed = self.signed().filter(|_| contract.pod == PodRule::Signed);
        let approved = self.approved().filter(|_| contract.approval);
        let met = [arrived, approved, sent, loaded, signed, proven, validated, cold, rated, said, cleared, settled]
            .into_iter()
            .flatten()
            .max();
        met.is_some_and(|met| now >= met + 24 * HOUR)
    }

    /// A day after the invoice the ERP has said nothing.
    fn waits_for_its_posting(&self, now: i64) -> bool {
        let silent = !self.has("erp_posting.succeeded") && !self.has("erp_posting.failed");
        silent && self.word("invoice.released").is_some_and(|line| now >= line.at + 24 * HOUR)
    }

    /// Its order was cancelled, blocked or changed when it was planned already, or on its way.
    fn lost_its_order(&self) -> bool {
        if self.billed().is_some() || self.has("shipment.cancelled") || self.has("shipment.returned") {
            return false;
        }
        let made =
            ["freight.booked", "tender.sent", "tender.accepted", "vehicle.assigned", "shipment.loaded", "shipment.dispatched"];
        let made = || made.iter().filter_map(|kind| self.last(kind)).min();
        let planned = self.last("shipment.planned").or_else(made);
        let after = |at: i64| planned.is_some_and(|planned| at > planned);
        let gone = self.has_left() || self.is_there();
        let stopped = ["order.cancelled", "order.credit_blocked"].into_iter().filter_map(|kind| self.stopped(kind));
        let changed = self.orders.iter().flat_map(|order| order.iter()).filter(|line| line.kind == "order.changed");
        let changed = changed.map(|line| line.at).max();
        stopped.into_iter().any(|at| gone || after(at)) || (!self.is_there() && changed.is_some_and(after))
    }

    /// A day after it was first heard of, nobody has released an order that it names.
    fn names_no_order(&self, now: i64) -> bool {
        let first = self.lines.iter().map(|line| line.at).min();
        let named = self.lines.iter().filter_map(|line| line.data["orders"].as_array()).flatten();
        let released = |order: &str| {
            let lines = self.world.order(order);
            lines.is_some_and(|lines| lines.iter().any(|line| line.kind.ends_with("released")))
        };
        let lost = named.filter_map(|order| order.as_str()).any(|order| !released(order));
        lost && self.billed().is_none() && first.is_some_and(|first| now >= first + 24 * HOUR)
    }

    /// Neither there nor sent back nor called off.
    fn is_awaited(&self) -> bool {
        let over = self.is_there() || self.has("shipment.cancelled") || self.has("shipment.returned") || self.billed().is_some();
        !over && self.open("shipment.refused", &["shipment.delivered"]).is_none()
    }

    fn is_late(&self, now: i64) -> bool {
        self.is_awaited() && self.promised().is_some_and(|promised| now > promised)
    }

    /// On its way, and no word for longer than its mode is expected to be silent.
    fn is_silent(&self, now: i64) -> bool {
        let hours = match self.text("mode").as_str() {
            "ocean" => 336,
            "barge" => 168,
            "rail" => 96,
            _ => 36,
        };
        let last = WAY.iter().chain(&ALSO_THE_WAY).filter_map(|kind| self.last(kind)).max();
        self.is_awaited() && self.has_left() && last.is_some_and(|last| now >= last + hours * HOUR)
    }

    /// Billed before the goods were there, or before what the contract asks for: clocks may differ by five minutes.
    fn was_billed_early(&self) -> bool {
        let Some(billed) = self.billed() else { return false };
        let by = billed + 5 * MINUTE;
        let in_time = |at: Option<i64>| at.is_some_and(|at| at <= by);
        let delivered = in_time(self.delivered())
            || in_time(self.proof()) && self.delivered().is_none() && !self.has("shipment.partially_delivered");
        let Some(contract) = self.contract() else { return !delivered };
        let sent = contract.bill_on == BillOn::Dispatch && in_time(self.word("shipment.dispatched").map(|line| line.at));
        let rejected = in_time(self.last("pod.rejected")) && self.proven().is_none_or(|good| good > by);
        let unproven = contract.pod != PodRule::None && (!in_time(self.proof()) || rejected);
        let unchecked = contract.pod == PodRule::Validated && !in_time(self.last("pod.validated"));
        let warm = contract.temperature && !in_time(self.temperature(true));
        !(delivered || sent) || unproven || unchecked || warm
    }
}
