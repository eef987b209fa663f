//! How sources speak: vendors with words of their own, words that nobody knows, systems that contradict each other, people who type.
//! It has a stream of chance of its own, so that the rest of the story stays as it is.

use super::{
    SHEET,
    draw::Draw,
    freight::hours,
    shipper::{CARRIERS, HAULWISE, ROUTELINE},
    story::{Act, Step, Story},
};
use crate::domain::{
    event::EventType,
    policy::{Meaning, StatusMap},
};

/// The words of the vendor in the Americas, and what they mean.
const OF_HAULWISE: [(&str, EventType); 3] = [
    ("assigned", EventType::VehicleAssigned),
    ("dispatched", EventType::ShipmentDispatched),
    ("arrived", EventType::ShipmentDelivered),
];

/// The words of the vendor elsewhere: what it calls planned is a vehicle's, what it calls loaded has left the desk.
const OF_ROUTELINE: [(&str, EventType); 4] = [
    ("planned", EventType::VehicleAssigned),
    ("loaded", EventType::ShipmentDispatched),
    ("in transit", EventType::ShipmentInTransit),
    ("delivered", EventType::ShipmentDelivered),
];

/// What planning sends when it only repeats what it knew.
const REPEATED: &str = "sync";

/// One shipment in so many is told by its dispatch vendor in its own words.
const ONE_IN: u64 = 6;

/// The maps of everybody's words.
pub(super) fn maps() -> Vec<StatusMap> {
    let known =
        |words: &[(&str, EventType)]| words.iter().map(|(word, means)| ((*word).to_owned(), Meaning::Event(*means))).collect();
    let map = |sources: &str, codes| StatusMap { sources: sources.into(), from: None, codes };
    vec![
        map(HAULWISE, known(&OF_HAULWISE)),
        map(ROUTELINE, known(&OF_ROUTELINE)),
        map("tms/*", [(REPEATED.to_owned(), Meaning::Ignore)].into()),
    ]
}

/// The word under which a step is told, if it is not told as an event of its own.
pub(crate) fn word(story: &Story, step: &Step) -> Option<&'static str> {
    match step.act {
        Act::Mumbled(word) => Some(word),
        Act::Misremembered(_) => Some(REPEATED),
        Act::VehicleAssigned | Act::Dispatched if story.number.is_multiple_of(ONE_IN) => {
            let words: &[_] = match step.source {
                HAULWISE => &OF_HAULWISE,
                ROUTELINE => &OF_ROUTELINE,
                _ => return None,
            };
            let means = super::tell::event_type(&step.act);
            words.iter().find(|(_, word)| *word == means).map(|(word, _)| *word)
        }
        _ => None,
    }
}

/// Another seed than the story's own.
const STREAM: u64 = 0x766f_6963_6573_2121;

/// Gives some stories a source that speaks otherwise than it should.
pub(super) fn stir(story: &mut Story, seed: u64) {
    let mut draw = Draw::new(seed ^ STREAM, story.number);
    let find = |story: &Story, wanted: Act| story.steps.iter().position(|step| step.act == wanted);
    match draw.weighted([0.006, 0.006, 0.008, 0.006, 0.974]) {
        0 => {
            let Some(at) = find(story, Act::Dispatched) else { return };
            let word = draw.pick(&["gate out", "hub scan", "yard hold"]);
            let (dispatch, left) = (story.region.dispatch, story.steps[at].occurred);
            story.step(Act::Mumbled(word), dispatch, left.plus(hours(draw.between(0.5, 3.0))), &mut draw);
        }
        1 => {
            let Some(at) = find(story, Act::PickedUp) else { return };
            let (tms, picked_up) = (story.region.tms, story.steps[at].occurred);
            let other = (story.carrier + 1 + draw.below(CARRIERS.len() - 1)) % CARRIERS.len();
            story.step(Act::Misremembered(other), tms, picked_up.plus(hours(draw.between(2.0, 30.0))), &mut draw);
        }
        2 => {
            if let Some(at) = find(story, Act::Delivered) {
                story.steps[at].source = SHEET;
            }
        }
        3 => {
            let (Some(picked_up), Some(delivered)) = (find(story, Act::PickedUp), find(story, Act::Delivered)) else { return };
            let there = story.steps[delivered].occurred;
            let step = &mut story.steps[picked_up];
            let later = there.plus(hours(draw.between(1.0, 6.0))).since(step.occurred);
            (step.occurred, step.recorded, step.sent) =
                (step.occurred.plus(later), step.recorded.plus(later), step.sent.plus(later));
        }
        _ => {}
    }
}
