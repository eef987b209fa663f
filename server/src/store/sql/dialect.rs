//! From SQLite's words to PostgreSQL's. What both know is written so that both take it; what is left is told here:
//!
//! | SQLite | PostgreSQL |
//! | --- | --- |
//! | `?`, `?1` | `$1` |
//! | `INDEXED BY name`, `NOT INDEXED` (the plan is ours) | nothing: its planner has statistics |
//! | `CROSS JOIN … ON` (this order) | `JOIN … ON` |
//! | `+column` (by no index) | `column` |
//!
//! Functions of SQLite that PostgreSQL lacks (`iif`, `json_each`, `total`, `max` of two) are made by its first migration.

use std::fmt::Write;

/// A statement in PostgreSQL's words.
pub(super) fn postgres(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let mut rest = sql;
    let mut bare = 0;
    while let Some(next) = rest.chars().next() {
        let took = match next {
            '\'' => {
                let end = literal(rest);
                out.push_str(&rest[..end]);
                end
            }
            '?' => {
                let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 {
                    bare += 1;
                    write!(out, "${bare}").expect("writing into memory");
                } else {
                    out.push('$');
                    out.push_str(&rest[1..=digits]);
                }
                1 + digits
            }
            '+' if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) => 1,
            _ if at_word(&out) => {
                if let Some(after) = rest.strip_prefix("INDEXED BY ") {
                    let name = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                    rest.len() - after.len() + name
                } else if rest.starts_with("NOT INDEXED ") {
                    "NOT INDEXED ".len()
                } else if rest.starts_with("CROSS JOIN ") {
                    "CROSS ".len()
                } else {
                    out.push(next);
                    next.len_utf8()
                }
            }
            _ => {
                out.push(next);
                next.len_utf8()
            }
        };
        rest = &rest[took..];
    }
    out
}

/// Bytes of the literal at the beginning, its quotes among them; a doubled quote begins another one, which comes to the same.
fn literal(sql: &str) -> usize {
    sql[1..].find('\'').map_or(sql.len(), |end| end + 2)
}

/// Whether a word begins here.
fn at_word(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::postgres;

    #[test]
    fn the_words_that_differ() {
        for (sqlite, expected) in [
            ("SELECT a FROM t WHERE b = ?1 AND c = ?12", "SELECT a FROM t WHERE b = $1 AND c = $12"),
            ("UPDATE t SET a = ?, b = ? WHERE c = ?", "UPDATE t SET a = $1, b = $2 WHERE c = $3"),
            (
                "SELECT 1 FROM t AS x INDEXED BY t_by_a WHERE a = '?''+s.INDEXED BY'",
                "SELECT 1 FROM t AS x  WHERE a = '?''+s.INDEXED BY'",
            ),
            ("FROM a CROSS JOIN b ON b.x = a.x WHERE +b.y = $1", "FROM a JOIN b ON b.x = a.x WHERE b.y = $1"),
            ("SELECT a FROM t NOT INDEXED WHERE b", "SELECT a FROM t WHERE b"),
            ("SELECT a + 1, b +1", "SELECT a + 1, b +1"),
        ] {
            assert_eq!(postgres(sqlite), expected);
        }
    }
}
