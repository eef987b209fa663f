//! Lines over weeks: percentiles of a duration, or shares. A week without enough cases is a gap.

use super::{
    scale::{self, Tick},
    svg::{Class, FINE, Svg, TEXT, units},
    text,
};
use plotters::{
    coord::types::RangedCoordf64,
    prelude::{Cartesian2d, ChartBuilder, ChartContext, DrawingAreaErrorKind, IntoDrawingArea, PathElement, Text},
    style::{
        Color, IntoFont, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::{convert::Infallible, fmt::Write as _};

/// Size of the drawing; it scales to the place it is put in.
const SIZE: (u32, u32) = (760, 260);
/// Above this the weeks cannot be walked with the keyboard one by one; the table beside the chart has them all.
const MOST_STOPS: usize = 120;
/// Room above the plot, and below it for the labels of the x axis.
const TOP: u32 = 12;
const BOTTOM: u32 = 26;
/// Between a label and what it labels.
const SPACE: u32 = 6;

/// What the values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Hours; read in days when that reads better.
    #[default]
    Hours,
    /// Shares between 0 and 1.
    Share,
}

/// The words of a drawing, and how it is scaled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawing {
    /// What is shown: the accessible name.
    pub title: String,
    /// How it is to be read.
    pub description: String,
    /// Told in place of lines when nothing was measured.
    pub empty: String,
    /// What the number of a stop counts, one and many.
    pub counted: (String, String),
    /// What the values are.
    pub scale: Scale,
    /// A value to reach: a line across.
    pub target: Option<f64>,
    /// What the axis reaches to at least, so that drawings beside each other can be compared.
    pub at_least: f64,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// At its end.
    pub words: String,
    /// A value a stop; none is a gap.
    pub values: Vec<Option<f64>>,
}

impl Line {
    fn at(&self, stop: usize) -> Option<f64> {
        // Nothing ends before it began, so a clock that ran ahead shows as zero.
        self.values.get(stop).copied().flatten().filter(|value| value.is_finite()).map(|value| value.max(0.0))
    }
}

/// A week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// In words.
    pub label: String,
    /// How many cases.
    pub n: u64,
    /// Where its rows are.
    pub href: Option<String>,
}

type Plot<'a, 'b> = ChartContext<'a, Svg<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = Result<(), DrawingAreaErrorKind<Infallible>>;

/// What is drawn.
struct Whole<'w> {
    stops: &'w [Stop],
    lines: &'w [Line],
    drawing: &'w Drawing,
}

/// The largest value of all lines.
pub fn largest(lines: &[Line]) -> f64 {
    let values = lines.iter().flat_map(|line| (0..line.values.len()).filter_map(|stop| line.at(stop)));
    values.fold(0.0, f64::max)
}

/// The drawing, a complete `<svg>` element. Oldest stop first.
pub fn lines(stops: &[Stop], lines: &[Line], drawing: &Drawing) -> String {
    let whole = Whole { stops, lines, drawing };
    let mut body = String::new();
    if (0..stops.len()).any(|stop| whole.is_told(stop)) {
        whole.draw(&mut body).expect("writing to a string cannot fail, and the ranges are finite and not empty");
    } else {
        let (x, y) = (SIZE.0 / 2, SIZE.1 / 2);
        let empty = text::escape(&drawing.empty);
        write!(body, r#"<text class="label empty" x="{x}" y="{y}" text-anchor="middle">{empty}</text>"#)
            .expect("writing to a string cannot fail");
    }
    super::framed(SIZE, &drawing.title, &drawing.description, &body)
}

fn style(class: Class, h_pos: HPos, v_pos: VPos) -> TextStyle<'static> {
    let size = TEXT * FINE;
    TextStyle { font: ("sans-serif", size).into_font(), color: class.color().to_backend_color(), pos: Pos::new(h_pos, v_pos) }
}

/// Text at a place of the whole drawing, also outside the plot.
fn outside(plot: &Plot<'_, '_>, words: &str, at: (i32, i32), style: &TextStyle<'_>) -> Drawn {
    plot.plotting_area().use_screen_coord().draw(&Text::new(words.to_owned(), at, style.clone()))
}

