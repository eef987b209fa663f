//! A drawing back-end for plotters that writes SVG without a single colour: what a thing is becomes a CSS class, and the style sheet
//! knows how that looks in light, dark and print.

use super::text;
use plotters::style::RGBColor;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    text_anchor::{HPos, VPos},
};
use std::{convert::Infallible, fmt::Write as _};

/// Units of the back-end in one unit of the drawing: plotters counts in whole numbers, and lines should not have stairs.
pub(super) const FINE: u32 = 10;
/// Size of the text, in units of the drawing.
pub(super) const TEXT: u32 = 12;

/// What a thing in a drawing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// The line where an axis lies.
    Axis,
    /// A line to read values off.
    Grid,
    /// Words and numbers at an axis.
    Label,
    /// A data series, from one on.
    Series(u8),
    /// The words beside a series.
    SeriesLabel(u8),
    /// A value to reach.
    Target,
    /// The word beside it.
    TargetLabel,
}

impl Class {
    /// Plotters carries one thing from the chart to the back-end: the colour. So the class travels as one.
    pub(super) const fn color(self) -> RGBColor {
        match self {
            Self::Axis => RGBColor(0, 0, 0),
            Self::Grid => RGBColor(1, 0, 0),
            Self::Label => RGBColor(2, 0, 0),
            Self::Series(n) => RGBColor(3, n, 0),
            Self::SeriesLabel(n) => RGBColor(4, n, 0),
            Self::Target => RGBColor(5, 0, 0),
            Self::TargetLabel => RGBColor(6, 0, 0),
        }
    }

    fn of(color: BackendColor) -> String {
        match color.rgb {
            (0, _, _) => "axis".into(),
            (1, _, _) => "grid".into(),
            (3, n, _) => format!("series series-{n}"),
            (4, n, _) => format!("label series-{n}"),
            (5, _, _) => "target".into(),
            (6, _, _) => "label target".into(),
            _ => "label".into(),
        }
    }
}

/// Writes into a string. The caller writes the surrounding `<svg>`.
pub(super) struct Svg<'a> {
    out: &'a mut String,
    size: (u32, u32),
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> Svg<'a> {
    /// Draws into `out`, on an area of this many units of the drawing.
    pub(super) fn new(out: &'a mut String, (width, height): (u32, u32)) -> Self {
        Self { out, size: (width * FINE, height * FINE) }
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        self.out.write_fmt(element).expect("writing to a string cannot fail");
    }
}

/// A coordinate as it stands in the file.
pub(super) fn units(fine: i32) -> f64 {
    f64::from(fine) / f64::from(FINE)
}

impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        unreachable!("every shape that the charts use is drawn as a shape")
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        let class = Class::of(style.color());
        let (x1, y1, x2, y2) = (units(from.0), units(from.1), units(to.0), units(to.1));
        self.put(format_args!(r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let class = Class::of(style.color());
        self.put(format_args!(r#"<polyline class="{class}" points=""#));
        for (n, (x, y)) in path.into_iter().enumerate() {
            let space = if n == 0 { "" } else { " " };
            self.put(format_args!("{space}{},{}", units(x), units(y)));
        }
        self.put(format_args!(r#""/>"#));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, words: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let class = Class::of(style.color());
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        // Not `dominant-baseline`: browsers differ there. A third of the size is where the middle of digits lies.
        let down = match style.anchor().v_pos {
            VPos::Top => TEXT,
            VPos::Center => TEXT / 3,
            VPos::Bottom => 0,
        };
        let (x, y, words) = (units(x), units(y) + f64::from(down), text::escape(words));
        self.put(format_args!(r#"<text class="{class}" x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>"#));
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(&self, words: &str, _: &S) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok((text::width(words, TEXT) * FINE, TEXT * FINE))
    }
}
