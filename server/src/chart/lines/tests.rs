use super::*;

fn stop(week: u32, n: u64) -> Stop {
    Stop { label: format!("week of {week} Feb 2026"), n, href: None }
}

/// Stops with their two values.
fn drawn(points: &[(Stop, f64, f64)], drawing: &Drawing) -> String {
    let stops: Vec<Stop> = points.iter().map(|(stop, ..)| stop.clone()).collect();
    let of =
        |value: fn(&(Stop, f64, f64)) -> f64| points.iter().map(|point| Some(value(point)).filter(|_| point.0.n > 0)).collect();
    let half = Line { words: "half within".into(), values: of(|point| point.1) };
    let most = Line { words: "9 of 10 within".into(), values: of(|point| point.2) };
    lines(&stops, &[half, most], drawing)
}

fn words() -> Drawing {
    Drawing {
        title: "Delivered to recorded".into(),
        empty: "No delivery was measured.".into(),
        counted: ("delivery".into(), "deliveries".into()),
        ..Drawing::default()
    }
}

fn drawing(points: &[(Stop, f64, f64)]) -> String {
    drawn(points, &words())
}

fn point(week: u32, n: u64, p50: f64, p90: f64) -> (Stop, f64, f64) {
    (stop(week, n), p50, p90)
}

fn count(drawing: &str, part: &str) -> usize {
    drawing.matches(part).count()
}

/// Every tag closed, in order, and no attribute without quotes: what an XML parser would insist on.
fn assert_well_formed(drawing: &str) {
    let mut open = Vec::new();
    for tag in drawing.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("each tag ends");
        assert!(!text.contains(['"', '\'']), "a quote outside a tag: {text}");
        assert_eq!(tag.matches('"').count() % 2, 0, "unbalanced quotes: {tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().expect("a name"));
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

#[test]
fn two_lines_one_image_a_point_and_no_colour_anywhere() {
    let drawing = drawing(&[point(1, 30, 5.0, 20.0), point(2, 40, 6.0, 22.0), point(3, 35, 4.0, 18.5)]);
    assert_well_formed(&drawing);
    assert_eq!(count(&drawing, r#"<polyline class="series series-1""#), 1);
    assert_eq!(count(&drawing, r#"<polyline class="series series-2""#), 1);
    assert_eq!(count(&drawing, r#"role="img" aria-label="week of"#), 3);
    assert_eq!(count(&drawing, r#"tabindex="0""#), 3);
    assert!(drawing.contains("<title>week of 3 Feb 2026: half within 4.0 h, 9 of 10 within 18.5 h, 35 deliveries</title>"));
    assert!(drawing.starts_with(r#"<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 260""#));
    for colour in ["style=", "fill=", "stroke=", "rgb", "#"] {
        assert_eq!(count(&drawing, colour), 0, "{colour}");
    }
}

#[test]
fn each_line_is_named_at_its_end_and_the_names_stay_apart() {
    let drawing = drawing(&[point(1, 30, 5.0, 5.1), point(2, 40, 6.0, 6.01)]);
    let heights: Vec<f64> = drawing
        .split(r#"<text class="label series-"#)
        .skip(1)
        .map(|text| text.split("y=\"").nth(1).and_then(|y| y.split('"').next()).and_then(|y| y.parse().ok()).expect("a number"))
        .collect();
    assert_eq!(heights.len(), 2);
    assert!(heights[0] - heights[1] >= f64::from(TEXT), "{heights:?}");
}

#[test]
fn a_week_without_deliveries_is_a_gap_and_never_a_zero() {
    let points = [
        point(1, 30, 5.0, 20.0),
        point(2, 30, 5.0, 20.0),
        point(3, 0, 0.0, 0.0),
        point(4, 30, 5.0, 20.0),
        point(5, 30, 5.0, 20.0),
    ];
    let drawing = drawing(&points);
    assert_eq!(count(&drawing, "<polyline class=\"series series-1\""), 2);
    assert_eq!(count(&drawing, "<g class=\"point"), 4);
}

#[test]
fn a_week_of_few_deliveries_is_marked() {
    let drawing = drawing(&[point(1, 19, 5.0, 20.0), point(2, 20, 5.0, 20.0)]);
    assert_eq!(count(&drawing, "<g class=\"point few\""), 1);
}

#[test]
fn without_deliveries_the_drawing_says_so() {
    for points in [vec![], vec![point(1, 0, 0.0, 0.0)]] {
        let drawing = drawing(&points);
        assert_well_formed(&drawing);
        assert!(drawing.contains("No delivery was measured"));
        assert_eq!(count(&drawing, "<polyline"), 0);
    }
}

#[test]
fn ten_years_of_weeks_fit_with_few_labels_and_no_five_hundred_tab_stops() {
    let points: Vec<_> = (0..520).map(|n| point(n, 50, 20.0 + f64::from(n % 7), 90.0 + f64::from(n % 13))).collect();
    let drawing = drawing(&points);
    assert_well_formed(&drawing);
    assert_eq!(count(&drawing, "<g class=\"point"), 520);
    assert_eq!(count(&drawing, "tabindex"), 0);
    let labels = count(&drawing, r#"text-anchor="middle""#);
    assert!((2..=10).contains(&labels), "{labels} labels");
    assert!(drawing.contains(">5 d</text>") || drawing.contains(">4 d</text>"));
}

#[test]
fn words_cannot_break_out_of_the_drawing() {
    let words = Drawing { title: "<script>\"&'".into(), empty: "</svg>".into(), ..words() };
    let label = "\"><script>alert(1)</script>".to_owned();
    let odd = Stop { label: label.clone(), n: 30, href: Some(label) };
    for drawing in [drawn(&[(odd, 5.0, 20.0)], &words), drawn(&[], &words)] {
        assert_well_formed(&drawing);
        assert!(!drawing.contains("<script") && !drawing.contains("<b>"));
    }
}

#[test]
fn numbers_that_are_none_and_clocks_that_ran_ahead_do_no_harm() {
    let points = [point(1, 30, f64::NAN, f64::INFINITY), point(2, 30, -3.0, -1.0), point(3, 30, 1.0, f64::INFINITY)];
    let drawing = drawing(&points);
    assert_well_formed(&drawing);
    assert_eq!(count(&drawing, "<g class=\"point"), 2);
    assert!(!drawing.contains("NaN") && !drawing.contains("inf"));
}

#[test]
fn a_point_leads_to_its_rows_and_a_target_is_a_line_of_its_own() {
    let stop = Stop { href: Some("/kpis/K1/rows?from=1&to=2".into()), ..stop(1, 30) };
    let drawing = drawn(&[(stop, 5.0, 20.0)], &Drawing { target: Some(24.0), ..words() });
    assert_well_formed(&drawing);
    assert_eq!(count(&drawing, r#"href="/kpis/K1/rows?from=1&amp;to=2""#), 1);
    assert_eq!(count(&drawing, r#"<polyline class="target""#), 1);
}

#[test]
fn shares_are_read_off_the_whole_range() {
    let line = Line { words: "untouched".into(), values: vec![Some(0.25), Some(0.5)] };
    let drawing = lines(&[stop(1, 40), stop(2, 40)], &[line], &Drawing { scale: Scale::Share, ..words() });
    assert_well_formed(&drawing);
    assert!(drawing.contains(">100 %</text>") && drawing.contains("untouched 50.0 %, 40 deliveries"), "{drawing}");
}
