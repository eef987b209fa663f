//! Buckets of age since the delivery.

use crate::domain::time::Instant;

/// POD age buckets: code, words, lower edge in hours. Half-open, youngest first.
pub const POD_AGES: [(&str, &str, i64); 8] = [
    ("0-4h", "under 4 h", 0),
    ("4-24h", "4 to 24 h", 4),
    ("24-48h", "24 to 48 h", 24),
    ("48-72h", "48 to 72 h", 48),
    ("3-7d", "3 to 7 d", 72),
    ("8-14d", "7 to 14 d", 7 * 24),
    ("15-30d", "14 to 30 d", 14 * 24),
    ("30d-", "over 30 d", 30 * 24),
];

/// The instants `[from, to)` of a bucket's deliveries.
pub fn pod_age_span(code: &str, now: Instant) -> Option<(Option<Instant>, Option<Instant>)> {
    let at = POD_AGES.iter().position(|(c, _, _)| *c == code)?;
    // A delivery exactly `lower edge` ago has reached the bucket, hence one microsecond.
    let edge = |hours: i64| now.plus(1 - hours * Instant::HOUR);
    let from = POD_AGES.get(at + 1).map(|(_, _, next)| edge(*next));
    let to = (at > 0).then(|| edge(POD_AGES[at].2));
    Some((from, to))
}
