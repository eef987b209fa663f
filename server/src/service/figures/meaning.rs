//! A contract as it is shown.

use super::{exceptions::AGES, flow, stock};
use crate::domain::{
    measure::Stock,
    metric::{Contract, Kpi as Key, Source, Unit},
};
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
        exclusions: contract.exclusions.iter().map(|(_, words)| (*words).to_owned()).collect(),
        clock: contract.clock.to_owned(),
        start: contract.start.to_owned(),
        stop: contract.stop.to_owned(),
        formula: contract.formula.to_owned(),
        unit: unit.to_owned(),
        owner: contract.owner.to_owned(),
        direction: contract.direction.label().to_owned(),
        omissions: list(contract.omissions),
        parts_of: parts(contract),
    }
}

/// What its parts are called.
fn parts(contract: &Contract) -> Vec<String> {
    let ages = |ages: stock::Ages| ages.iter().map(|(_, label, _)| (*label).to_owned()).collect::<Vec<_>>();
    match contract.source {
        Source::Flow(metrics) => {
            let prevented = (contract.kpi == Key::K20).then_some(flow::PREVENTED);
            metrics.iter().skip(1).flat_map(|metric| flow::labels(*metric)).chain(prevented).map(Into::into).collect()
        }
        Source::Stock(of, _) => {
            let beside: &[&str] = match of {
                Stock::AwaitingProof => &[stock::ONLY_PROOF],
                Stock::Unbilled => &["each set of all that holds one"],
                Stock::ErpBacklog => &[stock::ERP_STATES[0].1, stock::ERP_STATES[1].1, "drain time"],
                Stock::NeedingProof | Stock::Unassigned => &[],
            };
            let ages = stock::wait(of).map(|(_, of)| ages(of)).unwrap_or_default();
            ages.into_iter().chain(beside.iter().map(|label| (*label).to_owned())).collect()
        }
        Source::Exceptions(_) => ages(AGES),
        Source::Solved => vec!["waived by a person".into()],
    }
}
