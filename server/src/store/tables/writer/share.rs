//! Waybill's own steps beside everybody else's work: a share of the writer's time while somebody else has it do something, all of
//! it otherwise.

use std::time::Duration;
use tokio::time::Instant;

/// After its steps others have the writer for so many times as long: own steps get a fifth of the time.
const REST: u32 = 4;
/// Somebody else counts as busy for so long after their last commit.
const BUSY_FOR: Duration = Duration::from_millis(250);

/// When the next own step may run.
#[derive(Default)]
pub(super) struct Share {
    others: Option<Instant>,
    rests_until: Option<Instant>,
}

impl Share {
    /// Somebody else's work was done.
    pub(super) fn others_worked(&mut self, now: Instant) {
        self.others = Some(now);
    }

    /// An own step was done.
    pub(super) fn worked(&mut self, now: Instant, took: Duration) {
        // The time of the step itself is nobody's pause.
        let busy = self.others.is_some_and(|last| now - last <= BUSY_FOR + took);
        self.rests_until = busy.then(|| now + took * REST);
    }

    /// Until when own steps wait; none if one may run.
    pub(super) fn rest(&self, now: Instant) -> Option<Instant> {
        self.rests_until.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_steps_rest_only_while_others_work() {
        let (mut share, begun, step) = (Share::default(), Instant::now(), Duration::from_millis(10));
        share.worked(begun, step);
        assert_eq!(share.rest(begun), None, "nobody else is there");
        share.others_worked(begun);
        let done = begun + step;
        share.worked(done, step);
        assert_eq!(share.rest(done), Some(done + step * REST));
        assert_eq!(share.rest(done + step * REST), None);
        let later = begun + BUSY_FOR + step * 2;
        share.worked(later, step);
        assert_eq!(share.rest(later), None, "the others have gone");
    }
}
