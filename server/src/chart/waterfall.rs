//! A waterfall: parts one after the other, and the whole that they add up to.

use super::{duration, svg::TEXT, text};
use std::fmt::Write as _;

/// Width of the drawing, height of a row, and of its bar.
const WIDTH: u32 = 760;
const ROW: u32 = 28;
const BAR: u32 = 16;
/// Between a label and what it labels.
const SPACE: u32 = 8;

/// A part of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// In words.
    pub words: String,
    /// Hours.
    pub hours: f64,
    /// Where its rows are, and how many; none: the drawing leads nowhere.
    pub rows: Option<(String, u64)>,
}

/// The words of the drawing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waterfall {
    /// What is shown: the accessible name.
    pub title: String,
    /// How it is to be read.
    pub description: String,
    /// What the whole is called.
    pub whole: String,
    /// Where its rows are, and how many.
    pub rows: Option<(String, u64)>,
    /// Told in place of bars when nothing was measured.
    pub empty: String,
}

/// The drawing, a complete `<svg>` element: each bar begins where the one above it ends. `at_least` is what the axis reaches to at least,
/// so that drawings beside each other can be compared.
pub fn waterfall(parts: &[Part], words: &Waterfall, at_least: f64) -> String {
    let parts: Vec<Part> = parts.iter().map(|part| Part { hours: clean(part.hours), ..part.clone() }).collect();
    let whole: f64 = parts.iter().map(|part| part.hours).sum();
    let height = ROW * (u32::try_from(parts.len()).unwrap_or(u32::MAX - 1).saturating_add(1));
    let mut body = String::new();
    if whole <= 0.0 {
        let (x, y, empty) = (WIDTH / 2, height / 2, text::escape(&words.empty));
        write!(body, r#"<text class="label empty" x="{x}" y="{y}" text-anchor="middle">{empty}</text>"#)
            .expect("writing to a string cannot fail");
        return super::framed((WIDTH, height), &words.title, &words.description, &body);
    }
    let total = Part { words: words.whole.clone(), hours: whole, rows: words.rows.clone() };
    let labels = parts.iter().chain([&total]).map(|part| text::width(&part.words, TEXT)).max().unwrap_or(0);
    let left = f64::from(labels + SPACE);
    let right = f64::from(text::width("000.0 d", TEXT) + SPACE);
    let unit = (f64::from(WIDTH) - left - right) / whole.max(clean(at_least));
    let mut start = 0.0;
    for (row, part) in parts.iter().enumerate() {
        bar(&mut body, row, "part", part, (left, left + start * unit, part.hours * unit));
        start += part.hours;
    }
    bar(&mut body, parts.len(), "whole", &total, (left, left, whole * unit));
    super::framed((WIDTH, height), &words.title, &words.description, &body)
}

fn clean(hours: f64) -> f64 {
    if hours.is_finite() { hours.max(0.0) } else { 0.0 }
}

fn bar(out: &mut String, row: usize, class: &str, part: &Part, (label, x, width): (f64, f64, f64)) {
    let top = row as f64 * f64::from(ROW) + f64::from(ROW - BAR) / 2.0;
    let middle = top + f64::from(BAR / 2 + TEXT / 3);
    let (words, hours) = (text::escape(&part.words), duration(part.hours));
    let (open, close) = match &part.rows {
        Some((href, n)) => {
            let href = text::escape(href);
            let hit = format!(r#"<rect class="hit" x="0" y="{}" width="{WIDTH}" height="{ROW}"/>"#, row as u32 * ROW);
            (format!(r#"<a class="stage" href="{href}" data-n="{n}" aria-label="{words}: {hours}">{hit}"#), "</a>")
        }
        None => (String::new(), ""),
    };
    write!(
        out,
        r#"{open}<text class="label" x="{:.1}" y="{middle:.1}" text-anchor="end">{words}</text><rect class="block {class}" x="{x:.1}" y="{top:.1}" width="{:.1}" height="{BAR}"/><text class="label value" x="{:.1}" y="{middle:.1}" text-anchor="start">{hours}</text>{close}"#,
        label - f64::from(SPACE),
        width.max(1.0),
        x + width.max(1.0) + f64::from(SPACE),
    )
    .expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Waterfall {
        let text = |text: &str| text.to_owned();
        Waterfall { title: text("K1"), description: text("by stage"), whole: text("all"), empty: text("nothing"), rows: None }
    }

    fn numbers(drawing: &str, name: &str) -> Vec<f64> {
        let rects = drawing.split("<rect ").skip(1);
        let of = |rect: &str| rect.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.parse().ok();
        rects.map(|rect| of(rect).expect("a number")).collect()
    }

    #[test]
    fn each_bar_begins_where_the_one_before_ends_and_the_whole_is_as_long_as_all() {
        let part = |words: &str, hours| Part { words: words.into(), hours, rows: None };
        let drawing = waterfall(&[part("a", 10.0), part("b", 30.0), part("c <&>", 20.0)], &words(), 0.0);
        let (starts, lengths) = (numbers(&drawing, "x"), numbers(&drawing, "width"));
        assert_eq!(starts.len(), 4);
        for row in 1..3 {
            assert!((starts[row] - starts[row - 1] - lengths[row - 1]).abs() < 0.2, "{drawing}");
        }
        assert!((lengths[3] - lengths[..3].iter().sum::<f64>()).abs() < 0.3 && (starts[3] - starts[0]).abs() < 0.1);
        assert!(drawing.contains("c &lt;&amp;&gt;") && drawing.contains(">2.5 d<"), "{drawing}");
    }

    #[test]
    fn each_bar_is_one_link_to_its_rows_where_it_leads_anywhere() {
        let part = |words: &str, rows: Option<&str>| {
            let rows = rows.map(|href| (href.to_owned(), 7));
            Part { words: words.into(), hours: 5.0, rows }
        };
        let linked = [part("a <b>", Some("/rows?part=a&b")), part("c", Some("/rows?part=c"))];
        let drawing = waterfall(&linked, &Waterfall { rows: Some(("/rows".into(), 7)), ..words() }, 0.0);
        let links: Vec<&str> = drawing.split("<a ").skip(1).filter_map(|link| link.split_once('>')).map(|(tag, _)| tag).collect();
        assert_eq!(links.len(), 3, "{drawing}");
        let first = r#"class="stage" href="/rows?part=a&amp;b" data-n="7" aria-label="a &lt;b&gt;: 5.0 h""#;
        assert!(links[0] == first && links[2].contains(r#"href="/rows""#), "{links:?}");
        assert!(!waterfall(&[part("a", None)], &words(), 0.0).contains("<a "));
    }

    #[test]
    fn without_a_case_the_drawing_says_so() {
        for parts in [vec![], vec![Part { words: "a".into(), hours: f64::NAN, rows: None }]] {
            let drawing = waterfall(&parts, &words(), 5.0);
            assert!(drawing.contains("nothing") && !drawing.contains("<rect") && !drawing.contains("NaN"));
        }
    }
}
