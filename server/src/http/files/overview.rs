//! The Overview's cards as files, each with all of its parts.

use super::super::{
    Edge, Problem,
    auth::Who,
    csv::{Currencies, Field, Table, number},
};
use app::model::{KpiFilter, Overview, PipelineStep, SourceHealth, SourceState, Tally};
use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::get,
};

/// Of the Overview.
pub(super) fn routes() -> Router<Edge> {
    Router::new().route("/overview/{card}/csv", get(card))
}

/// A card by its name. One that is not for the reader is none of theirs as a file either.
async fn card(
    State(edge): State<Edge>,
    who: Who,
    Path(card): Path<String>,
    Query(filter): Query<KpiFilter>,
) -> Result<Response, Problem> {
    let read = async || edge.ports.figures.overview_file(&who.into(), filter).await.map_err(Problem::from);
    Ok(match &*card {
        "cash" => tallies("cash-waiting", ["held_by", "shipments"], &read().await?.cash.parts),
        "causes" => tallies("causes", ["cause", "exceptions"], &read().await?.causes.ok_or_else(Problem::forbidden)?.parts),
        "proof" => tallies("pod-aging", ["age", "shipments"], &read().await?.proof.parts),
        "erp" => backlog(&read().await?),
        "pipeline" => pipeline(&read().await?.pipeline),
        "sources" => sources(&read().await?.sources.ok_or_else(Problem::forbidden)?),
        _ => return Err(Problem::not_found()),
    })
}

fn tallies(name: &str, columns: [&str; 2], parts: &[Tally]) -> Response {
    let money = Currencies::of(parts.iter().map(|part| &*part.money));
    let mut table = Table::new(name, &money.after(&columns));
    for part in parts {
        let own = [Field::Text(&part.label), Field::Own(part.n.to_string())];
        table.row(own.into_iter().chain(money.fields(&part.money)));
    }
    table.answer(None)
}

/// A line for each state of each age.
fn backlog(overview: &Overview) -> Response {
    let erp = &overview.erp;
    let money = Currencies::of(erp.cells.iter().flatten().map(|cell| &*cell.money));
    let mut table = Table::new("erp-backlog", &money.after(&["age", "state", "invoices"]));
    for (at, age) in erp.ages.iter().enumerate() {
        for (state, cells) in erp.states.parts.iter().zip(&erp.cells) {
            let Some(cell) = cells.get(at) else { continue };
            let own = [Field::Text(age), Field::Text(&state.label), Field::Own(cell.n.to_string())];
            table.row(own.into_iter().chain(money.fields(&cell.money)));
        }
    }
    table.answer(None)
}

fn pipeline(steps: &[PipelineStep]) -> Response {
    let mut table = Table::new("pipeline", &["stage", "shipments", "took_hours", "took", "until", "bottleneck"]);
    for step in steps {
        table.row([
            Field::Text(&step.tally.label),
            Field::Own(step.tally.n.to_string()),
            number(step.took_hours.map(|hours| format!("{hours:.4}"))),
            Field::Text(step.took.as_deref().unwrap_or_default()),
            Field::Text(step.until.as_deref().unwrap_or_default()),
            Field::Own(if step.bottleneck { "yes" } else { "no" }.into()),
        ]);
    }
    table.answer(None)
}

fn sources(sources: &[SourceHealth]) -> Response {
    let blocks = |source: &SourceHealth| source.blocks.clone().unwrap_or_default();
    let all: Vec<(&SourceHealth, Tally)> = sources.iter().map(|source| (source, blocks(source))).collect();
    let money = Currencies::of(all.iter().map(|(_, blocks)| &*blocks.money));
    // Who may not read Quarantine is not told that nothing is in it.
    let told = sources.iter().any(|source| source.quarantined.is_some());
    let columns =
        ["source", "state", "last_word"].into_iter().chain(told.then_some("in_quarantine")).chain(["shipments_waiting"]);
    let mut table = Table::new("sources", &money.after(&columns.collect::<Vec<_>>()));
    for (source, blocks) in &all {
        let state = match source.state {
            SourceState::Speaks => "speaks",
            SourceState::Silent => "silent",
            SourceState::Unwatched => "no cadence set",
        };
        let own = [
            Field::Text(&source.name),
            Field::Own(state.into()),
            Field::Own(source.last.as_ref().map(|last| last.utc.clone()).unwrap_or_default()),
        ];
        let quarantined = told.then(|| number(source.quarantined.as_ref().map(|of| of.iter().map(|tally| tally.n).sum::<u64>())));
        let waiting = Field::Own(blocks.n.to_string());
        table.row(own.into_iter().chain(quarantined).chain([waiting]).chain(money.fields(&blocks.money)));
    }
    table.answer(None)
}
