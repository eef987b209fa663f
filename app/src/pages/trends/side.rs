//! What is shown of one side, or of two beside each other: a drawing, and under it the same as a table whose numbers lead to their rows.

use crate::{
    components::{
        erased::Erase,
        save,
        words::{count, counted, moment},
    },
    model::{KpiFilter, KpiPoint, Percentiles, Period, Trend, TrendSide, TrendStage, Trends},
    pages::kpis::filter,
    paths,
};
use leptos::prelude::*;

/// Figure by figure, the sides beside each other.
pub(super) fn sides(trends: &Trends) -> AnyView {
    let Some(first) = trends.sides.first() else { return ().erased() };
    let compared = trends.sides.len() > 1;
    let figures: Vec<AnyView> = (0..first.figures.len())
        .map(|place| {
            let Trend { meaning, .. } = &first.figures[place];
            let all = trends.sides.iter().filter_map(|side| Some((side, side.figures.get(place)?)));
            let cells: Vec<_> = all.map(|(side, trend)| cell(side, trend, compared, &trends.as_of)).collect();
            section(&meaning.id, &format!("{} {}", meaning.id, meaning.name), cells)
        })
        .collect();
    let stages: Vec<_> = trends.sides.iter().map(|side| waterfall(side, compared, &trends.as_of)).collect();
    let mut figures = figures.into_iter();
    view! {
        {figures.next()}
        {section("stages", "Dispatch to invoice by stage", stages)}
        {figures.collect::<Vec<_>>()}
    }
    .erased()
}

/// A region that scrolls when it must and that the keyboard can reach; each has a name of its own.
fn scrolling(label: String, table: AnyView) -> AnyView {
    view! { <div class="scroll" role="region" aria-label=label tabindex="0">{table}</div> }.erased()
}

/// A drawing, which scrolls on a narrow screen.
fn drawn(label: String, svg: String) -> AnyView {
    view! { <div class="drawing" role="region" aria-label=label tabindex="0" inner_html=svg></div> }.erased()
}

/// A name of a region: what it is of, and over what.
fn name(what: &str, side: &TrendSide) -> String {
    format!("{what}: {}", filter::words(&side.filter))
}

fn section(id: &str, title: &str, cells: Vec<AnyView>) -> AnyView {
    let class = if cells.len() > 1 { "trend two" } else { "trend" };
    view! {
        <section aria-labelledby=id.to_owned()>
            <h2 id=id.to_owned()>{title.to_owned()}</h2>
            <div class=class>{cells}</div>
        </section>
    }
    .erased()
}

/// Over what a side is, where there are two.
fn side_words(side: &TrendSide, compared: bool) -> AnyView {
    compared.then(|| view! { <h3>{filter::words(&side.filter)}</h3> }).erased()
}

fn cell(side: &TrendSide, trend: &Trend, compared: bool, as_of: &crate::model::Moment) -> AnyView {
    let id = &trend.meaning.id;
    let of = KpiFilter { target: None, ..side.filter.clone() };
    // Of a share those that count in it.
    let (rows, behind) = match trend.value.part {
        Some(part) => (paths::kpi_part(id, "share", &of), part),
        None => (paths::kpi_rows(id, &of), trend.n),
    };
    // The target is drawn across the first figure.
    let drawn_of = if id == "K1" { &side.filter } else { &of };
    let files = [("SVG", paths::kpi_svg(id, drawn_of)), ("CSV", paths::kpi_csv(id, &of))];
    let body = if trend.weeks.is_empty() {
        view! { <p class="aside">"No case."</p> }.erased()
    } else {
        view! {
            {drawn(name(&format!("{id} drawn"), side), trend.drawing.clone())}
            <div class="numbers">
                {weeks(trend, &of, name(&format!("{id} by week"), side))}
                {save::line(&files, &name(id, side))}
            </div>
        }
        .erased()
    };
    view! {
        <div class="card">
            {side_words(side, compared)}
            <p class="figure-line">
                <a class="figure" href=rows data-n=behind.to_string()><strong>{trend.value.words.clone()}</strong></a>
                <span class="aside">{told(trend, &of)} " · " <a href=paths::kpi(id, &of)>"The figure"</a></span>
            </p>
            {body}
            {provenance(trend, side, as_of)}
        </div>
    }
    .erased()
}

fn told(trend: &Trend, of: &KpiFilter) -> AnyView {
    let id = &trend.meaning.id;
    let part = |part: &str| paths::kpi_part(id, part, of);
    let open = trend.open.map(|open| {
        view! { ", "<a href=part("open") data-n=open.to_string()>{format!("{} still open", count(open))}</a> }
    });
    let slow = trend.value.percentiles.as_ref().map(|p| {
        view! {
            ", "<a href=part("p75")>{format!("p75 {:.1} h", p.p75)}</a>
            ", "<a href=part("p90")>{format!("p90 {:.1} h", p.p90)}</a>
        }
    });
    let cases = counted(trend.n, "case", "cases");
    view! { <a href=paths::kpi_rows(id, of) data-n=trend.n.to_string()>{cases}</a>{open}{slow} }.erased()
}

