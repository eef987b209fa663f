//! Lists and figures as files.

use super::{
    Edge, Problem,
    auth::Who,
    csv::{Field, Table, number, told},
};
use app::{
    model::{KpiFilter, Moment, Money, TrendFilter, TrendSide},
    paths,
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use std::collections::HashMap;

/// Files, for pages.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/shipments/csv", get(shipments))
        .route("/exceptions/csv", get(exceptions))
        .route("/quarantine/csv", get(quarantine))
        .route("/kpis/csv", get(kpis))
        .route("/kpis/{id}/rows/csv", get(kpi_rows))
        .route("/trends/stages/{kind}", get(stages))
}

type Asked = Query<HashMap<String, String>>;

fn at(moment: &Option<Moment>) -> Field<'static> {
    Field::Own(moment.as_ref().map(|moment| moment.utc.clone()).unwrap_or_default())
}

fn amount(money: &Option<Money>) -> [Field<'static>; 2] {
    let (amount, currency) = money.clone().map(|money| (money.amount, money.currency)).unwrap_or_default();
    [Field::Own(amount), Field::Own(currency)]
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
    Ok(table.answer(file.more))
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
    Ok(table.answer(file.more))
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
    Ok(table.answer(file.more))
}

async fn kpis(State(edge): State<Edge>, who: Who, Query(filter): Query<KpiFilter>) -> Result<Response, Problem> {
    let columns = ["figure", "name", "is", "cases", "p50_hours", "p75_hours", "p90_hours", "p95_hours", "part", "share", "money"];
    let mut table = Table::new("figures", &columns);
    for kpi in edge.ports.figures.kpis(&who.into(), filter).await? {
        let value = &kpi.value;
        let hours = |of: fn(&app::model::Percentiles) -> f64| number(value.percentiles.as_ref().map(of));
        let money: Vec<String> = value.money.iter().map(|money| format!("{} {}", money.amount, money.currency)).collect();
        table.row([
            Field::Own(kpi.meaning.id.clone()),
            Field::Text(&kpi.meaning.name),
            Field::Text(&value.words),
            Field::Own(kpi.n.to_string()),
            hours(|p| p.p50),
            hours(|p| p.p75),
            hours(|p| p.p90),
            hours(|p| p.p95),
            number(value.part),
            number(value.share),
            Field::Own(money.join(" ")),
        ]);
    }
    Ok(table.answer(false))
}

async fn kpi_rows(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Query(filter): Query<KpiFilter>,
) -> Result<Response, Problem> {
    let file = edge.ports.figures.kpi_rows_file(&who.into(), id, filter).await?;
    let columns =
        ["reference", "id", "day", "hours", "is", "amount", "currency", "carrier", "customer", "region", "business_unit", "mode"];
    let mut table = Table::new("rows", &columns);
    for row in &file.rows {
        let [money, currency] = amount(&row.money);
        table.row([
            Field::Text(&row.reference),
            Field::Own(row.id.clone()),
            Field::Own(row.day.clone()),
            number(row.hours),
            Field::Text(&row.words),
            money,
            currency,
            Field::Text(&row.carrier),
            Field::Text(&row.customer),
            Field::Text(&row.region),
            Field::Text(&row.business_unit),
            Field::Text(&row.mode),
        ]);
    }
    Ok(table.answer(file.more))
}

async fn stages(
    State(edge): State<Edge>,
    who: Who,
    Path(kind): Path<String>,
    Query(of): Query<KpiFilter>,
) -> Result<Response, Problem> {
    if kind != "csv" && kind != "svg" {
        return Err(Problem::not_found());
    }
    let trends = edge.ports.figures.trends(&who.into(), TrendFilter { of, ..TrendFilter::default() }).await?;
    let side = trends.sides.first().ok_or_else(Problem::not_found)?;
    Ok(if kind == "svg" { drawn(side) } else { listed(side) })
}

fn drawn(side: &TrendSide) -> Response {
    ([(header::CONTENT_TYPE, "image/svg+xml")], side.waterfall.clone()).into_response()
}

fn listed(side: &TrendSide) -> Response {
    let mut table = Table::new("stages", &["stage", "mean_hours"]);
    for stage in &side.stages {
        table.row([Field::Text(&stage.label), number(stage.mean_hours)]);
    }
    table.answer(false)
}
