//! What waits: stocks as of a time, and how old they are.

use super::{Contract, Direction, Kpi, NOW, Source, Unit};
use crate::domain::measure::Stock;
use app::model::ExceptionKind;

pub(super) const K6: Contract = Contract {
    kpi: Kpi::K6,
    version: 1,
    name: "Awaiting POD",
    population: "delivered, a POD required by the contract and not waived, not invoiced",
    exclusions: &["old data"],
    clock: "calendar, by business time",
    start: "delivered; a rejected POD returns with its original start",
    stop: "a POD that the contract accepts, or the invoice",
    formula: "without a POD that the contract accepts ÷ all; buckets by age; money that only the POD holds",
    unit: Unit::Share,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "as true now",
        "a POD that came and is not accepted waits too; the list of those awaiting a POD has only what none came for, invoiced or not",
    ],
    source: Source::Stock(Stock::AwaitingProof, Some(Stock::NeedingProof)),
};

pub(super) const K7: Contract = Contract {
    kpi: Kpi::K7,
    version: 1,
    name: "ERP posting backlog",
    population: "invoiced shipments that the ERP has not confirmed, by its last word: none, or refused",
    exclusions: &["old data"],
    clock: "calendar, by business time",
    start: "first invoice issued to the customer",
    stop: "the ERP first confirmed the customer's receivable",
    formula: "how many and how much; drain time = backlog ÷ (cleared a day − arrived a day over seven days), never if that is not above zero",
    unit: Unit::Count,
    owner: "Finance",
    direction: Direction::Down,
    omissions: &["calendar clock", "as true now", "from incoming ERP events; nothing is sent from here"],
    source: Source::Stock(Stock::ErpBacklog, None),
};

pub(super) const K8: Contract = Contract {
    kpi: Kpi::K8,
    version: 1,
    name: "Exception aging",
    population: "open exceptions, claimed and snoozed ones too",
    exclusions: &["waived"],
    clock: "calendar, by what was known here",
    start: "first detected; one that comes back within seven days goes on; claiming, assigning and snoozing do not stop it",
    stop: "verified or waived",
    formula: "how many and how much, by age",
    unit: Unit::Count,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: NOW,
    source: Source::Exceptions(None),
};

pub(super) const K16: Contract = Contract {
    kpi: Kpi::K16,
    version: 1,
    name: "Stale status",
    population: "shipments under way: dispatched or in transit, nothing later told",
    exclusions: &["old data"],
    clock: "calendar, by business time",
    start: "the latest word of its way is older than the cadence configured for its mode",
    stop: "another word of its way, or its arrival",
    formula: "without a word for longer than the cadence ÷ all",
    unit: Unit::Share,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "as true now",
        "a status nobody could read refreshes nothing",
        "of the past the number is kept, not the share",
    ],
    source: Source::Exceptions(Some(ExceptionKind::StatusStale)),
};

pub(super) const K25: Contract = Contract {
    kpi: Kpi::K25,
    version: 1,
    name: "Delivered, not invoiced",
    population: "delivered shipments without an invoice",
    exclusions: &["old data"],
    clock: "calendar, by business time",
    start: "delivered",
    stop: "billed for the first time",
    formula: "how many and how much, by the set of all that holds each; without a hold it is billable and not invoiced",
    unit: Unit::Count,
    owner: "Finance",
    direction: Direction::Down,
    omissions: &["calendar clock", "as true now", "the past of the total is kept, not of the sets"],
    source: Source::Stock(Stock::Unbilled, None),
};

pub(super) const K26: Contract = Contract {
    kpi: Kpi::K26,
    version: 1,
    name: "Unassigned",
    population: "planned shipments with nobody to move them",
    exclusions: &["old data"],
    clock: "calendar, by business time",
    start: "planned",
    stop: "booked, accepted, assigned, loaded or under way, or called off",
    formula: "how many and how much, by age and by the time until the promised delivery",
    unit: Unit::Count,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: NOW,
    source: Source::Stock(Stock::Unassigned, None),
};
