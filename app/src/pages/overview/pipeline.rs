//! The way from plan to cash, stage by stage.

use crate::{
    components::{
        badge::{Tone, badge},
        card::{Provenance, card},
        erased::Erase,
        words::count,
    },
    model::{KpiFilter, Overview, PipelineStep},
    pages::kpis::filter as words,
    paths,
};
use leptos::prelude::*;

/// Stages with how many stand in each now, how long it takes, and where most time is lost.
pub(super) fn pipeline(overview: &Overview, filter: &KpiFilter) -> AnyView {
    let steps: Vec<_> = overview.pipeline.iter().map(step).collect();
    let bottlenecks = (!overview.bottlenecks.is_empty()).then(|| view! { <p>{overview.bottlenecks.join(" ")}</p> });
    let body = view! { <ol class="pipeline">{steps}</ol> {bottlenecks} };
    let from = Provenance {
        population: "shipments by their furthest milestone, now, old data too; under a filter of carrier, mode or customer without what is done with"
            .into(),
        clock: "time in a stage: of what ended it in the period; bottleneck: after the delivery, most shipments × median".into(),
        omissions: "calendar clock; completed only; as true now; by the day of what ended a stage alone; \
                    the times are those of K1, K5, K4 and K3, and leave out what these do; before the dispatch no time is measured"
            .into(),
        period: words::days(&overview.period, overview.covers.as_ref()),
        as_of: &overview.as_of,
        file: Some(paths::overview_csv("pipeline", filter)),
    };
    card("wide", "pipeline", "Pipeline", body.erased(), from)
}

fn step(step: &PipelineStep) -> AnyView {
    let tally = &step.tally;
    let class = match (step.bottleneck, tally.n) {
        (true, _) => "step bottleneck",
        (false, 0) => "step zero",
        _ => "step",
    };
    let until = step.until.clone();
    let took = step.took.clone().map(|took| {
        let took = match &step.took_of {
            Some(of) => view! { <a href=of.href.clone() data-n=of.n.to_string()>{took}</a> }.erased(),
            None => took.erased(),
        };
        view! { <p class="took">{took} <span class="aside">{until}</span></p> }
    });
    let out = words::left_out_link(&step.left_out, step.left_out_href.clone()).map(|out| view! { <p class="aside">{out}</p> });
    view! {
        <li class=class>
            <a href=tally.href.clone() data-n=tally.n.to_string()>
                <strong>{count(tally.n)}</strong>
                <span>{tally.label.clone()}</span>
            </a>
            {tally.share.map(|share| view! { <meter min="0" max="1000" value=share.to_string() aria-hidden="true"></meter> })}
            {took}
            {out}
            {step.bottleneck.then(|| badge(Tone::Warn, "Bottleneck"))}
        </li>
    }
    .erased()
}
