//! Charts: SVG drawn by the server, coloured by the style sheet, readable without sight and without script.
//!
//! Classes for the style sheet: `chart`; `axis`, `grid`, `label`; `series` with `series-1` (the median) or `series-2`; `point` (with `few`
//! under twenty cases), in it `hit` (a strip that takes pointer and focus) and `dot`; `empty`.

mod recorded;
mod scale;
mod svg;
mod text;

pub use recorded::{Words, delivered_to_recorded};
