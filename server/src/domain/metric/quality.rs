//! How well it goes: what needs no hand, what goes wrong, what comes twice.

use super::{Contract, Direction, Kpi, Source, Unit};
use crate::domain::measure::Metric as M;

pub(super) const K10: Contract = Contract {
    kpi: Kpi::K10,
    version: 1,
    name: "Billing exception rate",
    population: "shipments delivered in the period: from then on each is ready for billing or blocked",
    exclusions: &["old data"],
    clock: "none",
    start: "first known",
    stop: "first invoice issued, else now",
    formula: "with at least one exception detected before the stop ÷ all",
    unit: Unit::Share,
    owner: "Finance",
    direction: Direction::Down,
    omissions: &[
        "as true now",
        "credits and rebills are not known yet",
        "exceptions count from the version on that remembers them with the shipment",
    ],
    source: Source::Flow(&[M::DeliveredClean]),
};

pub(super) const K11: Contract = Contract {
    kpi: Kpi::K11,
    version: 1,
    name: "Straight-through rate",
    population: "shipments whose first invoice was issued in the period",
    exclusions: &["old data", "no dispatch told", "stopped before it started"],
    clock: "none",
    start: "dispatch first confirmed; beside it the same from the delivery",
    stop: "first invoice issued to the customer",
    formula: "without any touch between start and stop ÷ all; a touch is a person's attach, correction, rejection, override, retry, reassignment or undoing, not a look, a comment or an approval: of charges, or of a POD by its validation",
    unit: Unit::Share,
    owner: "Finance",
    direction: Direction::Up,
    omissions: &[
        "as true now",
        "touches made here; what people do in other systems is not told",
        "invoices with approvals as their only hands are not told apart",
        "not of those alone whose customer asks for no hand",
        "not for what people touch most",
    ],
    source: Source::Flow(&[M::UntouchedFromDispatch, M::UntouchedFromDelivery]),
};

pub(super) const K20: Contract = Contract {
    kpi: Kpi::K20,
    version: 2,
    name: "Escaped duplicates",
    population: "shipments whose first invoice was issued in the period; beside them events that came in it",
    exclusions: &[],
    clock: "none",
    start: "none",
    stop: "first invoice issued to the customer; of an event its receipt",
    formula: "escaped: shipments invoiced or posted twice ÷ invoiced shipments; beside it prevented: events that had been taken already ÷ events",
    unit: Unit::Share,
    owner: "Integration",
    direction: Direction::Down,
    omissions: &[
        "as true now",
        "prevented duplicates are counted since they are kept, and of all regions, carriers, modes and customers: not told under such a filter or scope",
    ],
    source: Source::Flow(&[M::BilledOnce]),
};