/// The class of a line by its place.
fn number(line: usize) -> u8 {
    u8::try_from(line + 1).unwrap_or(u8::MAX)
}

impl Whole<'_> {
    fn is_told(&self, stop: usize) -> bool {
        self.lines.iter().any(|line| line.at(stop).is_some())
    }

    fn draw(&self, out: &mut String) -> Drawn {
        let target = self.drawing.target.filter(|target| target.is_finite()).unwrap_or(0.0);
        let ticks = match self.drawing.scale {
            Scale::Hours => scale::ticks(largest(self.lines).max(self.drawing.at_least).max(target)),
            Scale::Share => scale::shares(),
        };
        let top = ticks.last().map_or(1.0, |tick| tick.value);
        let left = SPACE * 2 + ticks.iter().map(|tick| text::width(&tick.label, TEXT)).max().unwrap_or(0);
        let right = SPACE * 2 + self.lines.iter().map(|line| text::width(&line.words, TEXT)).max().unwrap_or(0);
        let area = Svg::new(out, SIZE).into_drawing_area();
        // Half a place on each side, so that the first and the last stop do not stand on the edge.
        let plot = ChartBuilder::on(&area)
            .margin_left(left * FINE)
            .margin_right(right * FINE)
            .margin_top(TOP * FINE)
            .margin_bottom(BOTTOM * FINE)
            .build_cartesian_2d(-0.5..self.stops.len() as f64 - 0.5, 0.0..top)?;
        self.y_axis(&plot, &ticks)?;
        self.x_axis(&plot)?;
        for (place, line) in self.lines.iter().enumerate() {
            self.line(&plot, number(place), line)?;
        }
        self.ends(&plot)?;
        let frame = Frame::of(&plot, self.stops.len());
        drop(plot);
        drop(area);
        for stop in (0..self.stops.len()).filter(|stop| self.is_told(*stop)) {
            self.stop(out, &frame, top, stop);
        }
        Ok(())
    }

    fn y_axis(&self, plot: &Plot<'_, '_>, ticks: &[Tick]) -> Drawn {
        let (area, end) = (plot.plotting_area(), self.stops.len() as f64 - 0.5);
        for (n, tick) in ticks.iter().enumerate() {
            let class = if n == 0 { Class::Axis } else { Class::Grid };
            area.draw(&PathElement::new([(-0.5, tick.value), (end, tick.value)], class.color()))?;
            let (x, y) = plot.backend_coord(&(-0.5, tick.value));
            outside(plot, &tick.label, (x - (SPACE * FINE) as i32, y), &style(Class::Label, HPos::Right, VPos::Center))?;
        }
        if let Some(target) = self.drawing.target.filter(|target| target.is_finite() && *target >= 0.0) {
            area.draw(&PathElement::new([(-0.5, target), (end, target)], Class::Target.color()))?;
            let (x, y) = plot.backend_coord(&(-0.5, target));
            let at = (x + (SPACE * FINE) as i32, y - (SPACE * FINE) as i32 / 2);
            outside(plot, "target", at, &style(Class::TargetLabel, HPos::Left, VPos::Bottom))?;
        }
        Ok(())
    }

    fn x_axis(&self, plot: &Plot<'_, '_>) -> Drawn {
        let short: Vec<&str> = self.stops.iter().map(|stop| stop.label.strip_prefix("week of ").unwrap_or(&stop.label)).collect();
        let widest = short.iter().map(|label| text::width(label, TEXT)).max().unwrap_or(0) + SPACE * 4;
        let place = plot.plotting_area().dim_in_pixel().0 as f64 / f64::from(FINE) / self.stops.len() as f64;
        for n in scale::spread(self.stops.len(), (f64::from(widest) / place).ceil() as usize) {
            let (x, y) = plot.backend_coord(&(n as f64, 0.0));
            outside(plot, short[n], (x, y + (SPACE * FINE) as i32), &style(Class::Label, HPos::Center, VPos::Top))?;
        }
        Ok(())
    }

    fn line(&self, plot: &Plot<'_, '_>, class: u8, line: &Line) -> Drawn {
        let places: Vec<usize> = (0..self.stops.len()).collect();
        for run in places.chunk_by(|&a, &b| line.at(a).is_some() == line.at(b).is_some()) {
            let path: Vec<_> = run.iter().filter_map(|&n| Some((n as f64, line.at(n)?))).collect();
            if path.len() > 1 {
                plot.plotting_area().draw(&PathElement::new(path, Class::Series(class).color()))?;
            }
        }
        Ok(())
    }

    /// The words right of each line's last point, moved apart where lines end close together.
    fn ends(&self, plot: &Plot<'_, '_>) -> Drawn {
        let apart = ((TEXT + 2) * FINE) as i32;
        let mut ends: Vec<(u8, &str, i32, i32)> = Vec::new();
        for (place, line) in self.lines.iter().enumerate() {
            let Some((n, value)) = (0..self.stops.len()).rev().find_map(|n| Some((n, line.at(n)?))) else { continue };
            let (x, y) = plot.backend_coord(&(n as f64, value));
            ends.push((number(place), &line.words, x + (SPACE * FINE) as i32, y));
        }
        // From the lowest up; y grows downwards.
        ends.sort_by_key(|(.., y)| std::cmp::Reverse(*y));
        let mut above = i32::MAX;
        for (class, words, x, y) in ends {
            let y = y.min(above.saturating_sub(apart));
            above = y;
            outside(plot, words, (x, y), &style(Class::SeriesLabel(class), HPos::Left, VPos::Center))?;
        }
        Ok(())
    }

    /// One week: its dots, a strip over the whole height that is easy to hit, and the numbers in words.
    fn stop(&self, out: &mut String, frame: &Frame, top: f64, n: usize) {
        let stop = &self.stops[n];
        let (one, many) = &self.drawing.counted;
        let noun = if stop.n == 1 { one } else { many };
        let values = self.lines.iter().filter_map(|line| Some(format!("{} {}", line.words, self.told(line.at(n)?))));
        let told = text::escape(&format!("{}: {}, {} {noun}", stop.label, values.collect::<Vec<_>>().join(", "), stop.n));
        let left = frame.left + n as f64 * frame.place;
        let few = if stop.n < 20 { " few" } else { "" };
        let mut dots = String::new();
        for (place, line) in self.lines.iter().enumerate() {
            let Some(value) = line.at(n) else { continue };
            let (class, x, y) = (number(place), left + frame.place / 2.0, frame.y(value / top));
            write!(dots, r#"<circle class="dot series-{class}" cx="{x:.1}" cy="{y:.1}" r="2.5"/>"#)
                .expect("writing to a string cannot fail");
        }
        let hit = format!(
            r#"<rect class="hit" x="{left:.1}" y="{:.1}" width="{:.1}" height="{:.1}"/>"#,
            frame.top,
            frame.place,
            frame.bottom - frame.top,
        );
        match stop.href.as_deref().map(text::escape) {
            Some(href) => {
                let focus = if frame.stops { "" } else { r#" tabindex="-1""# };
                write!(
                    out,
                    r#"<a class="point{few}" href="{href}" aria-label="{told}"{focus}><title>{told}</title>{hit}{dots}</a>"#
                )
            }
            None => {
                let focus = if frame.stops { r#" tabindex="0""# } else { "" };
                write!(out, r#"<g class="point{few}" role="img" aria-label="{told}"{focus}><title>{told}</title>{hit}{dots}</g>"#)
            }
        }
        .expect("writing to a string cannot fail");
    }

    fn told(&self, value: f64) -> String {
        match self.drawing.scale {
            Scale::Hours => super::duration(value),
            Scale::Share => format!("{:.1} %", value * 100.0),
        }
    }
}

/// The plot's place in the drawing.
struct Frame {
    left: f64,
    place: f64,
    top: f64,
    bottom: f64,
    stops: bool,
}

impl Frame {
    fn of(plot: &Plot<'_, '_>, count: usize) -> Self {
        let (xs, ys) = plot.plotting_area().get_pixel_range();
        let (left, right) = (units(xs.start), units(xs.end));
        Self {
            left,
            place: (right - left) / count as f64,
            top: units(ys.start),
            bottom: units(ys.end),
            stops: count <= MOST_STOPS,
        }
    }

    fn y(&self, share: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * share
    }
}

#[cfg(test)]
mod tests;
