//! The physical half of a story: from the order's release to the handover.

use super::{
    ERP, WMS,
    draw::Draw,
    rhythm::{dock_closes, dock_open, seconds},
    shipper::{CARRIERS, Customer, Mode, REGIONS, pick_carrier},
    story::{Act, Story},
};
use crate::domain::time::Instant;

/// From where to where, how, and by whom.
#[derive(Debug)]
pub(crate) struct Lane {
    /// Where it starts.
    pub(crate) origin: &'static str,
    /// Hours ahead of UTC there.
    origin_offset: i64,
    /// Where it ends.
    pub(crate) destination: &'static str,
    /// How it moves.
    pub(crate) mode: Mode,
    /// Index of the carrier.
    pub(crate) carrier: usize,
    /// Index of the region where it starts.
    origin_region: usize,
    /// Median hours from pick-up to handover.
    pub(crate) transit_hours: f64,
}

/// A handover.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handover {
    /// When.
    pub(crate) at: Instant,
    /// Dispatch confirmed.
    pub(crate) dispatched: Instant,
    /// Not all of the goods were taken.
    pub(crate) partial: bool,
}

/// Why things come late.
const DELAYS: &[&str] = &["weather", "congestion", "customs", "equipment", "consignee_closed", "missed_connection"];

/// A lane to this customer.
pub(crate) fn lane(draw: &mut Draw, customer: &Customer, region: usize) -> Lane {
    let (destination, days) = REGIONS[region].places[customer.place];
    let abroad = draw.chance(0.16);
    let origin_region = if abroad { (region + 1 + draw.below(REGIONS.len() - 1)) % REGIONS.len() } else { region };
    let mode = if abroad {
        [Mode::Ocean, Mode::Air][draw.weighted([0.6, 0.4])]
    } else {
        [Mode::Road, Mode::Parcel, Mode::Air, Mode::Rail][draw.weighted([0.60, 0.22, 0.09, 0.09])]
    };
    // Not every region has rails.
    let (mode, carrier) = pick_carrier(draw, mode, origin_region, None).map_or_else(
        || (Mode::Road, pick_carrier(draw, Mode::Road, origin_region, None).unwrap_or_default()),
        |carrier| (mode, carrier),
    );
    let transit_hours = match mode {
        Mode::Road => 24.0 * days,
        Mode::Parcel => 20.0 + 9.0 * days,
        Mode::Rail => 40.0 + 36.0 * days,
        Mode::Air if abroad => 64.0 + 6.0 * days,
        Mode::Air => 14.0 + 5.0 * days,
        Mode::Ocean => 24.0 * (15.0 + 3.0 * days + 2.5 * (origin_region + region) as f64),
    };
    let origin = draw.pick(REGIONS[origin_region].warehouses);
    Lane { origin, origin_offset: REGIONS[origin_region].utc_offset, destination, mode, carrier, origin_region, transit_hours }
}

/// Tells it up to the handover; none if it never comes to one.
pub(crate) fn tell(story: &mut Story, draw: &mut Draw, lane: &Lane, start: Instant) -> Option<Handover> {
    let tms = story.region.tms;
    for order in 0..story.orders.len() {
        let at = if order == 0 { start } else { start.plus(hours(draw.between(0.05, 1.5))) };
        story.step(Act::OrderReleased(order), ERP, at, draw);
    }
    let planned = start.plus(hours(draw.log_normal(2.5, 0.7) + if story.orders.len() > 1 { 1.5 } else { 0.0 }));
    let pick_up_plan = dock_open(planned.plus(hours(draw.log_normal(20.0, 0.45))), lane.origin_offset, false, draw);
    story.promised = dock_closes(pick_up_plan.plus(hours(lane.transit_hours * 1.08 + 1.0)), story.region.utc_offset);
    story.step(Act::Planned, tms, planned, draw);
    if draw.chance(0.008) {
        story.step(Act::Cancelled("order_withdrawn"), tms, planned.plus(hours(draw.log_normal(8.0, 0.6))), draw);
        return None;
    }

    let committed = tender(story, draw, lane, planned);
    if draw.chance(0.007) {
        story.step(Act::Cancelled("customer_request"), tms, committed.plus(hours(draw.log_normal(5.0, 0.6))), draw);
        return None;
    }
    let carrier = story.carrier();
    let picked_up = dock_open(pick_up_plan.max(committed.plus(hours(1.2))), lane.origin_offset, lane.mode == Mode::Parcel, draw);
    let dispatched = picked_up.plus(-hours(draw.between(0.4, 0.9) + draw.log_normal(0.6, 0.5))).max(committed.plus(hours(0.2)));
    if lane.mode == Mode::Road && draw.chance(0.15) {
        let assigned = dispatched.plus(-hours(draw.between(0.05, 0.15)));
        story.step(Act::VehicleAssigned, story.region.dispatch, assigned, draw);
    }
    story.step(Act::Dispatched, story.region.dispatch, dispatched, draw);
    if draw.chance(0.2) {
        story.step(Act::Loaded, WMS, picked_up.plus(-hours(draw.between(0.1, 0.35))), draw);
    }
    story.step(Act::PickedUp, carrier.source, picked_up, draw);

    let mut transit = lane.transit_hours * draw.log_normal(1.0, carrier.spread);
    if lane.mode == Mode::Road && draw.chance(0.012) {
        transit += draw.between(6.0, 30.0);
        let share = draw.between(0.1, 0.8);
        story.step(Act::VehicleBrokeDown, story.region.dispatch, picked_up.plus(hours(transit * share)), draw);
    }
    let arrival = picked_up.plus(hours(transit));
    under_way(story, draw, picked_up, arrival);
    if draw.chance(0.004) {
        return None; // Lost from sight: nobody tells anything any more.
    }
    hand_over(story, draw, arrival, dispatched)
}

