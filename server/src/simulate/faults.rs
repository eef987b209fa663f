//! What goes wrong between a source and us, at the rates below. What goes wrong in the business itself is part of the story.

use super::{
    draw::Draw,
    freight::hours,
    rhythm::seconds,
    story::{Act, Step, Story, Twist},
    tell::has_money,
};

/// What was done to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Written down and sent hours or days after it happened.
    Late,
    /// Sent after an event that followed it.
    OutOfOrder,
    /// Sent twice, the same.
    Repeated,
    /// Sent again under the same id, with another time and a later record time.
    Corrected,
    /// Taken back, and told anew under another id.
    Retracted,
    /// Taken back before it was sent, and told anew under another id.
    RetractedFirst,
    /// Another body under the same id, without a later record time.
    Contradicted,
    /// Not acceptable: its type is unknown.
    UnknownType,
    /// Not acceptable: an amount is none.
    BadMoney,
    /// Not acceptable: it lies in the future.
    FutureDate,
    /// Not acceptable: a time is none.
    BadTime,
    /// Not acceptable: the subject is missing.
    NoSubject,
    /// Not acceptable: the line ends in the middle.
    CutOff,
}

/// How often each happens, by event.
pub(crate) const RATES: [(Fault, f64); 13] = [
    (Fault::Late, 0.012),
    (Fault::OutOfOrder, 0.015),
    (Fault::Repeated, 0.012),
    (Fault::Corrected, 0.006),
    (Fault::Retracted, 0.0024),
    (Fault::RetractedFirst, 0.0006),
    (Fault::Contradicted, 0.0004),
    (Fault::UnknownType, 0.0004),
    (Fault::BadMoney, 0.0003),
    (Fault::FutureDate, 0.0002),
    (Fault::BadTime, 0.0002),
    (Fault::NoSubject, 0.0001),
    (Fault::CutOff, 0.0001),
];

impl Fault {
    /// As in the manifest.
    pub fn code(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::OutOfOrder => "out_of_order",
            Self::Repeated => "repeated",
            Self::Corrected => "corrected",
            Self::Retracted => "retracted",
            Self::RetractedFirst => "retracted_first",
            Self::Contradicted => "contradicted",
            Self::UnknownType => "unknown_type",
            Self::BadMoney => "bad_money",
            Self::FutureDate => "future_date",
            Self::BadTime => "bad_time",
            Self::NoSubject => "no_subject",
            Self::CutOff => "cut_off",
        }
    }

    /// Whether the event itself is refused.
    pub fn is_refused(self) -> bool {
        self.twist().is_some_and(|twist| twist != Twist::Contradicts)
    }

    fn twist(self) -> Option<Twist> {
        match self {
            Self::Contradicted => Some(Twist::Contradicts),
            Self::UnknownType => Some(Twist::UnknownType),
            Self::BadMoney => Some(Twist::BadMoney),
            Self::FutureDate => Some(Twist::FutureDate),
            Self::BadTime => Some(Twist::BadTime),
            Self::NoSubject => Some(Twist::NoSubject),
            Self::CutOff => Some(Twist::CutOff),
            _ => None,
        }
    }
}

/// Lets each step go wrong as often as [`RATES`] say.
pub(crate) fn inject(story: &mut Story, draw: &mut Draw) {
    let healthy = 1.0 - RATES.iter().map(|(_, rate)| rate).sum::<f64>();
    for index in 0..story.steps.len() {
        let weights = RATES.iter().map(|(_, rate)| *rate).chain([healthy]);
        if let Some((fault, _)) = RATES.get(draw.weighted(weights)) {
            spoil(story, draw, index, *fault);
        }
    }
}

/// Lets one step go wrong.
fn spoil(story: &mut Story, draw: &mut Draw, index: usize, fault: Fault) {
    let fresh = story.steps.iter().map(|step| step.number).max().unwrap_or_default() + 1;
    let next_sent = story.steps.get(index + 1).map(|next| next.sent);
    let step = &mut story.steps[index];
    match fault {
        Fault::Late => {
            let late = hours(draw.log_normal(9.0, 0.9));
            (step.recorded, step.sent) = (step.recorded.plus(late), step.sent.plus(late));
            step.fault = Some(fault);
        }
        Fault::OutOfOrder => {
            if let Some(next) = next_sent.filter(|next| *next >= step.sent) {
                step.sent = next.plus(seconds(draw.between(60.0, 1200.0)));
                step.fault = Some(fault);
            }
        }
        Fault::Repeated => {
            let sent = step.sent.plus(seconds(draw.log_normal(1200.0, 1.2)) + seconds(1.0));
            let copy = Step { sent, fault: Some(fault), ..step.clone() };
            story.steps.push(copy);
        }
        Fault::Corrected => {
            let later = hours(draw.log_normal(5.0, 0.7)) + seconds(60.0);
            let earlier = -seconds(draw.between(300.0, 5400.0));
            let copy = Step {
                occurred: step.occurred.plus(earlier),
                recorded: step.recorded.plus(later),
                sent: step.sent.plus(later),
                fault: Some(fault),
                ..step.clone()
            };
            story.steps.push(copy);
        }
        Fault::Retracted | Fault::RetractedFirst if matches!(step.act, Act::OrderReleased(_)) => {}
        Fault::Retracted | Fault::RetractedFirst => {
            let later = hours(draw.log_normal(2.0, 0.7)) + seconds(60.0);
            let told =
                Step { number: fresh + 1, recorded: step.recorded.plus(later), sent: step.sent.plus(later), ..step.clone() };
            let taken_back = Step {
                act: Act::Retracted(step.number),
                number: fresh,
                recorded: step.recorded.plus(later / 2),
                occurred: step.recorded.plus(later / 2),
                sent: if fault == Fault::Retracted { step.sent.plus(later / 2) } else { step.sent.plus(later / 3) },
                fault: Some(fault),
                ..step.clone()
            };
            if fault == Fault::RetractedFirst {
                step.sent = step.sent.plus(later / 2);
            }
            story.steps.extend([taken_back, told]);
        }
        Fault::Contradicted => {
            let sent = step.sent.plus(hours(draw.log_normal(1.0, 0.7)));
            let copy = Step { sent, twist: fault.twist(), fault: Some(fault), ..step.clone() };
            story.steps.push(copy);
        }
        Fault::BadMoney if !has_money(&step.act) => {}
        _ => {
            step.twist = fault.twist();
            step.fault = Some(fault);
        }
    }
}
