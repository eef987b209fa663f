//! What goes wrong on the way.

use super::{super::plain::Plain, HOUR, MINUTE};

impl Plain<'_> {
    fn is_over(&self) -> bool {
        self.has_left() || self.is_there() || self.has("shipment.cancelled") || self.billed().is_some()
    }

    /// The carrier that was asked said no last, and nobody took it since; nor did another one before.
    pub(super) fn was_refused_by_its_carrier(&self) -> bool {
        let yes = ["tender.accepted", "freight.booked", "vehicle.assigned", "shipment.loaded"];
        let refused = !self.is_over() && self.open("tender.rejected", &yes).is_some();
        let who = |kind: &str| self.word(kind).and_then(|line| line.data["carrier"].as_str());
        let another_stands = self.has("tender.accepted") && who("tender.accepted") != who("tender.rejected");
        refused && !another_stands
    }

    /// A day after it was planned nobody moves it, and nobody was asked and said no.
    pub(super) fn has_nobody(&self, now: i64) -> bool {
        let somebody = ["freight.booked", "tender.accepted", "tender.rejected", "vehicle.assigned", "shipment.loaded"];
        let planned = self.word("shipment.planned").map(|line| line.at);
        let taken = somebody.iter().any(|kind| self.has(kind));
        !self.is_over() && !taken && planned.is_some_and(|planned| now >= planned + 24 * HOUR)
    }

    /// Something happened, and nothing that ended it.
    pub(super) fn is_in_trouble(&self) -> bool {
        if self.has("shipment.cancelled") || self.has("shipment.returned") {
            return false;
        }
        let moved_on = [
            "vehicle.assigned",
            "shipment.picked_up",
            "shipment.in_transit",
            "shipment.partially_delivered",
            "shipment.delivered",
        ];
        let stopped = |kind: &str| self.open(kind, &moved_on).is_some() && !self.is_there();
        let warm = self.temperature(false).is_some_and(|broken| self.temperature(true).is_none_or(|kept| kept < broken));
        self.open("shipment.refused", &["shipment.delivered"]).is_some()
            || self.open("delivery_exception.raised", &["delivery_exception.cleared"]).is_some()
            || self.open("shipment.partially_delivered", &["shipment.delivered"]).is_some()
            || warm && self.billed().is_none()
            || ["vehicle.broke_down", "stop.missed", "check_in.missed"].into_iter().any(stopped)
    }

    /// Something was told for a time after what ended it: clocks may differ by five minutes.
    pub(super) fn went_backwards(&self) -> bool {
        let at = |kind: &str| self.word(kind).map(|line| line.at);
        let after = |late: &str, early: &str| at(late).zip(at(early)).is_some_and(|(late, early)| late > early + 5 * MINUTE);
        let gone = ["shipment.loaded", "shipment.dispatched", "shipment.picked_up"];
        gone.iter().any(|kind| after(kind, "shipment.delivered") || after(kind, "shipment.cancelled"))
            || after("shipment.delivered", "pod.validated")
            || ["shipment.in_transit", "shipment.delivered"].iter().any(|kind| after(kind, "shipment.cancelled"))
    }

    /// A day after somebody complained nothing else is known of it.
    pub(super) fn is_only_complained_about(&self, now: i64) -> bool {
        let only = self.lines.iter().all(|line| line.kind.starts_with("case."));
        only && self.open("case.created", &["case.resolved"]).is_some_and(|opened| now >= opened + 24 * HOUR)
    }
}
