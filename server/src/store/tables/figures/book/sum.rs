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
        figures::{Adding, By, Counted, Episodes, MeasureQuery, Wait, Waits, Why},
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

/// What waits; none: lanes are not in the book.
pub(super) fn waits(pages: &Pages, query: &MeasureQuery, wait: Wait, how: &Adding) -> Option<Waits> {
    let asked = Asked::read(&pages.names, query)?;
    let carrier = |place: &Place| if how.by == By::Carrier { place.carrier } else { Name::MAX };
    let name = |number: Name| pages.names.name(number).to_owned();
    if let Wait::Exceptions(kind) = wait {
        let wanted = |excepted: &super::Excepted| kind.is_none_or(|kind| kind == excepted.kind) && asked.wants(&excepted.place);
        let items = pages.exceptions.iter().filter(|(_, excepted)| wanted(excepted)).map(|(_, excepted)| Item {
            why: Why::Wrong(excepted.kind),
            since: excepted.detected_at,
            of: if how.by == By::Cause { excepted.cause } else { carrier(&excepted.place) },
            money: excepted.money,
            whose: Some(excepted.shipment),
        });
        return Some(add_up(items, how, name));
    }
    let items = pages.shipments.iter().filter(|(_, shipped)| asked.wants(&shipped.place)).filter_map(|(_, shipped)| {
        let (why, since) = match wait {
            Wait::ErpBacklog => (if shipped.refused { Why::Refused } else { Why::NoWord }, shipped.invoiced_at?),
            Wait::AwaitingProof if !lacks_proof(shipped.holds, shipped.no_proof) => return None,
            Wait::Unbilled | Wait::AwaitingProof if shipped.unbilled => (Why::Holds(shipped.holds), shipped.delivered_at),
            Wait::Validated if shipped.validated => (Why::Holds(shipped.holds), shipped.delivered_at),
            Wait::Unbilled | Wait::AwaitingProof | Wait::Validated | Wait::Exceptions(_) => return None,
        };
        Some(Item { why, since, of: carrier(&shipped.place), money: shipped.money, whose: None::<()> })
    });
    Some(add_up(items, how, name))
}

/// How many shipments are under way; none: lanes are not in the book.
pub(super) fn under_way(pages: &Pages, query: &MeasureQuery) -> Option<u64> {
    let asked = Asked::read(&pages.names, query)?;
    Some(pages.shipments.iter().filter(|(_, shipped)| shipped.under_way && asked.wants(&shipped.place)).count() as u64)
}

/// What became of exceptions; none: lanes and modes of what is over are not in the book.
pub(super) fn episodes(pages: &Pages, query: &MeasureQuery, kind: Option<ExceptionKind>) -> Option<Episodes> {
    let asked = Asked::read(&pages.names, query).filter(|_| query.mode.is_none())?;
    let placed = query.sight.scope != Scope::ALL || query.region.is_some() || query.business_unit.is_some();
    let environment = asked.environment;
    // As they were counted when they were told.
    if query.customer.is_none() && !(placed && query.carrier.is_some()) {
        let carrier = query.carrier.as_ref().map(|carrier| pages.names.known(carrier));
        return Some(pages.episodes.counted(query, kind, |grain| match (*grain, placed, carrier) {
            (Grain::Whole(of), false, None) => Some(of) == environment,
            (Grain::Carrier(of, by), false, Some(carrier)) => Some(of) == environment && Some(by) == carrier,
            (Grain::Unit(of, region, unit), true, None) => {
                Some(of) == environment && asked.wants(&Place { environment: of, region, unit, carrier: 0, mode: 0, customer: 0 })
            }
            _ => false,
        }));
    }
    let mut counted = Counted::default();
    pages.episodes.of(kind, |place| asked.wants(place)).for_each(|episode| counted.count(query, episode));
    Some(counted.episodes())
}
