//! How well it goes: what needs no hand, what goes wrong, what comes twice.

use super::{BY_STOP, Contract, Direction, INTERCOMPANY, Kpi, Source, Unit, out};
use crate::domain::measure::Metric as M;

pub(super) const K10: Contract = Contract {
    kpi: Kpi::K10,
    version: 1,
    name: "Billing exception rate",
    population: "shipments delivered in the period: from then on each is ready for billing or blocked",
    exclusions: out::DELIVERED_CLEAN,
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
        "by the day of the delivery alone, not by that of the start",
        INTERCOMPANY,
        "exceptions count from the version on that remembers them with the shipment",
    ],
    source: Source::Flow(&[M::DeliveredClean]),
};

pub(super) const K11: Contract = Contract {
    kpi: Kpi::K11,
    version: 1,
    name: "Straight-through rate",
    population: "shipments whose first invoice was issued in the period",
    exclusions: out::UNTOUCHED,
    clock: "none",
    start: "dispatch first confirmed; beside it the same from the delivery",
    stop: "first invoice issued to the customer",
    formula: "without any touch between start and stop ÷ all; a touch is a person's attach, correction, rejection, override, retry, reassignment or undoing, not a look, a comment or an approval: of charges, or of a POD by its validation",
    unit: Unit::Share,
    owner: "Finance",
    direction: Direction::Up,
    omissions: &[
        "as true now",
        BY_STOP,
        INTERCOMPANY,
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
        INTERCOMPANY,
        "prevented duplicates are counted since they are kept, and of all regions, carriers, modes and customers: not told under such a filter or scope",
    ],
    source: Source::Flow(&[M::BilledOnce]),
};

pub(super) const OTD: Contract = Contract {
    kpi: Kpi::Otd,
    version: 1,
    name: "On-time delivery",
    population: "shipments delivered in the period whose delivery was promised",
    exclusions: out::PROMISED,
    clock: "calendar, by business time",
    start: "none: the promised delivery is the time to keep",
    stop: "delivered, as it was told last",
    formula: "delivered no later than promised ÷ all; a promise of a day is kept until that day ends, and a delivery known to the day only is late when its day is a later one",
    unit: Unit::Share,
    owner: "Logistics",
    direction: Direction::Up,
    omissions: &[
        "calendar clock",
        "as true now",
        "by the latest promise that was told, not the first",
        "what is overdue and not delivered is not in it",
    ],
    source: Source::Flow(&[M::DeliveredAgainstPromise]),
};
