//! Any table of any page as a file: the page is rendered as its reader would see it, and the table is taken out of it. So a file has what
//! its page shows, and nothing that its reader may not see.

use super::{
    super::{
        Edge, Problem,
        auth::Who,
        csv::{Field, Table},
        ui,
    },
    table::{self, Cell, Grid},
};
use app::paths;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Query, Request, State},
    http::{StatusCode, Uri},
    response::Response,
    routing::get,
};
use serde::Deserialize;

/// What a page weighs at most.
const PAGE: usize = 16 * 1024 * 1024;

/// Of whatever page shows a table by a name.
pub(super) fn routes() -> Router<Edge> {
    Router::new().route(paths::TABLE_CSV, get(shown))
}

/// Which table.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Which {
    /// The page's address.
    of: String,
    /// The name of the table's region.
    table: String,
}

async fn shown(
    State(edge): State<Edge>,
    _: Who,
    Query(Which { of, table }): Query<Which>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    parts.uri = page(&of).ok_or_else(|| Problem::invalid("of: the address of a page, such as /home"))?;
    if table.is_empty() {
        return Err(Problem::invalid("table: the name of a table of that page"));
    }
    let page = ui::page(State(edge), Request::from_parts(parts, Body::empty())).await;
    match page.status() {
        StatusCode::OK => {}
        StatusCode::FORBIDDEN => return Err(Problem::forbidden()),
        StatusCode::NOT_FOUND => return Err(Problem::not_found()),
        StatusCode::UNPROCESSABLE_ENTITY => return Err(Problem::invalid("of: the page does not take that")),
        status if status == StatusCode::SERVICE_UNAVAILABLE => return Err(Problem::unavailable()),
        _ => return Err(Problem::internal()),
    }
    let html = to_bytes(page.into_body(), PAGE).await.map_err(|_| Problem::internal())?;
    let grid = table::find(&String::from_utf8_lossy(&html), &table).ok_or_else(Problem::not_found)?;
    Ok(file(&table, grid))
}

/// An address of ours: a path, and perhaps a query.
fn page(of: &str) -> Option<Uri> {
    let own = of.starts_with('/') && !of.starts_with("//");
    of.parse::<Uri>().ok().filter(|uri| own && uri.authority().is_none())
}

fn file(name: &str, Grid { head, rows }: Grid) -> Response {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let name: String = name.chars().map(plain).collect();
    let mut table = Table::new(&name, &head.iter().map(String::as_str).collect::<Vec<_>>());
    for row in &rows {
        table.row(row.iter().map(|cell| match cell {
            Cell::Words(words) => Field::Text(words),
            Cell::Number(number) => Field::Own(number.clone()),
        }));
    }
    table.answer(None)
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn only_our_own_addresses_are_pages() {
        assert!(page("/home").is_some() && page("/search?q=a%20b").is_some());
        for other in ["", "home", "//evil.example/home", "https://evil.example/home", "/a b"] {
            assert!(page(other).is_none(), "{other}");
        }
    }
}
