//! Tables of single pages as files, where the file has more than the page shows at once.

use super::super::{
    Edge, Problem,
    auth::Who,
    csv::{Currencies, Field, MOST, Table, number, told},
};
use app::model::{BulkResult, SectionFilter};
use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::get,
};
use serde::Deserialize;

/// Of pages that have a table of their own.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/home/csv", get(home))
        .route("/shipments/{id}/csv", get(timeline))
        .route("/configuration/{section}/csv", get(section))
        .route("/exceptions/bulk/{id}/csv", get(items))
}

async fn home(State(edge): State<Edge>, who: Who) -> Result<Response, Problem> {
    let home = edge.ports.lists.home(&who.into()).await?;
    let cards = || home.cards.iter().flat_map(|group| group.cards.iter().map(move |card| (&group.title, card)));
    let money = Currencies::of(cards().map(|(_, card)| &*card.money));
    let mut table = Table::new("home", &money.after(&["about", "what", "count"]));
    for (title, card) in cards() {
        // More than are counted: none is told.
        let own = [Field::Text(title), Field::Text(&card.label), number(card.count)];
        table.row(own.into_iter().chain(money.fields(&card.money)));
    }
    Ok(table.answer(None))
}

/// A line an event, as the shipment's page tells them.
async fn timeline(State(edge): State<Edge>, who: Who, Path(id): Path<String>) -> Result<Response, Problem> {
    let shipment = edge.ports.reading.shipment(&who.into(), id).await?;
    let columns = ["event", "type", "occurred", "recorded", "known_here", "source", "standing", "remark", "details"];
    let mut table = Table::new("timeline", &columns);
    for entry in &shipment.timeline {
        let details: Vec<String> = entry.details.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        table.row([
            Field::Text(&entry.title),
            Field::Text(&entry.event_type),
            Field::Own(entry.occurred.utc.clone()),
            Field::Own(entry.recorded.utc.clone()),
            Field::Own(entry.known.utc.clone()),
            Field::Text(&entry.source),
            Field::Own(entry.standing.clone()),
            Field::Text(entry.remark.as_deref().unwrap_or_default()),
            Field::Text(&details.join("; ")),
        ]);
    }
    Ok(table.answer(shipment.timeline_cut_from.map(|_| shipment.timeline.len())))
}

/// A section of the configuration: all that has the words, on whatever page of it.
async fn section(
    State(edge): State<Edge>,
    who: Who,
    Path(name): Path<String>,
    Query(SectionFilter { q, .. }): Query<SectionFilter>,
) -> Result<Response, Problem> {
    let caller = who.into();
    let (mut values, mut contracts, mut page) = (Vec::new(), Vec::new(), 1);
    loop {
        let filter = SectionFilter { q: q.clone(), page: Some(page) };
        let view = edge.ports.configuring.section(&caller, name.clone(), filter).await?;
        values.extend(view.values);
        contracts.extend(view.contracts);
        if page >= view.pages {
            break;
        }
        page += 1;
    }
    let file = format!("configuration-{}", name.replace('_', "-"));
    if name == "contracts" {
        let mut table = Table::new(&file, &["customer", "contract", "covers", "asks_for"]);
        for row in &contracts {
            let asks = row.conditions.join("; ");
            table.row([Field::Text(&row.customer), Field::Text(&row.name), Field::Text(&row.covers), Field::Text(&asks)]);
        }
        return Ok(table.answer(None));
    }
    let mut table = Table::new(&file, &["value", "is", "from"]);
    for row in &values {
        let from = if row.changed { "set" } else { "built in" };
        table.row([Field::Text(&row.path), Field::Text(&row.value), Field::Own(from.into())]);
    }
    Ok(table.answer(None))
}

/// Which of a job's set.
#[derive(Deserialize)]
struct Which {
    result: Option<String>,
}

/// What became of each exception of a job.
async fn items(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Query(Which { result }): Query<Which>,
) -> Result<Response, Problem> {
    let caller = who.into();
    let mut table = Table::new("job", &["exception", "kind", "detail", "shipment", "result", "why"]);
    let (mut rows, mut after) = (0, None);
    loop {
        let page = edge.ports.bulk.items(&caller, id.clone(), result.clone(), after).await?;
        rows += page.items.len();
        for item in &page.items {
            let became = match item.result {
                BulkResult::Waiting => "not tried",
                BulkResult::Done => "done",
                BulkResult::Refused => "left alone",
            };
            table.row([
                Field::Own(item.exception.clone()),
                Field::Own(item.kind.map(|kind| kind.code().to_owned()).unwrap_or_default()),
                Field::Text(&item.detail),
                Field::Text(item.shipment.as_ref().map(|(_, reference)| reference.as_str()).unwrap_or_default()),
                Field::Own(became.into()),
                told(&item.problem),
            ]);
        }
        after = page.next;
        if after.is_none() || rows >= MOST {
            return Ok(table.answer(after.map(|_| rows)));
        }
    }
}