/// From the plan to a carrier that takes it; returns when.
fn tender(story: &mut Story, draw: &mut Draw, lane: &Lane, planned: Instant) -> Instant {
    let tms = story.region.tms;
    // Parcels and contract freight are booked without asking.
    if lane.mode == Mode::Parcel || draw.chance(0.4) {
        let booked = planned.plus(hours(draw.log_normal(0.8, 0.6)));
        story.step(Act::Booked, tms, booked, draw);
        return booked;
    }
    let mut at = planned.plus(hours(draw.log_normal(0.7, 0.7)));
    let others = pick_carrier(draw, lane.mode, lane.origin_region, Some(lane.carrier));
    if let Some(first) = others.filter(|_| draw.chance(0.06)) {
        story.step(Act::TenderSent(first), tms, at, draw);
        at = at.plus(hours(draw.log_normal(2.0, 0.6)));
        story.step(Act::TenderRejected(first), CARRIERS[first].source, at, draw);
        at = at.plus(hours(draw.log_normal(0.6, 0.5)));
    }
    story.step(Act::TenderSent(lane.carrier), tms, at, draw);
    at = at.plus(hours(draw.log_normal(1.3, 0.7)));
    story.step(Act::TenderAccepted(lane.carrier), story.carrier().source, at, draw);
    at
}

/// What is seen between pick-up and arrival.
fn under_way(story: &mut Story, draw: &mut Draw, picked_up: Instant, arrival: Instant) {
    let source = story.carrier().source;
    let span = arrival.since(picked_up) as f64 / Instant::HOUR as f64;
    let sightings = match story.mode {
        Mode::Ocean => 2,
        _ => usize::from(draw.chance(0.55)),
    };
    for sighting in 0..sightings {
        let share = (sighting as f64 + draw.between(0.2, 0.8)) / sightings as f64;
        let place = draw.pick(story.region.places).0;
        story.step(Act::InTransit(place), source, picked_up.plus(hours(span * share)), draw);
    }
    if arrival > story.promised {
        let reason = draw.pick(DELAYS);
        if draw.chance(0.55) {
            let told = picked_up.plus(hours(span * draw.between(0.6, 0.9)));
            story.step(Act::EtaChanged(arrival, reason), source, told, draw);
        }
        if draw.chance(0.4) {
            let told = story.promised.plus(hours(draw.between(-6.0, 4.0))).min(arrival).max(picked_up);
            story.step(Act::Delayed(arrival, reason), source, told, draw);
        }
    }
}

/// At the customer's dock.
fn hand_over(story: &mut Story, draw: &mut Draw, arrival: Instant, dispatched: Instant) -> Option<Handover> {
    let source = story.carrier().source;
    let at = dock_open(arrival, story.region.utc_offset, story.mode == Mode::Parcel, draw);
    if draw.chance(0.006) {
        story.step(Act::Refused(draw.pick(&["damaged", "not_ordered", "too_late"])), source, at, draw);
        return None;
    }
    let partial = draw.chance(0.012);
    if partial {
        let share = 40 + u8::try_from(draw.below(55)).unwrap_or_default();
        story.step(Act::PartiallyDelivered(share), source, at, draw);
    }
    // The rest comes some days later.
    let at = if partial { dock_open(at.plus(hours(draw.between(20.0, 90.0))), story.region.utc_offset, false, draw) } else { at };
    story.step(Act::Delivered, source, at, draw);
    Some(Handover { at, dispatched, partial })
}

/// Hours as microseconds, in whole seconds.
pub(crate) fn hours(hours: f64) -> i64 {
    seconds(hours * 3600.0)
}
