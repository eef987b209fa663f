//! What a simulated shipment weighs, costs and brings.

use super::{
    draw::Draw,
    freight::Lane,
    shipper::{Mode, Region, Unit},
};

/// Measures and money of one shipment; amounts in minor units.
#[derive(Debug)]
pub(crate) struct Bill {
    /// Currency of all amounts; each has two decimals.
    pub(crate) currency: &'static str,
    /// Tenths of a kilogram.
    pub(crate) weight_dekagrams: u64,
    /// Pallets or parcels.
    pub(crate) pieces: u32,
    /// Value of the goods.
    pub(crate) goods: i64,
    /// What the carrier gets, line by line: charge code and amount.
    pub(crate) charges: Vec<(&'static str, i64)>,
    /// What the customer is to be billed, as rated.
    pub(crate) invoice: i64,
    /// What stands on its invoice.
    pub(crate) invoiced: i64,
    /// What the carrier asks for.
    pub(crate) asked: i64,
    /// How surely the proof's document was read, if a machine read it.
    pub(crate) confidence: Option<&'static str>,
    /// Number of the customer's invoice.
    pub(crate) invoice_number: String,
    /// Number of the carrier's invoice.
    pub(crate) carrier_invoice_number: String,
    /// Number of the document in the books.
    pub(crate) erp_document: String,
    /// Who signs.
    pub(crate) signer: &'static str,
    /// Vehicle that moves it by road.
    pub(crate) vehicle: String,
}

const SIGNERS: &[&str] = &[
    "A. Novak",
    "B. Okafor",
    "C. Lindqvist",
    "D. Romero",
    "E. Tanaka",
    "F. Haddad",
    "G. Weiss",
    "H. Silva",
    "I. Petrov",
    "J. Mbeki",
    "K. Laurent",
    "L. Chen",
];

impl Bill {
    /// Draws what such freight costs.
    pub(crate) fn new(draw: &mut Draw, unit: &Unit, region: &Region, lane: &Lane, reference: &str) -> Self {
        let small = if lane.mode == Mode::Parcel { 0.004 } else { 1.0 };
        let weight = draw.log_normal(unit.weight_kg * small, 0.6).max(0.4);
        let days = lane.transit_hours / 24.0;
        let base = match lane.mode {
            Mode::Road => 180.0 + days * 320.0 + weight * 0.03,
            Mode::Rail => 240.0 + days * 110.0 + weight * 0.02,
            Mode::Air => 220.0 + weight * 1.9,
            Mode::Ocean => 900.0 + days * 45.0 + weight * 0.05,
            Mode::Parcel => 9.0 + weight * 1.1,
        } * draw.between(0.85, 1.25);
        let mut charges = vec![("base_freight", cents(base)), ("fuel_surcharge", cents(base * draw.between(0.11, 0.21)))];
        for (code, share, low, high) in
            [("detention", 0.07, 60.0, 420.0), ("liftgate", 0.05, 45.0, 110.0), ("customs_clearance", 0.06, 70.0, 240.0)]
        {
            if lane.mode != Mode::Parcel && draw.chance(share) {
                charges.push((code, cents(draw.between(low, high))));
            }
        }
        let cost: i64 = charges.iter().map(|(_, amount)| amount).sum();
        let mut bill = Self {
            currency: region.currency,
            weight_dekagrams: (weight * 10.0) as u64,
            pieces: 1 + (weight / 380.0) as u32,
            goods: cents(draw.log_normal(unit.goods_value * small.max(0.02), 0.7)),
            charges,
            invoice: cents(cost as f64 / 100.0 * draw.between(1.08, 1.31)),
            invoiced: 0,
            asked: cost,
            confidence: None,
            invoice_number: format!("INV-{reference}"),
            carrier_invoice_number: format!("FI{}", draw.code(8)),
            erp_document: format!("{}", 5_100_000_000_u64 + draw.below(89_000_000) as u64),
            signer: draw.pick(SIGNERS),
            vehicle: format!("{}-{}", draw.code(2), draw.code(5)),
        };
        bill.invoiced = bill.invoice;
        bill
    }

    /// One more charge, passed on to the customer.
    pub(crate) fn add(&mut self, amount: i64) {
        (self.invoice, self.invoiced, self.asked) = (self.invoice + amount, self.invoiced + amount, self.asked + amount);
    }

    /// What the carrier gets in all.
    pub(crate) fn freight(&self) -> i64 {
        self.charges.iter().map(|(_, amount)| amount).sum()
    }
}

fn cents(amount: f64) -> i64 {
    (amount * 100.0).round() as i64
}
