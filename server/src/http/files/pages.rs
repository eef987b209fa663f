//! Tables of single pages as files: home, a shipment, the configuration.

use super::super::{
    Edge, Problem,
    auth::Who,
    csv::{Currencies, Field, Table, number},
};
use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};

/// Of pages that have a table of their own.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/home/csv", get(home))
        .route("/shipments/{id}/csv", get(timeline))
        .route("/shipments/{id}/facts/csv", get(facts))
        .route("/configuration/csv", get(configuration))
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

async fn facts(State(edge): State<Edge>, who: Who, Path(id): Path<String>) -> Result<Response, Problem> {
    let shipment = edge.ports.reading.shipment(&who.into(), id).await?;
    let mut table = Table::new("facts", &["fact", "value", "source", "recorded"]);
    for fact in &shipment.facts {
        let value = match &fact.at {
            Some(at) => Field::Own(at.utc.clone()),
            None => Field::Text(&fact.value),
        };
        table.row([Field::Text(&fact.label), value, Field::Text(&fact.source), Field::Own(fact.recorded.utc.clone())]);
    }
    Ok(table.answer(None))
}

async fn configuration(State(edge): State<Edge>, who: Who) -> Result<Response, Problem> {
    let mut table = Table::new("configuration", &["section", "decides", "entries", "set_here"]);
    for section in edge.ports.configuring.sections(&who.into()).await? {
        table.row([
            Field::Text(&section.label),
            Field::Text(&section.explained),
            Field::Own(section.entries.to_string()),
            Field::Own(section.changed.to_string()),
        ]);
    }
    Ok(table.answer(None))
}
