//! Lists as files.

use super::{
    super::{
        Edge, Problem,
        auth::Who,
        csv::{Currencies, Field, MOST, Table, told},
    },
    Asked, amount,
};
use app::{
    model::{ExceptionFilter, MOST_GROUPS, Moment},
    paths,
};
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};

/// Of what people look through.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/shipments/csv", get(shipments))
        .route("/exceptions/csv", get(exceptions))
        .route("/exceptions/groups/csv", get(groups))
        .route("/quarantine/csv", get(quarantine))
}

fn at(moment: &Option<Moment>) -> Field<'static> {
    Field::Own(moment.as_ref().map(|moment| moment.utc.clone()).unwrap_or_default())
}

async fn shipments(State(edge): State<Edge>, who: Who, Query(query): Asked) -> Result<Response, Problem> {
    let filter = paths::shipment_filter(|key| query.get(key).cloned());
    let file = edge.ports.files.shipments(&who.into(), filter).await?;
    let columns = [
        "shipment",
        "id",
        "stage",
        "against_promise",
        "promised",
        "dispatched",
        "delivered",
        "carrier",
        "mode",
        "region",
        "business_unit",
        "freight",
        "currency",
    ];
    let mut table = Table::new("shipments", &columns);
    for row in &file.rows {
        let [freight, currency] = amount(&row.freight);
        table.row([
            Field::Text(&row.reference),
            Field::Own(row.id.clone()),
            Field::Own(row.stage.code().into()),
            Field::Own(row.timeliness.code().into()),
            at(&row.promised),
            at(&row.dispatched),
            at(&row.delivered),
            told(&row.carrier),
            told(&row.mode),
            told(&row.region),
            told(&row.business_unit),
            freight,
            currency,
        ]);
    }
    Ok(table.answer(file.more.then_some(MOST)))
}

async fn exceptions(State(edge): State<Edge>, who: Who, Query(query): Asked) -> Result<Response, Problem> {
    let filter = paths::exception_filter(|key| query.get(key).cloned());
    let file = edge.ports.files.exceptions(&who.into(), filter).await?;
    let columns = [
        "exception",
        "kind",
        "detail",
        "state",
        "severity",
        "queue",
        "shipment",
        "customer",
        "amount",
        "currency",
        "due",
        "assignee",
        "snoozed_until",
        "reopens",
    ];
    let mut table = Table::new("exceptions", &columns);
    for row in &file.rows {
        let [money, currency] = amount(&row.money);
        table.row([
            Field::Own(row.id.clone()),
            Field::Own(row.kind.code().into()),
            Field::Text(&row.detail),
            Field::Own(row.state.code().into()),
            Field::Own(row.severity.code().into()),
            Field::Own(row.queue.code().into()),
            Field::Text(row.shipment.as_ref().map(|(_, reference)| reference.as_str()).unwrap_or_default()),
            told(&row.customer),
            money,
            currency,
            at(&row.due),
            told(&row.assignee),
            at(&row.snoozed_until),
            Field::Own(row.reopens.to_string()),
        ]);
    }
    Ok(table.answer(file.more.then_some(MOST)))
}

/// Causes with what they hold, as they rank.
async fn groups(State(edge): State<Edge>, who: Who, Query(query): Asked) -> Result<Response, Problem> {
    let filter = paths::exception_filter(|key| query.get(key).cloned());
    let filter = ExceptionFilter { view: None, cause: None, after: None, ..filter };
    let page = edge.ports.reading.exceptions(&who.into(), filter).await?;
    let money = Currencies::of(page.groups.iter().map(|group| &*group.money));
    let columns = ["cause", "kind", "detail", "severity", "queue", "exceptions", "shipments", "past_due", "oldest"];
    let mut table = Table::new("causes", &money.after(&columns));
    for group in &page.groups {
        let own = [
            Field::Text(&group.cause),
            Field::Own(group.kind.code().into()),
            Field::Text(&group.detail),
            Field::Own(group.severity.code().into()),
            Field::Own(group.queue.code().into()),
            Field::Own(group.exceptions.to_string()),
            Field::Own(group.shipments.to_string()),
            Field::Own(group.overdue.to_string()),
            Field::Text(&group.oldest),
        ];
        table.row(own.into_iter().chain(money.fields(&group.money)));
    }
    let most = MOST_GROUPS as usize;
    Ok(table.answer((page.groups.len() >= most).then_some(most)))
}

async fn quarantine(State(edge): State<Edge>, who: Who, Query(query): Asked) -> Result<Response, Problem> {
    let filter = paths::quarantine_filter(|key| query.get(key).cloned());
    let file = edge.ports.files.quarantine(&who.into(), filter).await?;
    let mut table =
        Table::new("quarantine", &["item", "code", "reason", "place", "source", "event_type", "subject", "received", "state"]);
    for row in &file.rows {
        table.row([
            Field::Own(row.id.clone()),
            Field::Text(&row.code),
            Field::Text(&row.reason),
            told(&row.place),
            told(&row.source),
            told(&row.event_type),
            told(&row.subject),
            Field::Own(row.received.utc.clone()),
            Field::Own(row.state.code().into()),
        ]);
    }
    Ok(table.answer(file.more.then_some(MOST)))
}
