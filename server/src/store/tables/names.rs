//! How names are compared in search.

/// Letters in lower case, one by one: so the beginning of a name stays the beginning of its folded form. (The lower case of a
/// whole word may end in another letter than that of its part: Greek sigma.)
pub(super) fn folded(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// The least text that is greater than every text with this beginning; none if there is no such text.
pub(super) fn after(beginning: &str) -> Option<String> {
    let kept = beginning.trim_end_matches(char::MAX);
    let last = kept.chars().next_back()?;
    // A range of characters leaps over the surrogates.
    let next = (last..=char::MAX).nth(1)?;
    Some(format!("{}{next}", &kept[..kept.len() - last.len_utf8()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_beginning() {
        for (beginning, next) in
            [("a", Some("b")), ("a\u{10ffff}", Some("b")), ("\u{d7ff}", Some("\u{e000}")), ("\u{10ffff}", None), ("", None)]
        {
            assert_eq!(after(beginning).as_deref(), next);
        }
    }
}
