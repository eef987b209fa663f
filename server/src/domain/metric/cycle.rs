//! How long it takes: cycle times and latencies.

use super::{Contract, Direction, Kpi, NO_P99, PLAIN, Source, Unit};
use crate::domain::measure::Metric as M;

const NO_DISPATCH: &str = "no dispatch told";
const NO_DELIVERY: &str = "no delivery told";
const NEGATIVE: &str = "stopped before it started";
const ZERO: &str = "invoice of nothing";
const CONSOLIDATED: &str = "invoice covers other shipments too (consolidated billing)";

const CLOCK: &str = "calendar, by business time";

pub(super) const K1: Contract = Contract {
    kpi: Kpi::K1,
    version: 2,
    name: "Dispatch to invoice",
    population: "shipments whose first invoice was issued in the period",
    exclusions: &[NO_DISPATCH, NEGATIVE, ZERO, CONSOLIDATED],
    clock: CLOCK,
    start: "dispatch first confirmed; of several legs the first",
    stop: "first invoice issued to the customer; a second one does not stop it again",
    formula: "stop − start of each; six stages whose boundaries are the running maximum of the milestones add up to it; beside it dispatch to delivery, of what was delivered in the period",
    unit: Unit::Duration,
    owner: "Finance",
    direction: Direction::Down,
    omissions: PLAIN,
    source: Source::Flow(&[
        M::DispatchToInvoice,
        M::StageTransit,
        M::StageProof,
        M::StageCheck,
        M::StageRating,
        M::StageApproval,
        M::StageIssue,
        M::StagesInOrder,
        M::DispatchToDelivery,
    ]),
};

pub(super) const K2A: Contract = Contract {
    kpi: Kpi::K2a,
    version: 1,
    name: "Ready to invoice",
    population: "shipments whose first invoice was issued in the period",
    exclusions: &[
        "a release condition was never met",
        "invoiced before the last condition was met",
        ZERO,
        CONSOLIDATED,
        "old data",
    ],
    clock: CLOCK,
    start: "the last release condition of the contract in force was met",
    stop: "first invoice issued to the customer",
    formula: "stop − start of each",
    unit: Unit::Duration,
    owner: "Finance",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "completed only; what is still open is counted beside it",
        "as true now",
        NO_P99,
        "a blocked invoice counts as ready",
    ],
    source: Source::Flow(&[M::ReadyToInvoice]),
};

pub(super) const K2B: Contract = Contract {
    kpi: Kpi::K2b,
    version: 1,
    name: "Delivery to invoice",
    population: "shipments whose first invoice was issued in the period",
    exclusions: &[NO_DELIVERY, NEGATIVE, ZERO, CONSOLIDATED],
    clock: CLOCK,
    start: "delivered",
    stop: "first invoice issued to the customer",
    formula: "stop − start of each",
    unit: Unit::Duration,
    owner: "Finance",
    direction: Direction::Down,
    omissions: PLAIN,
    source: Source::Flow(&[M::DeliveryToInvoice]),
};

pub(super) const K3: Contract = Contract {
    kpi: Kpi::K3,
    version: 1,
    name: "Delivery to ERP posting",
    population: "shipments whose posting the ERP confirmed in the period",
    exclusions: &[NO_DELIVERY, NEGATIVE],
    clock: CLOCK,
    start: "delivered",
    stop: "the ERP first confirmed the customer's receivable with its document",
    formula: "stop − start of each",
    unit: Unit::Duration,
    owner: "Finance",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "completed only; what is still open is counted beside it",
        "as true now",
        NO_P99,
        "the ERP's own word, not read back",
    ],
    source: Source::Flow(&[M::DeliveryToPosting, M::InvoiceToPosting]),
};

pub(super) const K4: Contract = Contract {
    kpi: Kpi::K4,
    version: 2,
    name: "POD to invoice",
    population: "shipments with a validated POD whose first invoice was issued in the period",
    exclusions: &["invoiced before the POD was validated", ZERO, CONSOLIDATED],
    clock: CLOCK,
    start: "POD validated; beside it the same from the first POD received",
    stop: "first invoice issued to the customer",
    formula: "stop − start of each; the difference of both starts is the time for checking",
    unit: Unit::Duration,
    owner: "Finance",
    direction: Direction::Down,
    omissions: PLAIN,
    source: Source::Flow(&[M::ValidProofToInvoice, M::ProofToInvoice]),
};

pub(super) const K5: Contract = Contract {
    kpi: Kpi::K5,
    version: 1,
    name: "Delivery to POD",
    population: "delivered shipments whose first POD was received in the period",
    exclusions: &["POD before the delivery"],
    clock: CLOCK,
    start: "delivered",
    stop: "first POD received; beside it the same to the POD that was validated",
    formula: "stop − start of each; beside it deliveries of the period with a POD that stands, and with one in time",
    unit: Unit::Duration,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "completed only; what is still open is counted beside it",
        "as true now",
        NO_P99,
        "old data is not in the shares, and not counted",
    ],
    source: Source::Flow(&[M::DeliveryToProof, M::DeliveryToValidProof, M::ProofOfDelivery]),
};

pub(super) const K9: Contract = Contract {
    kpi: Kpi::K9,
    version: 2,
    name: "Exception resolution",
    population: "exceptions whose effect was seen in the period",
    exclusions: &["over within a minute of being found: told afterwards, so that nobody could act"],
    clock: "calendar, by what was known here",
    start: "first detected; one that comes back within seven days goes on",
    stop: "verified: its cause is gone; waived ones are told beside it",
    formula: "stop − start of each",
    unit: Unit::Duration,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "completed only; what is still open is counted beside it",
        "as true now",
        NO_P99,
        "what was over by itself is not told from what people solved",
        super::stock::PLACED,
    ],
    source: Source::Solved,
};

pub(super) const K21: Contract = Contract {
    kpi: Kpi::K21,
    version: 1,
    name: "Event latency",
    population: "shipments delivered in the period",
    exclusions: &["recorded before the delivery", "old data without a record time of the source"],
    clock: "calendar",
    start: "delivered",
    stop: "the source recorded the delivery, else our receipt; counted on the day of the delivery",
    formula: "stop − start of each",
    unit: Unit::Duration,
    owner: "Integration",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "as true now",
        NO_P99,
        "of deliveries only, not of other events",
        "not the time that we take ourselves, from our receipt to its effect",
        "not by partner",
    ],
    source: Source::Flow(&[M::DeliveredToRecorded]),
};
