//! Delivered to recorded: two lines, the median and the ninetieth percentile, one point a week or month.

use super::{
    scale::{self, Tick},
    svg::{Class, FINE, Svg, TEXT, units},
    text,
};
use app::model::RecordedPoint;
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
/// Above this the points cannot be walked with the keyboard one by one; the table beside the chart has them all.
const MOST_STOPS: usize = 120;
/// Room above the plot, and below it for the labels of the x axis.
const TOP: u32 = 12;
const BOTTOM: u32 = 26;
/// Between a label and what it labels.
const SPACE: u32 = 6;

/// The words of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What is shown: the accessible name.
    pub title: String,
    /// How it is to be read.
    pub description: String,
    /// At the end of the median's line.
    pub p50: String,
    /// At the end of the ninetieth percentile's line.
    pub p90: String,
    /// Told in place of lines when nothing was measured.
    pub empty: String,
    /// What `n` counts, one and many.
    pub counted: (String, String),
}

impl Default for Words {
    fn default() -> Self {
        Self {
            title: "Delivered to recorded".into(),
            description: "Time from the handover until the delivery was recorded, by week or month of delivery. \
                          The table beside it has the same numbers."
                .into(),
            p50: "half within".into(),
            p90: "9 of 10 within".into(),
            empty: "No delivery was measured in this period.".into(),
            counted: ("delivery".into(), "deliveries".into()),
        }
    }
}

type Plot<'a, 'b> = ChartContext<'a, Svg<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn = Result<(), DrawingAreaErrorKind<Infallible>>;

/// The drawing, a complete `<svg>` element. Oldest point first; a point without deliveries is a gap.
pub fn delivered_to_recorded(points: &[RecordedPoint], words: &Words) -> String {
    let mut body = String::new();
    if points.iter().any(measured) {
        draw(&mut body, points, words).expect("writing to a string cannot fail, and the ranges are finite and not empty");
    } else {
        let (x, y) = (SIZE.0 / 2, SIZE.1 / 2);
        let empty = text::escape(&words.empty);
        write!(body, r#"<text class="label empty" x="{x}" y="{y}" text-anchor="middle">{empty}</text>"#)
            .expect("writing to a string cannot fail");
    }
    let (title, description) = (text::escape(&words.title), text::escape(&words.description));
    let (width, height) = SIZE;
    // A group, not an image: what is inside an image cannot be reached, and each point is an image of its own.
    format!(
        r#"<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="group" aria-label="{title}"><title>{title}</title><desc>{description}</desc>{body}</svg>"#
    )
}

/// Whether the point has something to show.
fn measured(point: &RecordedPoint) -> bool {
    point.n > 0 && point.p50_hours.is_finite() && point.p90_hours.is_finite()
}

/// Where a value stands: nothing is recorded before it happened, so a clock that ran ahead shows as zero.
fn height(hours: f64) -> f64 {
    hours.max(0.0)
}

fn draw(out: &mut String, points: &[RecordedPoint], words: &Words) -> Drawn {
    let largest =
        points.iter().filter(|point| measured(point)).map(|p| height(p.p90_hours).max(height(p.p50_hours))).fold(0.0, f64::max);
    let ticks = scale::ticks(largest);
    let top = ticks.last().map_or(1.0, |tick| tick.hours);
    let left = SPACE * 2 + ticks.iter().map(|tick| text::width(&tick.label, TEXT)).max().unwrap_or(0);
    let right = SPACE * 2 + text::width(&words.p50, TEXT).max(text::width(&words.p90, TEXT));
    let area = Svg::new(out, SIZE).into_drawing_area();
    // Half a place on each side, so that the first and the last point do not stand on the edge.
    let plot = ChartBuilder::on(&area)
        .margin_left(left * FINE)
        .margin_right(right * FINE)
        .margin_top(TOP * FINE)
        .margin_bottom(BOTTOM * FINE)
        .build_cartesian_2d(-0.5..points.len() as f64 - 0.5, 0.0..top)?;
    y_axis(&plot, &ticks, points.len())?;
    x_axis(&plot, points)?;
    lines(&plot, points)?;
    ends(&plot, points, words)?;
    let frame = Frame::of(&plot, points.len());
    drop(plot);
    drop(area);
    for (n, point) in points.iter().enumerate().filter(|(_, point)| measured(point)) {
        stop(out, &frame, top, n, point, words);
    }
    Ok(())
}

fn style(class: Class, h_pos: HPos, v_pos: VPos) -> TextStyle<'static> {
    let size = TEXT * FINE;
    TextStyle { font: ("sans-serif", size).into_font(), color: class.color().to_backend_color(), pos: Pos::new(h_pos, v_pos) }
}

fn y_axis(plot: &Plot<'_, '_>, ticks: &[Tick], count: usize) -> Drawn {
    let area = plot.plotting_area();
    for (n, tick) in ticks.iter().enumerate() {
        let class = if n == 0 { Class::Axis } else { Class::Grid };
        area.draw(&PathElement::new([(-0.5, tick.hours), (count as f64 - 0.5, tick.hours)], class.color()))?;
        let (x, y) = plot.backend_coord(&(-0.5, tick.hours));
        outside(plot, &tick.label, (x - (SPACE * FINE) as i32, y), &style(Class::Label, HPos::Right, VPos::Center))?;
    }
    Ok(())
}

