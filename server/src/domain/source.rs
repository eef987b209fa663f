//! Names of sources, and the patterns that stand for several of them.

/// Whether a pattern stands for a source: its name, or a beginning that ends in `*`.
pub fn covers(pattern: &str, source: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => source.starts_with(start),
        None => pattern == source,
    }
}

/// What is wrong with a pattern, if anything is.
pub(crate) fn problem(pattern: &str) -> Option<&'static str> {
    let name = pattern.strip_suffix('*').unwrap_or(pattern);
    if pattern.is_empty() || name.contains(char::is_whitespace) {
        Some("is no name of a source")
    } else if name.contains('*') {
        Some("has a * that is not at its end")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_name_or_a_beginning() {
        for (pattern, source, covered) in [
            ("tms/eu", "tms/eu", true),
            ("tms/eu", "tms/eu/2", false),
            ("tms/*", "tms/eu", true),
            ("tms/*", "tmsx", false),
            ("*", "anything", true),
        ] {
            assert_eq!(covers(pattern, source), covered, "{pattern} {source}");
        }
        for (pattern, sound) in [("tms/*", true), ("*", true), ("", false), ("a b", false), ("tms/*/eu", false)] {
            assert_eq!(problem(pattern).is_none(), sound, "{pattern:?}");
        }
    }
}
