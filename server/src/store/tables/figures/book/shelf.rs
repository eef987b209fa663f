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
    store::{StoreError, figures::Marks, tables::intake::rows::corrupt},
};
use std::collections::{BTreeMap, HashMap};

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
    /// Its place in lists: the delivery, if that was told.
    pub sort_at: Instant,
    pub delivered: bool,
    pub dispatched_at: Option<Instant>,
    pub invoiced_at: Option<Instant>,
    pub money: Option<Money>,
    pub holds: Holds,
    pub unbilled: bool,
    pub no_proof: bool,
    pub under_way: bool,
    /// Since when it could be invoiced.
    pub ready_at: Option<Instant>,
    /// Since when a good POD is there and nothing is invoiced.
    pub validated_at: Option<Instant>,
    /// No POD has ever come that is asked for.
    pub unproven: bool,
    /// The ERP's last word on its invoice.
    pub refused: bool,
}

/// An exception that is there.
#[derive(Clone, Copy)]
pub(super) struct Excepted {
    pub place: Place,
    /// Row of its shipment, or of itself below zero.
    pub shipment: i64,
    pub detected_at: Instant,
    pub money: Option<Money>,
    pub kind: ExceptionKind,
    pub cause: Name,
    /// A person accepted it as it is: it is not open.
    pub waived: bool,
    pub marks: Marks,
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
            sort_at: Instant(told.sort_at),
            delivered: told.delivered,
            dispatched_at: told.dispatched_at.map(Instant),
            invoiced_at: told.invoiced_at.map(Instant),
            money: money(told.minor, told.currency.as_deref()),
            holds: Holds::from_bits(told.holds),
            unbilled: told.unbilled,
            no_proof: told.no_proof,
            under_way: told.under_way,
            ready_at: told.ready_at.map(Instant),
            validated_at: told.validated_at.map(Instant),
            unproven: told.unproven,
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
            waived: told.waived,
            marks: Marks([told.came_back, told.nobodys]),
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

/// Exceptions that are there, those of a shipment one after the other: so whoever adds up tells its money once without remembering the others.
#[derive(Default)]
pub(super) struct ByShipment {
    shipments: HashMap<i64, i64>,
    /// By shipment and row.
    all: BTreeMap<(i64, i64), Excepted>,
}

impl ByShipment {
    /// Takes a row away, if it is there.
    pub(super) fn remove(&mut self, row: i64) {
        if let Some(shipment) = self.shipments.remove(&row) {
            self.all.remove(&(shipment, row));
        }
    }

    /// Puts a row there.
    pub(super) fn put(&mut self, row: i64, of: Excepted) {
        self.remove(row);
        self.shipments.insert(row, of.shipment);
        self.all.insert((of.shipment, row), of);
    }

    /// All of them, by shipment.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Excepted> {
        self.all.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
