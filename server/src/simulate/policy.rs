//! The simulated shipper's own policy: the contracts of its customers, and what it expects.

use super::{
    GATE, SHEET,
    shipper::{CARRIERS, Release, Shipper, UNITS},
};
use crate::domain::policy::{AccrueOn, BillingContract, Carrier, Expectations, Party, PodRule, Policy, SourceTerms};

/// Charges that its contracts know.
const CHARGES: [&str; 6] = ["base_freight", "fuel_surcharge", "detention", "liftgate", "customs_clearance", "demurrage"];

/// What the shipper's systems own: planning is not asked what happens.
const OWNERSHIP: &str = r#"
execution = ["dispatch/*", "carrier/*", "wms"]
billing = ["billing"]
settlement = ["erp"]
"#;

/// Sources that are to be looked after: one that people fill in, and one that has fallen silent.
fn sources() -> Vec<SourceTerms> {
    let terms = |matches: &str, name: &str, cadence_hours, manual| SourceTerms {
        matches: matches.into(),
        name: name.into(),
        owner: None,
        cadence_hours,
        manual,
    };
    vec![terms("erp", "ERP", 24, false), terms(SHEET, "Delivery sheet", 0, true), terms(GATE, "North gate", 1, false)]
}

fn carrier(carrier: &super::shipper::Carrier) -> Carrier {
    Carrier { code: carrier.code.into(), name: carrier.name.into(), aliases: vec![carrier.name.into()] }
}

fn customer(customer: &super::shipper::Customer) -> Party {
    Party { code: customer.code.clone(), name: customer.name.clone(), aliases: Vec::new() }
}

/// The policy under which the simulation's truth is told. A few customers have no contract: nobody has entered it.
pub fn policy() -> Policy {
    let shipper = Shipper::new();
    let contract = |customer: &super::shipper::Customer| BillingContract {
        name: customer.name.clone(),
        pod: match customer.release {
            Release::Delivered => PodRule::None,
            Release::Pod => PodRule::Received,
            Release::CheckedPod => PodRule::Validated,
        },
        temperature: customer.cold_chain,
        ..BillingContract::of(&customer.code)
    };
    let contracts: Vec<_> = shipper.customers().iter().filter(|customer| customer.contracted).map(contract).collect();
    let accrual = |accrues| if accrues { AccrueOn::Dispatch } else { AccrueOn::Never };
    Policy {
        contracts: contracts.into(),
        expectations: Expectations {
            accrual_on_by_unit: UNITS.iter().map(|unit| (unit.code.to_owned(), accrual(unit.accrues))).collect(),
            ..Expectations::default()
        },
        ownership: toml::from_str(OWNERSHIP).expect("a test reads it"),
        status_maps: super::voices::maps(),
        sources: sources(),
        customers: shipper.customers().iter().map(customer).collect::<Vec<_>>().into(),
        carriers: CARRIERS.iter().map(carrier).collect::<Vec<_>>().into(),
        charge_codes: CHARGES.iter().map(|code| (*code).to_owned()).collect(),
        ..Policy::default()
    }
}
