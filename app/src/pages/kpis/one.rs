//! One key figure.

use super::{definitions, filter, parts};
use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        exception::sums,
        freshness::as_of,
        save, states,
        words::{count, counted, moment},
    },
    model::{Kpi, KpiFilter, KpiTarget},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Reads it and shows it.
pub(super) fn body(address: Address) -> Later {
    let id = address.part("id");
    let filter = paths::kpi_filter(|key| address.get(key));
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => {
                let kpi = here.ports.figures.kpi(&here.caller, id, filter.clone()).await;
                kpi.map(|kpi| (here.ports.figures.kpi_chart(&kpi, Some(&filter)), kpi))
            }
            Err(error) => Err(error),
        };
        match read {
            Ok((chart, kpi)) => whole(&kpi, chart, &filter),
            Err(error) => states::failed(error),
        }
    })
}

fn whole(kpi: &Kpi, chart: Option<String>, filter: &KpiFilter) -> AnyView {
    let (id, name) = (kpi.meaning.id.clone(), kpi.meaning.name.clone());
    let body = if kpi.n == 0 && kpi.series.is_empty() {
        states::empty(
            "No case in this period",
            view! { <a href=paths::kpi(&id, &KpiFilter::default())>"Remove the filter"</a> }.erased(),
        )
    } else {
        view! { {drawn(kpi, chart, filter)} {parts::parts(kpi, filter)} {parts::series(kpi, filter)} }.erased()
    };
    view! {
        <Title text=format!("{id} {name}")/>
        <p class="back"><a href=paths::kpis(filter)>"← Key figures"</a></p>
        <div class="head">
            <h1>{format!("{id} {name}")}</h1>
            <p class="count"><a href=paths::kpi_rows(&id, filter)>{kpi.value.words.clone()}</a></p>
            {(!kpi.value.money.is_empty()).then(|| view! { <div class="waiting">{sums(&kpi.value.money, "")}</div> })}
            {as_of(&kpi.as_of)}
        </div>
        <p class="aside sentence">{filter::words(filter)} {days(kpi)}</p>
        {kpi.under_way.clone().map(|words| view! { <p role="status">{words}</p> })}
        {told(kpi, filter)}
        {body}
        {definitions::meaning(&kpi.meaning)}
    }
    .erased()
}

/// Over which days, if it is of a period at all and that was left open.
fn days(kpi: &Kpi) -> AnyView {
    let open = kpi.period.from.is_none() || kpi.period.to.is_none();
    let covers = kpi.covers.as_ref().filter(|_| open);
    covers.map(|covers| view! { " · " {filter::days(&kpi.period, Some(covers))} }).erased()
}

/// Its chart, and the same as a file.
fn drawn(kpi: &Kpi, chart: Option<String>, filter: &KpiFilter) -> AnyView {
    let Some(svg) = chart else { return ().erased() };
    view! {
        <div class="drawing" role="region" aria-label="The figure, drawn" tabindex="0" inner_html=svg></div>
        {save::line(&[("SVG", paths::kpi_svg(&kpi.meaning.id, filter))], &kpi.meaning.name)}
    }
    .erased()
}

/// What the card says beside the number.
fn told(kpi: &Kpi, filter: &KpiFilter) -> AnyView {
    let mut lines: Vec<AnyView> = vec![counted(kpi.n, "case", "cases").erased()];
    if let Some(p) = kpi.value.percentiles {
        lines.push(
            format!("p50 {} h, p75 {} h, p90 {} h, p95 {} h", tenth(p.p50), tenth(p.p75), tenth(p.p90), tenth(p.p95)).erased(),
        );
    }
    if let Some(mean) = kpi.value.mean_hours {
        lines.push(format!("mean {} h", tenth(mean)).erased());
    }
    if let Some(open) = kpi.open {
        lines.push(format!("{} still open, not in the figure", count(open)).erased());
    }
    if kpi.day_only > 0 {
        lines.push(format!("{} known to the day only, in whole days", count(kpi.day_only)).erased());
    }
    if !kpi.left_out.is_empty() {
        let words: Vec<String> = kpi.left_out.iter().map(|out| format!("{} {}", count(out.count), out.reason)).collect();
        let href = paths::kpi_rows(&kpi.meaning.id, &KpiFilter { part: Some("left_out".into()), after: None, ..filter.clone() });
        lines.push(view! { "left out: " <a href=href>{words.join(", ")}</a> }.erased());
    }
    if let Some(before) = &kpi.previous {
        let words =
            format!("the period before ({}): {}, {}", before.label, before.value.words, counted(before.n, "case", "cases"));
        lines.push(words.erased());
    }
    if let Some(target) = &kpi.target {
        lines.push(against(target).erased());
    }
    if let Some(at) = &kpi.known_at {
        lines.push(view! { "latest commit in it: " {moment(at)} }.erased());
    }
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    view! { <ul class="facts">{lines}</ul> }.erased()
}

fn against(target: &KpiTarget) -> String {
    let reached = match target.reached {
        Some(true) => "reached",
        Some(false) => "missed",
        None => "too few cases to say",
    };
    let within = target.within.map(|n| format!(", {} within it", count(n))).unwrap_or_default();
    format!("target {}: {reached}{within}", target.value)
}

/// Hours to a tenth.
pub(super) fn tenth(hours: f64) -> String {
    format!("{hours:.1}")
}
