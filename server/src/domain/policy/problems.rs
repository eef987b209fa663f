//! What a policy may not say although it can be read.

use super::{Policy, Tolerance};
use std::collections::BTreeSet;

/// Longest expectation: a year.
const MAX_HOURS: u32 = 8_784;

impl Policy {
    /// Everything that is wrong, each with its place; nothing if the policy can be used.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let e = &self.expectations;
        let hours = [
            ("pod_grace", e.pod_grace),
            ("invoice_within", e.invoice_within),
            ("posting_within", e.posting_within),
            ("charges_within", e.charges_within),
            ("accrual_within", e.accrual_within),
            ("cadence", e.cadence),
            ("assign_within", e.assign_within),
            ("approve_within", e.approve_within),
            ("order_grace", e.order_grace),
        ];
        let by_mode = e.cadence_by_mode.iter().map(|(mode, hours)| (mode.as_str(), *hours));
        for (name, _) in hours.into_iter().chain(by_mode).filter(|(_, hours)| *hours > MAX_HOURS) {
            problems.push(format!("expectations: {name} is longer than a year"));
        }
        self.tolerances(&mut problems);
        self.contracts_of_customers(&mut problems);
        if self.tolerances.conflict_hours > MAX_HOURS {
            problems.push("tolerances: conflict_hours is longer than a year".into());
        }
        self.ownership.problems(&mut problems);
        super::status::problems(&self.status_maps, &mut problems);
        super::sources::problems(&self.sources, &mut problems);
        self.carriers.problems("carriers", &mut problems);
        self.customers.problems("customers", &mut problems);
        super::names::charge_problems(&self.charge_maps, &mut problems);
        super::calendar::problems(&self.calendars, &self.owners, &mut problems);
        if self.charge_codes.contains("") {
            problems.push("charge_codes: a code is empty".into());
        }
        problems
    }

    fn tolerances(&self, problems: &mut Vec<String>) {
        let t = &self.tolerances;
        let sound = |number: f64, most: f64| number.is_finite() && (0.0..=most).contains(&number);
        let sound_both = |tolerance: Tolerance| sound(tolerance.percent, 100.0) && sound(tolerance.amount, 1e9);
        for (name, sound) in [
            ("invoice", sound_both(t.invoice)),
            ("carrier_invoice", sound_both(t.carrier_invoice)),
            ("accessorial_percent", sound(t.accessorial_percent, 100.0)),
            ("pod_confidence", sound(t.pod_confidence, 1.0)),
        ] {
            if !sound {
                problems.push(format!("tolerances: {name} is out of its range"));
            }
        }
    }

    fn contracts_of_customers(&self, problems: &mut Vec<String>) {
        let mut begins = BTreeSet::new();
        for contract in self.contracts.iter() {
            let customer = &contract.customer;
            if customer.is_empty() || customer.trim() != customer {
                problems.push(format!("contracts: {customer:?} is no customer code"));
            }
            if let Some(code) = self.customers.of_alias(customer) {
                problems.push(format!(
                    "contracts: {customer} is another name of the customer {code}, whose contracts stand under that"
                ));
            }
            if contract.from.zip(contract.until).is_some_and(|(from, until)| until < from) {
                problems.push(format!("contracts: one of {customer} ends before it begins"));
            }
            if !begins.insert((customer, contract.from)) {
                problems.push(format!("contracts: two of {customer} begin on the same day"));
            }
        }
    }
}
