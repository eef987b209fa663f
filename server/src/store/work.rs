//! What is remembered with a shipment of the work that it makes: its open exceptions, those that closed lately, and its orders.
//! Findings are compared with it, so that nothing more is read when nothing changes.

use crate::domain::{
    assess::Assessment,
    exception::{ExceptionKind, Finding, Queue, each_by_cause, waives},
    order::OrderFlags,
    readiness::HoldKind,
    time::Instant,
};
use serde::{Deserialize, Serialize};

/// Something that comes back within this time is the same exception.
pub const SAME_WITHIN: i64 = 7 * Instant::DAY;

/// What is remembered. Stored as JSON beside the state; empty for a shipment that nothing is wrong with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Work {
    /// Exceptions whose cause is there: open, claimed or waived.
    #[serde(rename = "e", skip_serializing_if = "Vec::is_empty")]
    pub episodes: Vec<Episode>,
    /// Exceptions that were verified lately.
    #[serde(rename = "c", skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Closed>,
    /// The orders that it names, folded.
    #[serde(rename = "o", skip_serializing_if = "OrderFlags::is_empty")]
    pub orders: OrderFlags,
    /// When an exception of it was first detected.
    #[serde(rename = "x", skip_serializing_if = "Option::is_none")]
    pub excepted_at: Option<Instant>,
    /// Version of the policy by which the rows of its exceptions were written.
    #[serde(rename = "p", skip_serializing_if = "is_zero")]
    pub policy: i64,
    /// Version of the policy since which facts have been folded as this shipment's are.
    #[serde(rename = "f", skip_serializing_if = "is_zero")]
    pub folded_since: i64,
}

/// Its shipment's first in its queue.
pub const OF_QUEUE: u8 = 1;
/// Its shipment's first of all.
pub const OF_ALL: u8 = 2;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_none(n: &u8) -> bool {
    *n == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(n: &i64) -> bool {
    *n == 0
}

/// An exception whose cause is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Episode {
    /// What.
    #[serde(rename = "k")]
    pub kind: ExceptionKind,
    /// Its id.
    #[serde(rename = "i")]
    pub id: String,
    /// The cause in words.
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Since when.
    #[serde(rename = "s")]
    pub since: Instant,
    /// Whether it stands for its shipment where each shipment counts once: [`OF_QUEUE`] and [`OF_ALL`].
    #[serde(rename = "f", default, skip_serializing_if = "is_none")]
    pub first: u8,
    /// A person accepted it as it is.
    #[serde(rename = "w", default, skip_serializing_if = "std::ops::Not::not")]
    pub waived: bool,
}

/// An exception that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// What.
    #[serde(rename = "k")]
    pub kind: ExceptionKind,
    /// Its id.
    #[serde(rename = "i")]
    pub id: String,
    /// When.
    #[serde(rename = "a")]
    pub at: Instant,
    /// The cause in words, where a shipment can have several of the kind. Empty in what was written before it could: it is any.
    #[serde(rename = "d", default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Episode {
    /// Whether this is its finding: of its kind and, where each cause is a matter of its own, of its cause.
    pub fn is_of(&self, finding: &Finding) -> bool {
        self.kind == finding.kind && (!each_by_cause(self.kind) || self.detail == finding.detail)
    }

    fn closed(&self, at: Instant) -> Closed {
        let detail = if each_by_cause(self.kind) { self.detail.clone() } else { String::new() };
        Closed { kind: self.kind, id: self.id.clone(), at, detail }
    }
}

impl Closed {
    fn is_of(&self, finding: &Finding) -> bool {
        self.kind == finding.kind && (self.detail.is_empty() || self.detail == finding.detail)
    }
}

/// What is to be done with an exception's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A new one of this id.
    Open(String, Finding),
    /// It is back; it was verified at the instant.
    Reopen(String, Finding, Instant),
    /// Its cause is another one than it was, which was this in words; or the same since another time.
    Change(String, Finding, String),
    /// Its cause is gone.
    Verify(String),
    /// It was waived, and what was waived is gone.
    Gone(String),
}

impl Work {
    /// Conditions that were waived with the exceptions that told of them.
    pub fn waivers(&self) -> Vec<HoldKind> {
        let waived = self.episodes.iter().filter(|episode| episode.waived);
        waived.flat_map(|episode| waives(episode.kind, &episode.detail)).copied().collect()
    }

    /// Lets one exception stand for the shipment, and one for it in each queue: the one that did if it is still open. Answers
    /// the ids of those that do otherwise than before.
    pub fn put_first(&mut self, queue: impl Fn(ExceptionKind) -> Queue) -> Vec<(String, u8)> {
        let before: Vec<u8> = self.episodes.iter().map(|episode| episode.first).collect();
        let open = |episode: &Episode| !episode.waived;
        let foremost = |episodes: &[Episode], flag: u8, of: &dyn Fn(&Episode) -> bool| {
            let held = episodes.iter().position(|episode| open(episode) && of(episode) && episode.first & flag != 0);
            held.or_else(|| episodes.iter().position(|episode| open(episode) && of(episode)))
        };
        let all = foremost(&self.episodes, OF_ALL, &|_| true);
        let queues = Queue::ALL.map(|one| foremost(&self.episodes, OF_QUEUE, &|episode| queue(episode.kind) == one));
        for (at, episode) in self.episodes.iter_mut().enumerate() {
            let of_queue = if queues.contains(&Some(at)) { OF_QUEUE } else { 0 };
            episode.first = of_queue | if all == Some(at) { OF_ALL } else { 0 };
        }
        let changed = self.episodes.iter().zip(before).filter(|(episode, before)| episode.first != *before);
        changed.map(|(episode, _)| (episode.id.clone(), episode.first)).collect()
    }

