//! Charts: SVG drawn by the server, coloured by the style sheet, readable without sight and without script.
//!
//! Classes for the style sheet: `chart`; `axis`, `grid`, `label`, `target`; `series` with `series-1`, `series-2` and so on; `point` (with
//! `few` under twenty cases) and `stage` (a bar that leads to its rows), in them `hit` (a strip that takes pointer and focus) and `dot`; `block` with `part` or `whole`; `empty`.

mod alone;
mod lines;
mod scale;
mod svg;
mod text;
mod waterfall;

pub use alone::alone;
pub use lines::{Drawing, Line, Scale, Stop, largest, lines};
pub use waterfall::{Part, Waterfall, waterfall};

/// The `<svg>` around a drawing.
fn framed((width, height): (u32, u32), title: &str, description: &str, body: &str) -> String {
    let (title, description) = (text::escape(title), text::escape(description));
    // A group, not an image: what is inside an image cannot be reached, and each point is an image of its own.
    format!(
        r#"<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="group" aria-label="{title}"><title>{title}</title><desc>{description}</desc>{body}</svg>"#
    )
}

/// A length of time in words.
fn duration(hours: f64) -> String {
    match hours {
        h if h < 1.0 => format!("{:.0} min", h * 60.0),
        h if h < 48.0 => format!("{h:.1} h"),
        h => format!("{:.1} d", h / 24.0),
    }
}