fn x_axis(plot: &Plot<'_, '_>, points: &[RecordedPoint]) -> Drawn {
    let short: Vec<&str> = points.iter().map(|point| point.label.strip_prefix("week of ").unwrap_or(&point.label)).collect();
    let widest = short.iter().map(|label| text::width(label, TEXT)).max().unwrap_or(0) + SPACE * 4;
    let place = plot.plotting_area().dim_in_pixel().0 as f64 / f64::from(FINE) / points.len() as f64;
    for n in scale::spread(points.len(), (f64::from(widest) / place).ceil() as usize) {
        let (x, y) = plot.backend_coord(&(n as f64, 0.0));
        outside(plot, short[n], (x, y + (SPACE * FINE) as i32), &style(Class::Label, HPos::Center, VPos::Top))?;
    }
    Ok(())
}

/// Text at a place of the whole drawing, also outside the plot.
fn outside(plot: &Plot<'_, '_>, words: &str, at: (i32, i32), style: &TextStyle<'_>) -> Drawn {
    plot.plotting_area().use_screen_coord().draw(&Text::new(words.to_owned(), at, style.clone()))
}

fn lines(plot: &Plot<'_, '_>, points: &[RecordedPoint]) -> Drawn {
    type Hours = fn(&RecordedPoint) -> f64;
    let series: [(Class, Hours); 2] = [(Class::Series(1), |p| p.p50_hours), (Class::Series(2), |p| p.p90_hours)];
    for (class, value) in series {
        let places: Vec<usize> = (0..points.len()).collect();
        for run in places.chunk_by(|&a, &b| measured(&points[a]) == measured(&points[b])) {
            if run.len() < 2 || !measured(&points[run[0]]) {
                continue;
            }
            let path: Vec<_> = run.iter().map(|&n| (n as f64, height(value(&points[n])))).collect();
            plot.plotting_area().draw(&PathElement::new(path, class.color()))?;
        }
    }
    Ok(())
}

/// The words right of each line's last point, moved apart where the lines end close together.
fn ends(plot: &Plot<'_, '_>, points: &[RecordedPoint], words: &Words) -> Drawn {
    let Some((n, last)) = points.iter().enumerate().rfind(|(_, point)| measured(point)) else { return Ok(()) };
    let (x, low) = plot.backend_coord(&(n as f64, height(last.p50_hours)));
    let (_, high) = plot.backend_coord(&(n as f64, height(last.p90_hours)));
    let apart = ((TEXT + 2) * FINE) as i32;
    let missing = (apart - (low - high)).max(0);
    let x = x + (SPACE * FINE) as i32;
    for (class, words, y) in
        [(Class::SeriesLabel(1), &words.p50, low + missing / 2), (Class::SeriesLabel(2), &words.p90, high - missing / 2)]
    {
        outside(plot, words, (x, y), &style(class, HPos::Left, VPos::Center))?;
    }
    Ok(())
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

/// One week or month: both dots, a strip over the whole height that is easy to hit, and the numbers in words.
fn stop(out: &mut String, frame: &Frame, top: f64, n: usize, point: &RecordedPoint, words: &Words) {
    let left = frame.left + n as f64 * frame.place;
    let noun = if point.n == 1 { &words.counted.0 } else { &words.counted.1 };
    let told = text::escape(&format!(
        "{}: {} {}, {} {}, {} {noun}",
        point.label,
        words.p50,
        duration(point.p50_hours),
        words.p90,
        duration(point.p90_hours),
        point.n
    ));
    let focus = if frame.stops { r#" tabindex="0""# } else { "" };
    // The chart's own words warn where a percentile of so few cases says little.
    let few = if point.n < 20 { " few" } else { "" };
    let (x, y1, y2) = (left + frame.place / 2.0, frame.y(height(point.p50_hours) / top), frame.y(height(point.p90_hours) / top));
    write!(
        out,
        r#"<g class="point{few}" role="img" aria-label="{told}"{focus}><title>{told}</title><rect class="hit" x="{left:.1}" y="{:.1}" width="{:.1}" height="{:.1}"/><circle class="dot series-1" cx="{x:.1}" cy="{y1:.1}" r="2.5"/><circle class="dot series-2" cx="{x:.1}" cy="{y2:.1}" r="2.5"/></g>"#,
        frame.top,
        frame.place,
        frame.bottom - frame.top,
    )
    .expect("writing to a string cannot fail");
}

/// A length of time in words.
fn duration(hours: f64) -> String {
    match hours {
        h if h < 1.0 => format!("{:.0} min", h * 60.0),
        h if h < 48.0 => format!("{h:.1} h"),
        h => format!("{:.1} d", h / 24.0),
    }
}

#[cfg(test)]
mod tests;
