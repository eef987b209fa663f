//! A contract as it is shown.

use super::{
    exceptions::{self, AGES},
    flow,
    stock::{self, beside},
};
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
            let more: &[&str] = match of {
                Stock::AwaitingProof => &[
                    stock::ONLY_PROOF,
                    beside::AGE.1,
                    beside::OLDEST.1,
                    beside::EACH_CARRIER,
                    beside::OTHER_CARRIERS.1,
                    beside::CAME.1,
                    beside::WENT.1,
                ],
                Stock::Unbilled => &["each set of all that holds one"],
                Stock::ErpBacklog => {
                    &[stock::ERP_STATES[0].1, stock::ERP_STATES[1].1, "drain time", beside::CAME.1, beside::WENT.1]
                }
                Stock::NeedingProof | Stock::Unassigned => &[],
            };
            let known = if of == Stock::Unassigned { Some(stock::DAYS) } else { stock::wait(of).map(|(_, of)| of) };
            let ages = known.map(ages).unwrap_or_default();
            ages.into_iter().chain(more.iter().map(|label| (*label).to_owned())).collect()
        }
        Source::Exceptions(kind) => {
            let marked = [exceptions::CAME_BACK, exceptions::NOBODYS, exceptions::OLDEST_NOBODYS];
            let marked = marked.into_iter().filter(|_| kind.is_none()).map(|(_, label)| label.to_owned());
            ages(AGES).into_iter().chain(marked).collect()
        }
        Source::Solved => vec!["waived by a person".into()],
    }
}
