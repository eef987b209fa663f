//! Text in drawings: escaping, and how wide it will be.

/// Advance widths of a usual system font, in hundredths of its size. A drawing is laid out before a browser has chosen the font, so the
/// widths lean to the wide side: a label may stand a little further off, but never over the edge.
fn advance(character: char) -> u32 {
    match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 30,
        ' ' | 'f' | 't' | 'r' | 'I' | '(' | ')' | '/' | '-' => 38,
        'M' | 'W' | 'm' | 'w' | '%' | '@' | '–' | '—' => 92,
        '0'..='9' | 'a'..='z' => 60,
        'A'..='Z' => 70,
        // Ideographs and what else is unknown take a whole em.
        other if other.is_ascii() => 60,
        _ => 100,
    }
}

/// The width of a text of this size, in the size's unit.
pub(super) fn width(text: &str, size: u32) -> u32 {
    (text.chars().map(advance).sum::<u32>() * size).div_ceil(100)
}

/// The text, fit for XML content and quoted attributes; what XML 1.0 forbids becomes a replacement character.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' => escaped.push(' '),
            '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            control if control.is_control() => escaped.push('\u{FFFD}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_leave_its_place() {
        assert_eq!(
            escape("<a href=\"x\" onload='y'>&\u{0}\u{1b}"),
            "&lt;a href=&quot;x&quot; onload=&#39;y&#39;&gt;&amp;\u{FFFD}\u{FFFD}"
        );
    }

    #[test]
    fn text_is_measured_by_characters_not_by_bytes() {
        assert_eq!(width("ää", 10), width("語語", 10));
        assert!(width("illi", 10) < width("WMMW", 10));
        assert_eq!(width("", 10), 0);
    }
}
