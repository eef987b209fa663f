//! View maths of a shipment's lanes: one lane a system, each event from when it happened to when it was recorded.

use super::TimelineEntry;

/// Where the time axis begins and ends, and the height of a lane, in the drawing's own units.
pub const LEFT: i64 = 168;
/// See [`LEFT`].
pub const RIGHT: i64 = 1184;
/// See [`LEFT`].
pub const WIDTH: i64 = 1200;
/// See [`LEFT`].
pub const LANE: i64 = 26;

/// All lanes over one time axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Lanes {
    /// In the order in which the systems first spoke.
    pub lanes: Vec<Lane>,
    /// The axis' first moment in words.
    pub from: String,
    /// The axis' last moment in words.
    pub to: String,
}

/// One system's events.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// The system.
    pub source: String,
    /// Its events.
    pub marks: Vec<Mark>,
}

/// One event on the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its commit sequence.
    pub seq: i64,
    /// Where it happened.
    pub occurred: i64,
    /// Where it was recorded.
    pub recorded: i64,
    /// In words.
    pub title: String,
    /// It counts: neither superseded nor retracted.
    pub effective: bool,
}

/// Lays a timeline out; none if there is nothing to compare (under two events).
pub fn lanes(timeline: &[TimelineEntry]) -> Option<Lanes> {
    if timeline.len() < 2 {
        return None;
    }
    let moments = || timeline.iter().flat_map(|entry| [&entry.occurred, &entry.recorded]);
    let first = moments().min_by_key(|at| at.micros)?;
    let last = moments().max_by_key(|at| at.micros)?;
    // In milliseconds the product below fits into 64 bits for any two years that can be written.
    let since = |micros: i64| micros.saturating_sub(first.micros) / 1000;
    let span = since(last.micros);
    let x = |micros: i64| if span == 0 { (LEFT + RIGHT) / 2 } else { LEFT + since(micros) * (RIGHT - LEFT) / span };
    let mut lanes: Vec<Lane> = Vec::new();
    for entry in timeline {
        let mark = Mark {
            seq: entry.seq,
            occurred: x(entry.occurred.micros),
            recorded: x(entry.recorded.micros),
            title: format!(
                "{}, {}: occurred {}, recorded {}",
                entry.title, entry.source, entry.occurred.local, entry.recorded.local
            ),
            effective: entry.standing == "effective",
        };
        match lanes.iter_mut().find(|lane| lane.source == entry.source) {
            Some(lane) => lane.marks.push(mark),
            None => lanes.push(Lane { source: entry.source.clone(), marks: vec![mark] }),
        }
    }
    Some(Lanes { lanes, from: first.local.clone(), to: last.local.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Moment, Precision};

    fn at(hours: i64) -> Moment {
        let micros = hours * 3_600_000_000;
        Moment { micros, precision: Precision::Instant, local: format!("{hours} h"), utc: String::new() }
    }

    fn entry(seq: i64, source: &str, occurred: i64, recorded: i64) -> TimelineEntry {
        TimelineEntry {
            seq,
            source: source.into(),
            title: "Delivered".into(),
            event_type: String::new(),
            occurred: at(occurred),
            recorded: at(recorded),
            known: at(recorded),
            lag: None,
            remark: None,
            standing: "effective".into(),
            details: Vec::new(),
        }
    }

    #[test]
    fn one_event_needs_no_lanes() {
        assert_eq!(lanes(&[entry(1, "tms", 0, 5)]), None);
    }

    #[test]
    fn the_axis_reaches_from_the_first_moment_to_the_last() {
        let laid = lanes(&[entry(1, "tms", 10, 20), entry(2, "pod", 0, 5), entry(3, "tms", 15, 15)]).expect("three events");
        assert_eq!((laid.from.as_str(), laid.to.as_str()), ("0 h", "20 h"));
        assert_eq!(laid.lanes.len(), 2);
        assert_eq!((laid.lanes[0].source.as_str(), laid.lanes[0].marks.len()), ("tms", 2));
        assert_eq!(laid.lanes[0].marks[0].occurred, (LEFT + RIGHT) / 2);
        assert_eq!(laid.lanes[0].marks[0].recorded, RIGHT);
        assert_eq!(laid.lanes[1].marks[0].occurred, LEFT);
    }

    #[test]
    fn events_of_one_moment_stand_in_the_middle() {
        let laid = lanes(&[entry(1, "tms", 3, 3), entry(2, "wms", 3, 3)]).expect("two events");
        assert!(laid.lanes.iter().all(|lane| lane.marks[0].occurred == (LEFT + RIGHT) / 2));
    }
}
