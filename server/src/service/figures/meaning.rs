//! A contract as it is shown.

use crate::domain::metric::{Contract, Unit};
use app::model::KpiMeaning;

/// What a figure means.
pub(super) fn of(contract: &Contract) -> KpiMeaning {
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let unit = match contract.unit {
        Unit::Duration => "duration",
        Unit::Share => "share",
        Unit::Count => "count",
    };
    KpiMeaning {
        id: contract.kpi.code().to_owned(),
        version: contract.version,
        name: contract.name.to_owned(),
        population: contract.population.to_owned(),
        exclusions: list(contract.exclusions),
        clock: contract.clock.to_owned(),
        start: contract.start.to_owned(),
        stop: contract.stop.to_owned(),
        formula: contract.formula.to_owned(),
        unit: unit.to_owned(),
        owner: contract.owner.to_owned(),
        direction: contract.direction.label().to_owned(),
        omissions: list(contract.omissions),
    }
}
