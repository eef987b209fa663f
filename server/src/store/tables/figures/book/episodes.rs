//! Exceptions from their detection to their end, over ones too: so that what was open at any time can be counted. A few bytes each, in
//! the place of their row's number.

use super::{
    ended::{Ended, Grain, told},
    load::EpisodeTold,
    names::Names,
    shelf::Place,
};
use crate::{
    domain::{exception::ExceptionKind, time::Instant},
    store::{
        StoreError,
        figures::{self, Episode, MeasureQuery},
        tables::intake::rows::corrupt,
    },
};
use foldhash::HashMap;

/// None was told of this row.
const NOWHERE: u32 = u32::MAX;
/// It is not over.
const OPEN: i64 = i64::MIN;

#[derive(Clone, Copy)]
struct Held {
    place: u32,
    kind: ExceptionKind,
    waived: bool,
    detected_at: i64,
    closed_at: i64,
}

impl Held {
    /// Of a waived one, when its cause went is told beside it.
    fn episode(self, gone_at: Option<Instant>) -> Episode {
        let over = (self.closed_at != OPEN).then_some((Instant(self.closed_at), self.waived));
        let gone_at = if self.waived { gone_at } else { over.map(|(closed_at, _)| closed_at) };
        Episode { detected_at: Instant(self.detected_at), over, gone_at }
    }
}

/// All exceptions there ever were.
#[derive(Default)]
pub(super) struct Episodes {
    numbers: HashMap<Place, u32>,
    places: Vec<Place>,
    held: Vec<Held>,
    /// When the cause of a waived one went, by its place: there are few of them.
    gone: HashMap<usize, Instant>,
    ended: HashMap<Grain, Ended>,
}

impl Episodes {
    /// Puts one there.
    pub(super) fn put(&mut self, names: &mut Names, told: &EpisodeTold) -> Result<(), StoreError> {
        let kind =
            ExceptionKind::from_code(&told.kind).ok_or_else(|| corrupt("exceptions", &told.row.to_string(), &told.kind))?;
        let place = Place::read(names, told.place.each_ref().map(String::as_str));
        let place = *self.numbers.entry(place).or_insert_with(|| {
            self.places.push(place);
            u32::try_from(self.places.len() - 1).expect("fewer places than names")
        });
        let at = usize::try_from(told.row).map_err(|_| corrupt("exceptions", &told.row.to_string(), "its row"))?;
        let nothing = Held { place: NOWHERE, kind, waived: false, detected_at: 0, closed_at: OPEN };
        if at >= self.held.len() {
            self.held.resize(at + 1, nothing);
        }
        let closed_at = if told.over { told.closed_at.unwrap_or(told.detected_at) } else { OPEN };
        let (before, held) = (self.held[at], Held { place, kind, waived: told.waived, detected_at: told.detected_at, closed_at });
        self.held[at] = held;
        if before.place != NOWHERE {
            self.count(before, self.gone.get(&at).copied(), true);
        }
        let gone_at = told.gone_at.filter(|_| told.waived).map(Instant);
        match gone_at {
            Some(gone_at) => self.gone.insert(at, gone_at),
            None => self.gone.remove(&at),
        };
        self.count(held, gone_at, false);
        Ok(())
    }

    fn count(&mut self, held: Held, gone_at: Option<Instant>, back: bool) {
        let Place { environment, region, unit, carrier, mode, .. } = self.places[held.place as usize];
        for grain in [
            Grain::Whole(environment),
            Grain::Unit(environment, region, unit),
            Grain::Carrier(environment, carrier),
            Grain::Mode(environment, mode),
        ] {
            self.ended.entry(grain).or_default().count(held.kind, held.episode(gone_at), back);
        }
    }

    /// What became of those of some grains. How long those of a kind took is not told.
    pub(super) fn counted(
        &self,
        query: &MeasureQuery,
        kind: Option<ExceptionKind>,
        wants: impl Fn(&Grain) -> bool,
    ) -> figures::Episodes {
        told(self.ended.iter().filter(|(grain, _)| wants(grain)).map(|(_, ended)| ended), query, kind)
    }

    /// Those of the places that are wanted.
    pub(super) fn of(&self, kind: Option<ExceptionKind>, wants: impl Fn(&Place) -> bool) -> impl Iterator<Item = Episode> {
        let wanted: Vec<bool> = self.places.iter().map(wants).collect();
        let asked = move |(_, held): &(usize, &Held)| {
            kind.is_none_or(|kind| kind == held.kind) && wanted.get(held.place as usize).is_some_and(|wanted| *wanted)
        };
        self.held.iter().enumerate().filter(asked).map(|(at, held)| held.episode(self.gone.get(&at).copied()))
    }
}
