//! Key figures as files: what each is, its weeks, its parts, the rows behind it, and what is drawn of it.

use super::{
    super::{
        Edge, Problem,
        auth::Who,
        csv::{Currencies, Field, MOST, Table, number, told},
    },
    amount,
};
use app::model::{Kpi, KpiFilter, KpiValue, Percentiles, TrendFilter, TrendSide};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

/// Of figures and Trends.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/kpis/csv", get(all))
        .route("/kpis/{id}/csv", get(weeks))
        .route("/kpis/{id}/svg", get(drawn))
        .route("/kpis/{id}/parts/csv", get(parts))
        .route("/kpis/{id}/rows/csv", get(rows))
        .route("/definitions/csv", get(definitions))
        .route("/trends/stages/{kind}", get(stages))
}

/// Columns of a value, without its money.
const VALUE: [&str; 7] = ["p50_hours", "p75_hours", "p90_hours", "p95_hours", "mean_hours", "part", "share"];

/// The fields of these columns.
fn value<'f>(value: &KpiValue) -> [Field<'f>; 7] {
    let hours = |hours: Option<f64>| Field::Own(hours.map(|hours| format!("{hours:.4}")).unwrap_or_default());
    let at = |of: fn(&Percentiles) -> f64| hours(value.percentiles.as_ref().map(of));
    let share = value.share.map(|share| format!("{share:.6}"));
    [
        at(|p| p.p50),
        at(|p| p.p75),
        at(|p| p.p90),
        at(|p| p.p95),
        hours(value.mean_hours),
        number(value.part),
        Field::Own(share.unwrap_or_default()),
    ]
}

/// Columns before those of the value.
fn with_value<'c>(columns: &[&'c str], money: &Currencies<'c>) -> Vec<&'c str> {
    money.after(&columns.iter().chain(&VALUE).copied().collect::<Vec<_>>())
}

async fn all(State(edge): State<Edge>, who: Who, Query(filter): Query<KpiFilter>) -> Result<Response, Problem> {
    let kpis = edge.ports.figures.kpis(&who.into(), filter).await?;
    let money = Currencies::of(kpis.iter().map(|kpi| &*kpi.value.money));
    let columns = ["figure", "name", "is", "cases", "open", "left_out", "population", "clock", "omissions", "owner"];
    let mut table = Table::new("figures", &with_value(&columns, &money));
    for kpi in &kpis {
        let omissions = kpi.meaning.omissions.join("; ");
        let own = [
            Field::Own(kpi.meaning.id.clone()),
            Field::Text(&kpi.meaning.name),
            Field::Text(&kpi.value.words),
            Field::Own(kpi.n.to_string()),
            number(kpi.open),
            Field::Own(kpi.left_out.iter().map(|out| out.count).sum::<u64>().to_string()),
            Field::Text(&kpi.meaning.population),
            Field::Text(&kpi.meaning.clock),
            Field::Text(&omissions),
            Field::Text(&kpi.meaning.owner),
        ];
        table.row(own.into_iter().chain(value(&kpi.value)).chain(money.fields(&kpi.value.money)));
    }
    Ok(table.answer(None))
}

async fn read(edge: &Edge, who: Who, id: String, filter: KpiFilter) -> Result<Kpi, Problem> {
    Ok(edge.ports.figures.kpi(&who.into(), id, filter).await?)
}

type Of = (Path<String>, Query<KpiFilter>);

/// A line a week.
async fn weeks(State(edge): State<Edge>, who: Who, (Path(id), Query(filter)): Of) -> Result<Response, Problem> {
    let kpi = read(&edge, who, id, filter).await?;
    let money = Currencies::of(kpi.series.iter().map(|week| &*week.value.money));
    let mut table = Table::new(&kpi.meaning.id, &with_value(&["week", "from", "to", "cases"], &money));
    for week in &kpi.series {
        let own = [&week.week, &week.from, &week.to, &week.n.to_string()].map(|own| Field::Own(own.clone()));
        table.row(own.into_iter().chain(value(&week.value)).chain(money.fields(&week.value.money)));
    }
    Ok(table.answer(None))
}

/// Its parts, and what stands beside it.
async fn parts(State(edge): State<Edge>, who: Who, (Path(id), Query(filter)): Of) -> Result<Response, Problem> {
    let kpi = read(&edge, who, id, filter).await?;
    let money = Currencies::of(kpi.parts.iter().map(|part| &*part.value.money));
    let mut table = Table::new(&format!("{}-parts", kpi.meaning.id), &with_value(&["name", "is", "cases"], &money));
    for part in &kpi.parts {
        let own = [Field::Text(&part.label), Field::Text(&part.value.words), Field::Own(part.n.to_string())];
        table.row(own.into_iter().chain(value(&part.value)).chain(money.fields(&part.value.money)));
    }
    Ok(table.answer(None))
}

async fn rows(State(edge): State<Edge>, who: Who, (Path(id), Query(filter)): Of) -> Result<Response, Problem> {
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
    Ok(table.answer(file.more.then_some(MOST)))
}

async fn definitions(State(edge): State<Edge>, who: Who) -> Result<Response, Problem> {
    let columns = [
        "figure",
        "name",
        "version",
        "population",
        "exclusions",
        "clock",
        "start",
        "stop",
        "formula",
        "unit",
        "direction",
        "owner",
        "omissions",
    ];
    let mut table = Table::new("definitions", &columns);
    for of in edge.ports.figures.meanings(&who.into()).await? {
        table.row([
            Field::Own(of.id),
            Field::Text(&of.name),
            Field::Own(of.version.to_string()),
            Field::Text(&of.population),
            Field::Text(&of.exclusions.join("; ")),
            Field::Text(&of.clock),
            Field::Text(&of.start),
            Field::Text(&of.stop),
            Field::Text(&of.formula),
            Field::Text(&of.unit),
            Field::Text(&of.direction),
            Field::Text(&of.owner),
            Field::Text(&of.omissions.join("; ")),
        ]);
    }
    Ok(table.answer(None))
}

/// What is saved leads nowhere.
async fn drawn(State(edge): State<Edge>, who: Who, (Path(id), Query(filter)): Of) -> Result<Response, Problem> {
    let kpi = read(&edge, who, id, filter).await?;
    let drawing = edge.ports.figures.kpi_chart(&kpi, None).ok_or_else(Problem::not_found)?;
    Ok(svg(&edge, &kpi.meaning.id, &drawing))
}

/// A drawing as a file, which no style sheet of ours goes with.
fn svg(edge: &Edge, name: &str, drawing: &str) -> Response {
    let name = format!("attachment; filename=\"waybill-{name}.svg\"");
    let head = [(header::CONTENT_TYPE, "image/svg+xml".to_owned()), (header::CONTENT_DISPOSITION, name)];
    (head, edge.ports.figures.drawing_alone(drawing)).into_response()
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
    Ok(if kind == "svg" { svg(&edge, "stages", &edge.ports.figures.stages_chart(side)) } else { listed(side) })
}

fn listed(side: &TrendSide) -> Response {
    let cases = side.figures.first().map_or(0, |trend| trend.n);
    let mut table = Table::new("stages", &["stage", "mean", "mean_hours", "share", "cases"]);
    for stage in &side.stages {
        table.row([
            Field::Text(&stage.label),
            Field::Text(&stage.words),
            number(stage.mean_hours.map(|hours| format!("{hours:.4}"))),
            told(&stage.share),
            Field::Own(cases.to_string()),
        ]);
    }
    table.answer(None)
}