    /// Compares what is remembered with what is found, and remembers that instead. Answers what is to be done.
    pub fn reconcile(&mut self, assessment: &Assessment, now: Instant, mut fresh: impl FnMut() -> String) -> Vec<Step> {
        let mut steps = Vec::new();
        let findings = &assessment.findings;
        // What is only due now and was found before: the clock was set back, and nothing else happened.
        let set_back =
            |episode: &Episode| assessment.due.iter().any(|(kind, at)| *kind == episode.kind && *at <= episode.since.plus(1));
        let closed = &mut self.closed;
        self.episodes.retain_mut(|episode| {
            match findings.iter().find(|finding| episode.is_of(finding)) {
                // Waived is what was seen then: another cause, or the same that happened anew, is another matter.
                Some(finding) if episode.waived => {
                    let is_it = (&finding.detail, finding.since) == (&episode.detail, episode.since);
                    steps.extend((!is_it).then(|| Step::Gone(episode.id.clone())));
                    is_it
                }
                Some(finding) => {
                    if (&finding.detail, finding.since) != (&episode.detail, episode.since) {
                        let was = std::mem::replace(&mut episode.detail, finding.detail.clone());
                        episode.since = finding.since;
                        steps.push(Step::Change(episode.id.clone(), finding.clone(), was));
                    }
                    true
                }
                None if set_back(episode) => true,
                None if episode.waived => {
                    steps.push(Step::Gone(episode.id.clone()));
                    false
                }
                None => {
                    let over = episode.closed(now);
                    let same = |held: &Closed| (held.kind, &held.detail) == (over.kind, &over.detail);
                    closed.retain(|held| !same(held) && now.since(held.at) < SAME_WITHIN);
                    closed.push(over);
                    steps.push(Step::Verify(episode.id.clone()));
                    false
                }
            }
        });
        for finding in findings {
            if self.episodes.iter().any(|episode| episode.is_of(finding)) {
                continue;
            }
            let place = closed.iter().position(|closed| closed.is_of(finding));
            let back = place.map(|place| closed.swap_remove(place)).filter(|closed| now.since(closed.at) < SAME_WITHIN);
            let (id, step) = match back {
                Some(Closed { id, at, .. }) => (id.clone(), Step::Reopen(id, finding.clone(), at)),
                None => {
                    let id = fresh();
                    (id.clone(), Step::Open(id, finding.clone()))
                }
            };
            let Finding { kind, detail, since } = finding.clone();
            self.episodes.push(Episode { kind, id, detail, since, first: 0, waived: false });
            steps.push(step);
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ExceptionKind as K;

    const DAY: i64 = Instant::DAY;

    fn found(kind: ExceptionKind, detail: &str) -> Finding {
        Finding { kind, detail: detail.into(), since: Instant(1) }
    }

    fn at(work: &mut Work, day: i64, findings: &[Finding]) -> Vec<Step> {
        let assessment = Assessment { findings: findings.to_vec(), ..Assessment::default() };
        work.reconcile(&assessment, Instant(day * DAY), || format!("id-{day}"))
    }

    #[test]
    fn what_comes_back_within_seven_days_is_the_same() {
        let mut work = Work::default();
        let pod = found(K::PodMissing, "DHL");
        assert_eq!(at(&mut work, 0, std::slice::from_ref(&pod)), [Step::Open("id-0".into(), pod.clone())]);
        assert_eq!(at(&mut work, 1, std::slice::from_ref(&pod)), []);
        assert_eq!(at(&mut work, 2, &[]), [Step::Verify("id-0".into())]);
        assert_eq!(at(&mut work, 3, &[]), []);
        assert_eq!(at(&mut work, 8, std::slice::from_ref(&pod)), [Step::Reopen("id-0".into(), pod.clone(), Instant(2 * DAY))]);
        assert_eq!(at(&mut work, 9, &[]), [Step::Verify("id-0".into())]);
        assert_eq!(at(&mut work, 16, std::slice::from_ref(&pod)), [Step::Open("id-16".into(), pod)]);
        assert_eq!(work.closed, []);
    }

    #[test]
    fn another_cause_changes_it_and_a_waived_one_stays_so() {
        let mut work = Work::default();
        at(&mut work, 0, &[found(K::PodMissing, "DHL"), found(K::OrderChanged, "cancelled")]);
        assert_eq!(at(&mut work, 1, &[found(K::PodMissing, "UPS")]).len(), 2, "one changed, one verified");
        at(&mut work, 1, &[found(K::PodMissing, "UPS"), found(K::OrderChanged, "cancelled")]);
        work.episodes.iter_mut().for_each(|episode| episode.waived = true);
        assert!(work.waivers().contains(&HoldKind::OrderCancelled));
        assert_eq!(at(&mut work, 2, &[found(K::PodMissing, "UPS"), found(K::OrderChanged, "cancelled")]), []);
        // The same trouble anew, and another one.
        let anew = Finding { since: Instant(2), ..found(K::PodMissing, "UPS") };
        let again = at(&mut work, 2, &[anew.clone(), found(K::OrderChanged, "cancelled")]);
        assert_eq!(again, [Step::Gone("id-0".into()), Step::Open("id-2".into(), anew)]);
        let blocked = found(K::OrderChanged, "blocked for credit");
        let steps = at(&mut work, 3, std::slice::from_ref(&blocked));
        let (gone, over) = (Step::Gone("id-0".into()), Step::Verify("id-2".into()));
        assert_eq!(steps, [gone, over, Step::Open("id-3".into(), blocked)]);
        assert_eq!(work.episodes.len(), 1);
        assert_eq!(work.waivers(), []);
    }

    #[test]
    fn each_cause_of_some_kinds_is_a_matter_of_its_own() {
        let mut work = Work::default();
        let [one, two] = ["carrier/a: X", "carrier/b: Y"].map(|word| found(K::UnknownCode, word));
        let both = [one.clone(), two.clone()];
        let mut n = 0;
        let mut look = |work: &mut Work, day: i64, findings: &[Finding]| {
            let assessment = Assessment { findings: findings.to_vec(), ..Assessment::default() };
            work.reconcile(&assessment, Instant(day * DAY), || {
                n += 1;
                format!("id-{n}")
            })
        };
        assert_eq!(look(&mut work, 0, &both), [Step::Open("id-1".into(), one.clone()), Step::Open("id-2".into(), two.clone())]);
        assert_eq!(look(&mut work, 1, &both), []);
        assert_eq!(look(&mut work, 2, std::slice::from_ref(&two)), [Step::Verify("id-1".into())]);
        assert_eq!(look(&mut work, 3, &[]), [Step::Verify("id-2".into())]);
        // Each comes back as itself.
        let back = [
            Step::Reopen("id-1".into(), one.clone(), Instant(2 * DAY)),
            Step::Reopen("id-2".into(), two.clone(), Instant(3 * DAY)),
        ];
        assert_eq!(look(&mut work, 4, &both), back);
        // One that was written when a shipment had one of a kind is told on as it is; what else there is opens beside it.
        let held = r#"{"e":[{"k":"unknown_code","i":"old","d":"carrier/b: Y","s":1}],"c":[]}"#;
        let mut work: Work = serde_json::from_str(held).expect("work of before");
        assert_eq!(look(&mut work, 5, &both), [Step::Open("id-3".into(), one.clone())]);
        let closed = r#"{"c":[{"k":"unknown_code","i":"old","a":0}]}"#;
        let mut work: Work = serde_json::from_str(closed).expect("work of before");
        assert_eq!(look(&mut work, 1, &both), [Step::Reopen("old".into(), one, Instant(0)), Step::Open("id-4".into(), two)]);
    }

    #[test]
    fn what_is_only_due_again_because_the_clock_was_set_back_stays() {
        let due = |at: i64| Assessment { due: vec![(K::PodMissing, Instant(at))], ..Assessment::default() };
        let mut work = Work::default();
        at(&mut work, 0, &[found(K::PodMissing, "DHL")]);
        assert_eq!(work.reconcile(&due(1), Instant(0), String::new), []);
        // Something came that moved it to a later time.
        assert_eq!(work.reconcile(&due(DAY), Instant(0), String::new), [Step::Verify("id-0".into())]);
    }

    #[test]
    fn one_stands_for_the_shipment() {
        let mut work = Work::default();
        let queue = |kind| if kind == K::PodMissing { Queue::Logistics } else { Queue::Finance };
        at(&mut work, 0, &[found(K::PodMissing, ""), found(K::NotInvoiced, "")]);
        work.put_first(queue);
        at(&mut work, 1, &[found(K::RateMismatch, ""), found(K::NotInvoiced, ""), found(K::PodMissing, "")]);
        assert_eq!(work.put_first(queue), []);
        let firsts = |work: &Work| work.episodes.iter().map(|episode| episode.first).collect::<Vec<_>>();
        assert_eq!(firsts(&work), [OF_QUEUE | OF_ALL, OF_QUEUE, 0]);
        work.episodes[0].waived = true;
        at(&mut work, 2, &[found(K::RateMismatch, ""), found(K::PodMissing, "")]);
        assert_eq!(work.put_first(queue).len(), 2);
        assert_eq!(firsts(&work), [0, OF_QUEUE | OF_ALL]);
    }

    #[test]
    fn an_empty_one_is_short() {
        assert_eq!(serde_json::to_string(&Work::default()).expect("JSON"), "{}");
    }
}
