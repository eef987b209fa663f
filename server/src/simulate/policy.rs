//! The simulated shipper's own policy: the contracts of its customers, and what it expects.

use super::shipper::{Release, Shipper, UNITS};
use crate::domain::policy::{AccrueOn, BillingContract, Expectations, PodRule, Policy};

/// Charges that its contracts know.
const CHARGES: [&str; 6] = ["base_freight", "fuel_surcharge", "detention", "liftgate", "customs_clearance", "demurrage"];

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
        charge_codes: CHARGES.iter().map(|code| (*code).to_owned()).collect(),
        ..Policy::default()
    }
}
