//! Repetition, amendment, conflict: what a second arrival under one (source, id) means.

use super::time::Instant;

/// What is remembered of an event's key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownKey {
    /// The record that counts now; none for a tombstone that came before its event.
    pub current: Option<KnownRecord>,
    /// Commit sequence of a retraction that counts, if it was taken back. A retraction cannot be taken back: else two that name
    /// each other would leave it to the order of arrival which one holds.
    pub retracted_by: Option<i64>,
}

/// The record of an event that counts now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRecord {
    /// Its commit sequence.
    pub seq: i64,
    /// Hash of its body.
    pub body_hash: [u8; 32],
    /// The producer's record time; without one it counts as the earliest.
    pub recorded_time: Option<Instant>,
}

/// What an arrival means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Never seen, at most taken back already.
    New,
    /// A later record: it replaces the one that counted.
    Amends {
        /// Commit sequence of the record that it replaces.
        replaced: i64,
    },
    /// An earlier record that arrives late: kept, without effect. (Unless it is known already: see [`judge`].)
    Superseded,
    /// The same once more.
    Duplicate,
    /// Another body under the same key and record time.
    Conflict,
}

/// Judges an arrival by what is known of its key. For [`Verdict::Superseded`] the caller must still look whether exactly this
/// body was stored before; then it is a duplicate.
pub fn judge(known: Option<&KnownKey>, body_hash: &[u8; 32], recorded_time: Option<Instant>) -> Verdict {
    let Some(current) = known.and_then(|known| known.current.as_ref()) else { return Verdict::New };
    let same_body = current.body_hash == *body_hash;
    match recorded_time.cmp(&current.recorded_time) {
        std::cmp::Ordering::Equal if same_body => Verdict::Duplicate,
        std::cmp::Ordering::Equal => Verdict::Conflict,
        std::cmp::Ordering::Greater => Verdict::Amends { replaced: current.seq },
        std::cmp::Ordering::Less if same_body => Verdict::Duplicate,
        std::cmp::Ordering::Less => Verdict::Superseded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(body: u8, recorded: Option<i64>) -> KnownKey {
        let current = KnownRecord { seq: 7, body_hash: [body; 32], recorded_time: recorded.map(Instant) };
        KnownKey { current: Some(current), retracted_by: None }
    }

    #[test]
    fn every_case() {
        let judge = |known: &KnownKey, body: u8, recorded: Option<i64>| judge(Some(known), &[body; 32], recorded.map(Instant));
        assert_eq!(super::judge(None, &[1; 32], None), Verdict::New);
        assert_eq!(judge(&KnownKey { current: None, retracted_by: Some(3) }, 1, None), Verdict::New);
        assert_eq!(judge(&known(1, None), 1, None), Verdict::Duplicate);
        assert_eq!(judge(&known(1, None), 2, None), Verdict::Conflict);
        assert_eq!(judge(&known(1, None), 2, Some(5)), Verdict::Amends { replaced: 7 });
        assert_eq!(judge(&known(1, Some(5)), 1, Some(6)), Verdict::Amends { replaced: 7 });
        assert_eq!(judge(&known(1, Some(5)), 2, Some(4)), Verdict::Superseded);
        assert_eq!(judge(&known(1, Some(5)), 2, None), Verdict::Superseded);
        assert_eq!(judge(&known(1, Some(5)), 1, None), Verdict::Duplicate);
        assert_eq!(judge(&known(1, Some(5)), 2, Some(5)), Verdict::Conflict);
    }
}
