//! What the book holds of a shipment and of an exception.

use super::{
    load::{ExceptionTold, ShipmentTold},
    names::{Name, Names},
};
use crate::{
    domain::{
        exception::ExceptionKind,
        money::{Currency, Money},
        readiness::Holds,
        time::Instant,
    },
    store::{StoreError, tables::intake::rows::corrupt},
};
use std::collections::HashMap;

/// Where something belongs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub environment: Name,
    pub region: Name,
    pub unit: Name,
    pub carrier: Name,
    pub mode: Name,
    pub customer: Name,
}

/// A shipment that waits for something.
#[derive(Clone, Copy)]
pub(super) struct Shipped {
    pub place: Place,
    pub delivered_at: Instant,
    pub invoiced_at: Option<Instant>,
    pub money: Option<Money>,
    pub holds: Holds,
    pub unbilled: bool,
    pub no_proof: bool,
    pub under_way: bool,
    /// A POD was checked and found good, and nothing is invoiced.
    pub validated: bool,
    /// The ERP's last word on its invoice.
    pub refused: bool,
}

/// An open exception.
#[derive(Clone, Copy)]
pub(super) struct Excepted {
    pub place: Place,
    /// Row of its shipment, or of itself below zero.
    pub shipment: i64,
    pub detected_at: Instant,
    pub money: Option<Money>,
    pub kind: ExceptionKind,
    pub cause: Name,
}

fn money(minor: Option<i64>, currency: Option<&str>) -> Option<Money> {
    let currency = currency.filter(|currency| !currency.is_empty())?;
    Some(Money { minor: minor?, currency: Currency::try_from(currency.to_owned()).ok()? })
}

impl Place {
    pub(super) fn read(names: &mut Names, [environment, region, unit, carrier, mode, customer]: [&str; 6]) -> Self {
        Self {
            environment: names.number(environment),
            region: names.number(region),
            unit: names.number(unit),
            carrier: names.number(carrier),
            mode: names.number(mode),
            customer: names.number(customer),
        }
    }
}

impl Shipped {
    pub(super) fn read(names: &mut Names, told: &ShipmentTold) -> Self {
        Self {
            place: Place::read(names, told.place.each_ref().map(String::as_str)),
            delivered_at: Instant(told.sort_at),
            invoiced_at: told.invoiced_at.map(Instant),
            money: money(told.minor, told.currency.as_deref()),
            holds: Holds::from_bits(told.holds),
            unbilled: told.unbilled,
            no_proof: told.no_proof,
            under_way: told.under_way,
            validated: told.validated,
            refused: told.refused,
        }
    }
}

impl Excepted {
    pub(super) fn read(names: &mut Names, told: &ExceptionTold) -> Result<Self, StoreError> {
        Ok(Self {
            place: Place::read(names, told.place.each_ref().map(String::as_str)),
            shipment: told.shipment,
            detected_at: Instant(told.detected_at),
            money: money(told.minor, Some(&told.currency)),
            kind: ExceptionKind::from_code(&told.kind).ok_or_else(|| corrupt("exceptions", &told.cause, &told.kind))?,
            cause: names.number(&told.cause),
        })
    }
}

/// Rows one beside the other.
pub(super) struct Shelf<T> {
    places: HashMap<i64, usize>,
    all: Vec<(i64, T)>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { places: HashMap::new(), all: Vec::new() }
    }
}

impl<T> Shelf<T> {
    /// Takes a row away, if it is there.
    pub(super) fn remove(&mut self, row: i64) {
        let Some(at) = self.places.remove(&row) else { return };
        self.all.swap_remove(at);
        if let Some((moved, _)) = self.all.get(at) {
            self.places.insert(*moved, at);
        }
    }

    /// Puts a row there.
    pub(super) fn put(&mut self, row: i64, of: T) {
        self.remove(row);
        self.places.insert(row, self.all.len());
        self.all.push((row, of));
    }

    /// All of them with their rows, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(i64, T)> {
        self.all.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_shelf_holds_what_was_put_last_and_not_removed(deeds in proptest::collection::vec((any::<bool>(), 0..12_i64), 0..80)) {
            let (mut shelf, mut plain) = (Shelf::default(), BTreeMap::new());
            for (at, (put, row)) in deeds.into_iter().enumerate() {
                if put {
                    shelf.put(row, at);
                    plain.insert(row, at);
                } else {
                    shelf.remove(row);
                    plain.remove(&row);
                }
            }
            let held: BTreeMap<i64, usize> = shelf.iter().copied().collect();
            prop_assert_eq!(held.len(), shelf.iter().count());
            prop_assert_eq!(held, plain);
        }
    }
}
