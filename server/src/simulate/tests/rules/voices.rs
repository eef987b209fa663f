//! What sources do to a shipment.

use super::super::plain::{Line, Plain};

impl Plain<'_> {
    /// A word that stands for nothing.
    pub(super) fn is_told_in_unknown_words(&self) -> bool {
        self.all("shipment.status_reported").any(|line| line.data["code"] != "sync")
    }

    /// Whoever has the goods says who moves them; planning said another later.
    pub(super) fn is_contradicted(&self) -> bool {
        let has_the_goods =
            |line: &&&Line| line.source == "wms" || line.source.starts_with("dispatch/") || line.source.starts_with("carrier/");
        // Who was only asked, or said no, moves nothing.
        let who = |line: &&'_ Line| {
            let told = !line.kind.starts_with("tender.") || line.kind == "tender.accepted";
            let named = if line.data["carrier"].is_string() { &line.data["carrier"] } else { &line.data["carrier_repeated"] };
            named.as_str().filter(|_| told).map(|name| (line.recorded, name.to_owned()))
        };
        let owner = self.lines.iter().filter(has_the_goods).filter_map(&who).max();
        let other = self.lines.iter().filter(|line| !has_the_goods(line)).filter_map(who).max();
        owner.zip(other).is_some_and(|((at, one), (later, another))| later > at && one != another)
    }

    /// The delivery that is believed stands in the spreadsheet.
    pub(super) fn was_typed_in(&self) -> bool {
        self.word("shipment.delivered").is_some_and(|line| line.source == "sheet/deliveries")
    }
}
