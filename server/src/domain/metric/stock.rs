//! What waits: stocks as of a time, and how old they are.

use super::{AS_OF_NOW, Contract, Direction, INTERCOMPANY, Kpi, ONLY_THOSE_THAT_WAIT, Source, Unit};
use crate::domain::measure::Stock;
use app::model::ExceptionKind;

/// What was taken in as old data is nobody's work: it is in no stock, whatever it lacks.
const OLD: &str = "old data is nobody's work: in no stock, and not counted";
/// Where an exception belongs that is over.
pub(super) const PLACED: &str =
    "by the region, unit, carrier and customer that its shipment had while it was open; mode and lane are the shipment's of now";

pub(super) const K6: Contract = Contract {
    kpi: Kpi::K6,
    version: 2,
    name: "Awaiting POD",
    population: "delivered, a POD required by the contract and not waived, not invoiced",
    exclusions: &[],
    clock: "calendar, by business time",
    start: "delivered; a rejected POD returns with its original start",
    stop: "a POD that the contract accepts, or the invoice",
    formula: "without a POD that the contract accepts ÷ all; buckets by age; its money is what nothing but the POD holds",
    unit: Unit::Share,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "as true now",
        AS_OF_NOW,
        OLD,
        ONLY_THOSE_THAT_WAIT,
        "the ages are the same for all: no limits of their own by customer, carrier or contract",
        "a POD that came and is not accepted waits too; the list of those awaiting a POD has only what none came for, invoiced or not",
        "what came and what went counts on the day on which it did, however late it was told",
        "the money of all that wait is told by age, and as a whole on the Overview alone; of the past none is told",
    ],
    source: Source::Stock(Stock::AwaitingProof, Some(Stock::NeedingProof)),
};

pub(super) const K7: Contract = Contract {
    kpi: Kpi::K7,
    version: 3,
    name: "ERP posting backlog",
    population: "invoiced shipments that the ERP has not confirmed, by its last word: none, or refused, whatever was decided about the exception",
    exclusions: &[],
    clock: "calendar, by business time",
    start: "first invoice issued to the customer",
    stop: "the ERP first confirmed the customer's receivable",
    formula: "how many and how much; drain time = backlog ÷ (cleared a day − arrived a day over the last seven days, today the last), never if that is not above zero",
    unit: Unit::Count,
    owner: "Finance",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "as true now",
        AS_OF_NOW,
        OLD,
        "from incoming ERP events; nothing is sent from here",
        INTERCOMPANY,
        "invoices only, not by type of document; of the states only these",
        "not whether the mean age is what backlog and pace make it (Little's law)",
        "not how much will miss the close of the period",
    ],
    source: Source::Stock(Stock::ErpBacklog, None),
};

pub(super) const K8: Contract = Contract {
    kpi: Kpi::K8,
    version: 2,
    name: "Exception aging",
    population: "open exceptions, claimed and snoozed ones too, waived ones not",
    exclusions: &[],
    clock: "calendar, by what was known here",
    start: "first detected; one that comes back within seven days goes on; claiming, assigning and snoozing do not stop it",
    stop: "verified or waived",
    formula: "how many and how much, by age",
    unit: Unit::Count,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "as true now",
        AS_OF_NOW,
        "how many came back, not how often; of those given to nobody the age since they were found, not how long they were nobody's",
        "a shipment's money counts once in each sum, with the oldest of its exceptions there, however many it has: so the ages add up to more than the whole",
    ],
    source: Source::Exceptions(None),
};

pub(super) const K16: Contract = Contract {
    kpi: Kpi::K16,
    version: 2,
    name: "Stale status",
    population: "shipments under way: dispatched or in transit, nothing later told",
    exclusions: &[],
    clock: "calendar, by business time",
    start: "the latest word of its way is older than the cadence configured for its mode",
    stop: "another word of its way, or its arrival",
    formula: "without a word for longer than the cadence ÷ all, whatever was decided about the exception",
    unit: Unit::Share,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "as true now",
        AS_OF_NOW,
        OLD,
        ONLY_THOSE_THAT_WAIT,
        "the cadence is one of the mode, not of the carrier",
        "a status nobody could read refreshes nothing",
        "not whether the status is the one that the system of record has",
        "of the past the number is kept, not the share",
        "of the past before version 2, a silence that was waived ended with the waiver",
    ],
    source: Source::Exceptions(Some(ExceptionKind::StatusStale)),
};

pub(super) const K25: Contract = Contract {
    kpi: Kpi::K25,
    version: 1,
    name: "Delivered, not invoiced",
    population: "delivered shipments without an invoice",
    exclusions: &[],
    clock: "calendar, by business time",
    start: "delivered",
    stop: "billed for the first time",
    formula: "how many and how much, by the set of all that holds each; without a hold it is billable and not invoiced",
    unit: Unit::Count,
    owner: "Finance",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "as true now",
        AS_OF_NOW,
        OLD,
        INTERCOMPANY,
        "delivered and not billable is no sum of its own: it is all sets but the one without a hold, which is billable and not invoiced",
        "the past of the total is kept, not of the sets",
    ],
    source: Source::Stock(Stock::Unbilled, None),
};

pub(super) const K26: Contract = Contract {
    kpi: Kpi::K26,
    version: 1,
    name: "Unassigned",
    population: "planned shipments with nobody to move them",
    exclusions: &[],
    clock: "calendar, by business time",
    start: "planned",
    stop: "booked, accepted, assigned, loaded or under way, or called off",
    formula: "how many and how much",
    unit: Unit::Count,
    owner: "Logistics",
    direction: Direction::Down,
    omissions: &[
        "calendar clock",
        "as true now",
        AS_OF_NOW,
        OLD,
        "by age in whole days, not by the time until the promised delivery",
    ],
    source: Source::Stock(Stock::Unassigned, None),
};
