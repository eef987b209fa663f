//! Billing contracts, found by customer and date.

use crate::domain::time::Instant;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// In the place of a customer code: the contract of all who have none of their own.
pub const DEFAULT_CUSTOMER: &str = "*";

/// What a customer's contract asks for before anything is billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillingContract {
    /// Customer code, or `*`.
    pub customer: String,
    /// As people call it; the customer code if empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// First day (UTC) of dispatch that it covers; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day that it covers; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// What may be billed: goods on their way, or goods handed over.
    #[serde(default)]
    pub bill_on: BillOn,
    /// A confirmed dispatch is asked for as well.
    #[serde(default)]
    pub dispatched: bool,
    /// A confirmed loading is asked for.
    #[serde(default)]
    pub loaded: bool,
    /// Which proof of delivery.
    #[serde(default)]
    pub pod: PodRule,
    /// Proof that the goods stayed within their temperature limits.
    #[serde(default)]
    pub temperature: bool,
    /// No delivery exception may be open.
    #[serde(default = "yes")]
    pub exceptions_cleared: bool,
    /// Rated charges.
    #[serde(default = "yes")]
    pub charges: bool,
    /// Approval of the charges.
    #[serde(default)]
    pub approval: bool,
    /// Hours to a proof of delivery, other than expected of everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_grace: Option<u32>,
    /// Hours to the invoice, other than expected of everybody: consolidated billing takes a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_within: Option<u32>,
}

fn yes() -> bool {
    true
}

impl BillingContract {
    /// One that asks for a delivery, rated charges and no open delivery exception: what an empty table says.
    pub fn of(customer: &str) -> Self {
        Self {
            customer: customer.to_owned(),
            name: String::new(),
            from: None,
            until: None,
            bill_on: BillOn::Delivery,
            dispatched: false,
            loaded: false,
            pod: PodRule::None,
            temperature: false,
            exceptions_cleared: true,
            charges: true,
            approval: false,
            pod_grace: None,
            invoice_within: None,
        }
    }

    /// As people call it.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.customer } else { &self.name }
    }

    fn covers(&self, day: i32) -> bool {
        self.from.is_none_or(|from| from.num_days_from_ce() <= day)
            && self.until.is_none_or(|until| day <= until.num_days_from_ce())
    }
}

/// Which milestone lets an invoice be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillOn {
    /// Dispatch confirmed.
    Dispatch,
    /// Handed over.
    #[default]
    Delivery,
}

/// Which proof of delivery a contract asks for. Each asks for what the one before does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PodRule {
    /// None: the delivery alone is enough.
    #[default]
    None,
    /// Any that was not rejected.
    Received,
    /// One that somebody signed.
    Signed,
    /// One that was checked and found good.
    Validated,
}

/// Contracts of all customers. Written as a list; kept by customer, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<BillingContract>", into = "Vec<BillingContract>")]
pub struct Contracts(BTreeMap<String, Vec<BillingContract>>);

impl From<Vec<BillingContract>> for Contracts {
    fn from(list: Vec<BillingContract>) -> Self {
        let mut contracts: BTreeMap<String, Vec<BillingContract>> = BTreeMap::new();
        for contract in list {
            contracts.entry(contract.customer.clone()).or_default().push(contract);
        }
        contracts.values_mut().for_each(|list| list.sort_by_key(|contract| std::cmp::Reverse(contract.from)));
        Self(contracts)
    }
}

impl From<Contracts> for Vec<BillingContract> {
    fn from(contracts: Contracts) -> Self {
        contracts.0.into_values().flatten().collect()
    }
}

/// Days from the year 1 to 1970, as chrono counts them.
const EPOCH: i64 = 719_163;

impl Contracts {
    /// The contract that covers what a customer had dispatched then: of several the one that began last. The default contract
    /// is for customers without any of their own; one whose contract has run out is nobody's default.
    pub fn find(&self, customer: &str, at: Instant) -> Option<&BillingContract> {
        if customer.is_empty() {
            return None;
        }
        let day = i32::try_from(at.0.div_euclid(Instant::DAY) + EPOCH).unwrap_or(i32::MAX);
        let list = self.0.get(customer).or_else(|| self.0.get(DEFAULT_CUSTOMER))?;
        list.iter().find(|contract| contract.covers(day))
    }

    /// All of them, by customer, the latest first.
    pub fn iter(&self) -> impl Iterator<Item = &BillingContract> {
        self.0.values().flatten()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
