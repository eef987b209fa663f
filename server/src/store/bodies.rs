//! Where the bodies of events are (docs/adr/0032-bodies-move-their-events-stay.md): beside their event, or in a table by month, which
//! on PostgreSQL has a part for each, or in an archive.

use crate::domain::month::Month;

/// Builds that know this version of the schema know that a body may be elsewhere than beside its event.
pub const KNOWN_SINCE: i64 = 21;

/// Has builds that do not know that refuse a database in which it is so.
pub const MARK: &str = "UPDATE schema_serves SET since = 21
    WHERE since < 21 AND (EXISTS (SELECT 1 FROM event_bodies) OR EXISTS (SELECT 1 FROM archives))";

/// The table of bodies by month.
pub const TABLE: &str = "event_bodies";

/// What a month's part is called.
pub fn part(month: Month) -> String {
    format!("{TABLE}_{}", month.to_string().replace('-', "_"))
}

/// Statements that make a month's part. It is made alone and then added: whoever reads the table meanwhile, be it for hours, is
/// neither stopped by that nor stops it.
pub fn making(month: Month) -> [String; 2] {
    let part = part(month);
    [
        format!("CREATE TABLE {part} (LIKE {TABLE} INCLUDING ALL)"),
        format!("ALTER TABLE {TABLE} ATTACH PARTITION {part} FOR VALUES IN ({})", month.number()),
    ]
}

/// Statements that drop a month's part with all that is in it, or give up soon: somebody may read the table for hours.
pub fn dropping(month: Month) -> [String; 2] {
    ["SET LOCAL lock_timeout = 2000".to_owned(), format!("DROP TABLE {}", part(month))]
}