fn provenance(trend: &Trend, side: &TrendSide, as_of: &crate::model::Moment) -> AnyView {
    let out = left_out(trend, side);
    let untold = (trend.meaning.unit == "duration").then_some("; p75 and p90 of a week are told without their rows");
    view! {
        <p class="provenance">
            {trend.meaning.population.clone()} " · " {filter::clock(&trend.meaning.clock)} " · " {out} " · " {over(side)}
            " · as of " {moment(as_of)} " · " {trend.meaning.omissions.join("; ")} {untold}
        </p>
    }
    .erased()
}

fn left_out(trend: &Trend, side: &TrendSide) -> AnyView {
    let of = KpiFilter { target: None, ..side.filter.clone() };
    filter::left_out_link(&trend.left_out, paths::kpi_part(&trend.meaning.id, "left_out", &of))
        .unwrap_or_else(|| "nothing left out".erased())
}

/// Over what a side is, with its days.
fn over(side: &TrendSide) -> String {
    let of = &side.filter;
    let period = Period { from: of.from.clone(), to: of.to.clone() };
    let places = filter::words(&KpiFilter { from: None, to: None, ..of.clone() });
    format!("{places} · {}", filter::days(&period, side.covers.as_ref()))
}

fn weeks(trend: &Trend, of: &KpiFilter, label: String) -> AnyView {
    let share = trend.meaning.unit == "share";
    let row = |point: &KpiPoint| {
        let (from, to) = (Some(point.from.clone()), Some(point.to.clone()));
        let of = KpiFilter { from, to, ..of.clone() };
        let rows = paths::kpi_rows(&trend.meaning.id, &of);
        // Of a share those that count in it; all of them stand behind the number of cases.
        let (is, cases) = match point.value.part {
            Some(part) => {
                let cases = view! { <a href=rows data-n=point.n.to_string()>{count(point.n)}</a> }.erased();
                ((paths::kpi_part(&trend.meaning.id, "share", &of), part), cases)
            }
            None => ((rows, point.n), count(point.n).erased()),
        };
        let (href, behind) = is;
        let at = |of: fn(&Percentiles) -> f64| point.value.percentiles.as_ref().map(|all| format!("{:.1}", of(all)));
        let rest = (!share).then(|| {
            view! { <td class="number">{at(|p| p.p75)}</td> <td class="number">{at(|p| p.p90)}</td> }
        });
        view! {
            <tr>
                <th scope="row" class="when">{point.label.clone()}</th>
                <td class="number"><a href=href data-n=behind.to_string()>{point.value.words.clone()}</a></td>
                {rest}
                <td class="number">{cases}</td>
            </tr>
        }
    };
    let rows: Vec<_> = trend.weeks.iter().rev().map(row).collect();
    let heads = (!share).then(|| {
        view! { <th scope="col" class="number">"p75, h"</th> <th scope="col" class="number">"p90, h"</th> }
    });
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Week"</th>
                    <th scope="col" class="number">{if share { "Share" } else { "Half within" }}</th>
                    {heads}
                    <th scope="col" class="number">"Cases"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    scrolling(label, table.erased())
}

fn waterfall(side: &TrendSide, compared: bool, as_of: &crate::model::Moment) -> AnyView {
    let of = KpiFilter { target: None, ..side.filter.clone() };
    let n = side.figures.first().map_or(0, |trend| trend.n);
    let Some(mean) = &side.mean else {
        return view! { <div class="card">{side_words(side, compared)} <p class="aside">"No case."</p></div> }.erased();
    };
    let row = |stage: &TrendStage| {
        view! {
            <tr>
                <th scope="row">{stage.label.clone()}</th>
                <td class="number">
                    <a href=paths::kpi_part("K1", &stage.code, &of) data-n=n.to_string()>{stage.words.clone()}</a>
                </td>
                <td class="number">{stage.mean_hours.map(|hours| format!("{hours:.2}"))}</td>
                <td class="number">{stage.share.clone()}</td>
            </tr>
        }
    };
    let rows: Vec<_> = side.stages.iter().map(row).collect();
    let files = [("SVG", paths::stages_file("svg", &of)), ("CSV", paths::stages_file("csv", &of))];
    let hours: Option<f64> = side.stages.iter().map(|stage| stage.mean_hours).sum();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Stage"</th>
                    <th scope="col" class="number">"Mean"</th>
                    <th scope="col" class="number">"Hours"</th>
                    <th scope="col" class="number">"Of the whole"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            <tfoot>
                <tr>
                    <th scope="row">"Dispatch to invoice"</th>
                    <td class="number"><a href=paths::kpi_rows("K1", &of) data-n=n.to_string()>{mean.clone()}</a></td>
                    <td class="number">{hours.map(|hours| format!("{hours:.2}"))}</td>
                    <td class="number">"100.0 %"</td>
                </tr>
            </tfoot>
        </table>
    };
    view! {
        <div class="card">
            {side_words(side, compared)}
            {drawn(name("Stages drawn", side), side.waterfall.clone())}
            <div class="numbers">
                {scrolling(name("Stages as a table", side), table.erased())}
                {save::line(&files, &name("Stages", side))}
            </div>
            <p class="provenance">
                {counted(n, "shipment", "shipments")} " whose first invoice was issued · means, because they add up · "
                "a milestone nobody told takes no time · " {side.figures.first().map(|trend| left_out(trend, side))} " · " {over(side)} " · as of " {moment(as_of)}
                " · " {side.figures.first().map(|whole| whole.meaning.omissions.join("; "))}
            </p>
        </div>
    }
    .erased()
}
