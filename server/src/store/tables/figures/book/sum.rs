//! Adding up what the book holds.

use super::{
    Pages,
    ended::Grain,
    names::{Name, Names},
    shelf::Place,
};
use crate::{
    domain::{access::Scope, exception::ExceptionKind},
    store::{
        figures::{Adding, By, Counted, Episodes, Marks, MeasureQuery, Wait, Waits, Why},
        tables::figures::{
            stock::{Item, add_up},
            waiting::lacks_proof,
        },
    },
};

/// What of a place is compared.
type Of = fn(&Place) -> Name;

/// What is asked for, as numbers. A name that nobody knows is nowhere.
struct Asked {
    environment: Option<Name>,
    regions: Option<Vec<Name>>,
    units: Option<Vec<Name>>,
    /// What must be equal.
    equal: Vec<(Of, Option<Name>)>,
}

impl Asked {
    /// None: lanes are asked for.
    fn read(names: &Names, query: &MeasureQuery) -> Option<Self> {
        if query.origin.is_some() || query.destination.is_some() {
            return None;
        }
        let these = |allowed: &Option<Vec<String>>| {
            allowed.as_ref().map(|allowed| allowed.iter().filter_map(|name| names.known(name)).collect())
        };
        let mut equal: Vec<(Of, Option<Name>)> = Vec::new();
        let asked: [(&Option<String>, Of); 5] = [
            (&query.region, |place| place.region),
            (&query.business_unit, |place| place.unit),
            (&query.carrier, |place| place.carrier),
            (&query.mode, |place| place.mode),
            (&query.customer, |place| place.customer),
        ];
        for (value, of) in asked {
            equal.extend(value.as_ref().map(|value| (of, names.known(value))));
        }
        let environment = names.known(query.sight.environment.code());
        let scope = &query.sight.scope;
        Some(Self { environment, regions: these(&scope.regions), units: these(&scope.business_units), equal })
    }

    fn wants(&self, place: &Place) -> bool {
        let among = |allowed: &Option<Vec<Name>>, name: &Name| allowed.as_ref().is_none_or(|allowed| allowed.contains(name));
        Some(place.environment) == self.environment
            && among(&self.regions, &place.region)
            && among(&self.units, &place.unit)
            && self.equal.iter().all(|(of, value)| Some(of(place)) == *value)
    }
}

/// What waits; none: neither lanes nor what shipments are measured at are in the book.
pub(super) fn waits(pages: &Pages, query: &MeasureQuery, wait: Wait, how: &Adding) -> Option<Waits> {
    if let Wait::Standing(_) = wait {
        return None;
    }
    let asked = Asked::read(&pages.names, query)?;
    let carrier = |place: &Place| if how.by == By::Carrier { place.carrier } else { Name::MAX };
    let name = |number: Name| pages.names.name(number).to_owned();
    if let Wait::Exceptions(kind) = wait {
        let wanted = |excepted: &&super::Excepted| {
            kind.map_or(!excepted.waived, |kind| kind == excepted.kind) && asked.wants(&excepted.place)
        };
        let items = pages.exceptions.iter().filter(|excepted| wanted(excepted)).map(|excepted| Item {
            why: Why::Wrong(excepted.kind),
            since: excepted.detected_at,
            of: if how.by == By::Cause { excepted.cause } else { carrier(&excepted.place) },
            money: excepted.money,
            whose: Some(excepted.shipment),
            marks: excepted.marks,
        });
        return Some(add_up(items, how, name));
    }
    let items = pages.shipments.iter().filter(|(_, shipped)| asked.wants(&shipped.place)).filter_map(|(_, shipped)| {
        let since = match wait {
            Wait::Unbilled => shipped.unbilled.then_some(shipped.sort_at),
            Wait::AwaitingProof => (shipped.unbilled && lacks_proof(shipped.holds, shipped.no_proof)).then_some(shipped.sort_at),
            Wait::Dispatched => shipped.dispatched_at.filter(|_| shipped.under_way || shipped.unbilled),
            Wait::Ready => shipped.ready_at,
            Wait::Unproven => shipped.unproven.then_some(shipped.sort_at),
            Wait::Validated => shipped.validated_at,
            Wait::ErpBacklog => shipped.invoiced_at,
            Wait::Unposted => shipped.invoiced_at.filter(|_| shipped.delivered).map(|_| shipped.sort_at),
            Wait::Exceptions(_) | Wait::Standing(_) => None,
        }?;
        let why = match wait {
            Wait::ErpBacklog | Wait::Unposted if shipped.refused => Why::Refused,
            Wait::ErpBacklog | Wait::Unposted => Why::NoWord,
            _ => Why::Holds(shipped.holds),
        };
        Some(Item { why, since, of: carrier(&shipped.place), money: shipped.money, whose: None::<()>, marks: Marks::default() })
    });
    Some(add_up(items, how, name))
}

/// How many shipments are under way; none: lanes are not in the book.
pub(super) fn under_way(pages: &Pages, query: &MeasureQuery) -> Option<u64> {
    let asked = Asked::read(&pages.names, query)?;
    Some(pages.shipments.iter().filter(|(_, shipped)| shipped.under_way && asked.wants(&shipped.place)).count() as u64)
}

/// What became of exceptions; none: lanes are not in the book.
pub(super) fn episodes(pages: &Pages, query: &MeasureQuery, kind: Option<ExceptionKind>) -> Option<Episodes> {
    let asked = Asked::read(&pages.names, query)?;
    let placed = query.sight.scope != Scope::ALL || query.region.is_some() || query.business_unit.is_some();
    let environment = asked.environment;
    // As they were counted when they were told.
    let filters = [placed, query.carrier.is_some(), query.mode.is_some()].into_iter().filter(|asked| *asked).count();
    if query.customer.is_none() && filters <= 1 {
        let known = |name: &Option<String>| name.as_ref().map(|name| pages.names.known(name));
        let (carrier, mode) = (known(&query.carrier), known(&query.mode));
        return Some(pages.episodes.counted(query, kind, |grain| match (*grain, carrier, mode) {
            (Grain::Whole(of), None, None) => !placed && Some(of) == environment,
            (Grain::Carrier(of, by), Some(carrier), None) => Some(of) == environment && Some(by) == carrier,
            (Grain::Mode(of, by), None, Some(mode)) => Some(of) == environment && Some(by) == mode,
            (Grain::Unit(of, region, unit), None, None) if placed => {
                Some(of) == environment && asked.wants(&Place { environment: of, region, unit, carrier: 0, mode: 0, customer: 0 })
            }
            _ => false,
        }));
    }
    let mut counted = Counted::default();
    pages.episodes.of(kind, |place| asked.wants(place)).for_each(|episode| counted.count(query, episode));
    Some(counted.episodes())
}
