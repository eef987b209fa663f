//! One key figure.

use super::{
    definitions,
    filter::{self, Refused},
    parts,
};
use crate::{
    components::{
        erased::{Erase, Later},
        exception::sums,
        freshness::as_of,
        save, states,
        words::{count, counted, moment},
    },
    model::{FilterChoices, Kpi, KpiFilter, KpiTarget},
    pages::served::Address,
    paths,
    ports::{Caller, Ports},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// What is shown.
struct Shown {
    kpi: Kpi,
    chart: Option<String>,
    /// The target, if it was none.
    refused: Option<Refused>,
}

/// Reads it and shows it; with a target that is none, without one.
pub(super) fn body(address: Address) -> Later {
    let id = address.part("id");
    let filter = paths::kpi_filter(|key| address.get(key));
    let (asked, asked_id) = (filter.clone(), id.clone());
    let read = async move |ports: Ports, caller: Caller| {
        let mut kpi = ports.figures.kpi(&caller, asked_id.clone(), asked.clone()).await;
        let refused = Refused::of_target(&kpi);
        if refused.is_some() {
            kpi = ports.figures.kpi(&caller, asked_id, KpiFilter { target: None, ..asked.clone() }).await;
        }
        let kpi = kpi?;
        Ok(Shown { chart: ports.figures.kpi_chart(&kpi, kpi.may_list.then_some(&asked)), kpi, refused })
    };
    let typed = filter.clone();
    let again = move |choices: &_, refused: &_| filter::form_of((&id, None), &typed, choices, Some(refused));
    filter::read("Key figure", read, move |shown, choices| whole(shown, &filter, choices), again)
}

fn whole(Shown { kpi, chart, refused }: &Shown, typed: &KpiFilter, choices: &FilterChoices) -> AnyView {
    // What was refused stands in its field and leads nowhere.
    let filter = &KpiFilter { target: typed.target.clone().filter(|_| refused.is_none()), ..typed.clone() };
    if refused.is_some() {
        states::answer_status(422);
    }
    let (id, name) = (kpi.meaning.id.clone(), kpi.meaning.name.clone());
    let body = if kpi.n == 0 && kpi.series.is_empty() {
        states::empty(
            "No case in this period",
            view! { <a href=paths::kpi(&id, &KpiFilter::default())>"Remove the filter"</a> }.erased(),
        )
    } else {
        view! { {drawn(kpi, chart.clone(), filter)} {parts::parts(kpi, filter)} {parts::series(kpi, filter)} }.erased()
    };
    view! {
        <Title text=format!("{id} {name}")/>
        <p class="back"><a href=paths::kpis(filter)>"← Key figures"</a></p>
        <div class="head">
            <h1>{format!("{id} {name}")}</h1>
            <p class="count">{parts::is(kpi, filter)}</p>
            {(!kpi.value.money.is_empty()).then(|| view! { <div class="waiting">{sums(&kpi.value.money, "")}</div> })}
            {as_of(&kpi.as_of)}
        </div>
        <p class="aside sentence">{filter::words(filter)} {days(kpi)}</p>
        {kpi.under_way.clone().map(|words| view! { <p role="status">{words}</p> })}
        {filter::form_of((&id, Some(&kpi.meaning.unit)), typed, choices, refused.as_ref())}
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
    let id = &kpi.meaning.id;
    let part = |part: &str| paths::kpi_part(id, part, filter);
    let cases = counted(kpi.n, "case", "cases");
    // Of a share of what waits only those that wait can be listed.
    let mut lines: Vec<AnyView> = vec![if kpi.lists_cases() {
        parts::counted_link(kpi, paths::kpi_rows(id, filter), kpi.n, cases)
    } else {
        cases.erased()
    }];
    if let Some(p) = kpi.value.percentiles {
        let at = |(name, hours): (&str, f64)| {
            let comma = if name == "p50" { "" } else { ", " };
            let words = format!("{name} {} h", tenth(hours));
            if kpi.may_list {
                view! { {comma}<a href=part(name) title="Those that took as long, or longer">{words}</a> }.erased()
            } else {
                view! { {comma}{words} }.erased()
            }
        };
        let all: Vec<_> = [("p50", p.p50), ("p75", p.p75), ("p90", p.p90), ("p95", p.p95)].map(at).into_iter().collect();
        lines.push(all.erased());
    }
    if let Some(mean) = kpi.value.mean_hours {
        lines.push(format!("mean {} h", tenth(mean)).erased());
    }
    if let Some(open) = kpi.open {
        let words = format!("{} still open, not in the figure", count(open));
        lines.push(parts::counted_link(kpi, part("open"), open, words));
    }
    if kpi.day_only > 0 {
        lines.push(format!("{} known to the day only, in whole days", count(kpi.day_only)).erased());
    }
    if !kpi.left_out.is_empty() {
        let words: Vec<String> = kpi.left_out.iter().map(|out| format!("{} {}", count(out.count), out.reason)).collect();
        let n: u64 = kpi.left_out.iter().map(|out| out.count).sum();
        lines.push(view! { "left out: " {parts::counted_link(kpi, part("left_out"), n, words.join(", "))} }.erased());
    }
    if let Some(before) = &kpi.previous {
        let of = KpiFilter { from: Some(before.from.clone()), to: Some(before.to.clone()), ..filter.clone() };
        let rows = KpiFilter { target: None, part: None, after: None, ..of.clone() };
        // Of a share those that count in it.
        let (number, behind) = match before.value.part {
            Some(part) => (paths::kpi_part(id, "share", &rows), part),
            None => (paths::kpi_rows(id, &rows), before.n),
        };
        lines.push(
            view! {
                "the period before (" <a href=paths::kpi(id, &of)>{before.label.clone()}</a> "): "
                {parts::counted_link(kpi, number, behind, before.value.words.clone())} ", "
                {parts::counted_link(kpi, paths::kpi_rows(id, &rows), before.n, counted(before.n, "case", "cases"))}
            }
            .erased(),
        );
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
    let within = target.within.map(|n| format!(", {} within it, told without their rows", count(n))).unwrap_or_default();
    format!("target {}: {reached}{within}", target.value)
}

/// Hours to a tenth.
pub(super) fn tenth(hours: f64) -> String {
    format!("{hours:.1}")
}
