//! What people type: comments, reasons, names.

use super::period::invalid;
use app::error::AppError;

/// The text without the space around it. Characters that nobody sees, which lists and files then break on, are refused; lines and tabs are
/// text.
pub fn typed(field: &str, text: &str) -> Result<String, AppError> {
    if let Some(found) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(invalid(
            field,
            &format!("It holds a character that is no text (U+{:04X}); leave that out.", u32::from(found)),
        ));
    }
    Ok(text.trim().to_owned())
}

/// The same of bearable length, in characters.
pub fn at_most(field: &str, text: &str, longest: usize, too_long: &str) -> Result<String, AppError> {
    let text = typed(field, text)?;
    if text.chars().count() > longest { Err(invalid(field, too_long)) } else { Ok(text) }
}

/// Words that may be chosen, in a sentence.
pub fn choose<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    format!("Choose one of: {}.", words.into_iter().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_refused_and_lines_are_text() {
        assert_eq!(typed("note", "  two\nlines\tand a tab \r\n"), Ok("two\nlines\tand a tab".to_owned()));
        assert_eq!(typed("note", "signé – 署名 🙂"), Ok("signé – 署名 🙂".to_owned()));
        for hidden in ["a\0b", "\u{1b}[31m", "\u{7f}", "\u{85}", "\0"] {
            assert!(matches!(typed("note", hidden), Err(AppError::Invalid { field, .. }) if field == "note"), "{hidden:?}");
        }
        assert_eq!(at_most("note", "  ab ", 2, "too long"), Ok("ab".to_owned()));
        assert!(at_most("note", "abc", 2, "too long").is_err());
    }
}
