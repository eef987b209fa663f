//! The browser's files, out of the binary itself. Names carry a hash of the content, so they may be kept for ever.

use axum::{
    Router,
    extract::Path,
    http::{
        HeaderMap, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::get,
};

/// One file, as `build.rs` prepared it.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    hash: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const FAVICON: &str = include_str!("favicon.svg");

/// Where pages find their files. `script` is empty when the server was built without the browser's half.
pub fn assets() -> app::ports::Assets {
    app::ports::Assets { style: STYLE.into(), script: SCRIPT.into(), wasm: WASM.into() }
}

/// `/assets/…` and the favicon.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{name}", get(asset))
        .route("/favicon.svg", get(favicon))
        // Asked for by browsers that have seen no page yet.
        .route("/favicon.ico", get(favicon))
}

async fn favicon() -> Response {
    // Not hashed: short enough a life that a new mark shows within a day.
    ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")], FAVICON).into_response()
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    respond(TABLE, &name, &headers)
}

fn respond(table: &'static [Asset], name: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = table.iter().find(|asset| asset.name == name) else {
        // Perhaps a page of the next version asks an instance of this one: must not be remembered.
        return (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], "no such file").into_response();
    };
    let brotli = takes_brotli(headers);
    let tag = if brotli { format!("\"{}-br\"", asset.hash) } else { format!("\"{}\"", asset.hash) };
    let common = [(CACHE_CONTROL, IMMUTABLE), (VARY, "accept-encoding"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    if is_known(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, common, [(ETAG, tag)]).into_response();
    }
    let kind = [(CONTENT_TYPE, asset.content_type)];
    if brotli {
        (common, [(ETAG, tag)], kind, [(CONTENT_ENCODING, "br")], asset.brotli).into_response()
    } else {
        (common, [(ETAG, tag)], kind, asset.plain).into_response()
    }
}

/// Whether `Accept-Encoding` names brotli, or anything, with a weight above zero.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let mut named = None;
    let mut any = None;
    for choice in values(headers, &ACCEPT_ENCODING) {
        let (coding, weight) = choice.split_once(';').unwrap_or((choice, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        match coding.trim() {
            coding if coding.eq_ignore_ascii_case("br") => named = Some(weight > 0.0),
            "*" => any = Some(weight > 0.0),
            _ => {}
        }
    }
    named.or(any).unwrap_or(false)
}

/// Whether the browser has this very representation.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    values(headers, &IF_NONE_MATCH).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The comma-separated values of a header, over all its lines.
fn values<'a>(headers: &'a HeaderMap, name: &axum::http::HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "main-00ff.css";
    static FILES: &[Asset] =
        &[Asset { name: NAME, content_type: "text/css; charset=utf-8", hash: "00ff", plain: b"plain", brotli: b"packed" }];

    fn ask(name: &str, headers: &[(axum::http::HeaderName, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().expect("a valid value"))).collect();
        respond(FILES, name, &headers)
    }

    fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    async fn body(answer: Response) -> Vec<u8> {
        axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("a whole body").to_vec()
    }

    #[tokio::test]
    async fn a_file_is_served_for_ever_in_the_coding_that_was_asked_for() {
        for (asked, coded) in
            [("gzip, br", true), ("br;q=0.1", true), ("*", true), ("", false), ("br;q=0, *", false), ("gzip", false)]
        {
            let answer = ask(NAME, &[(ACCEPT_ENCODING, asked)]);
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(header(&answer, "content-encoding") == "br", coded, "accept-encoding: {asked}");
            assert_eq!(header(&answer, "vary"), "accept-encoding");
            assert_eq!(header(&answer, "cache-control"), IMMUTABLE);
            assert_eq!(header(&answer, "content-type"), "text/css; charset=utf-8");
            assert_eq!(body(answer).await, if coded { b"packed".as_slice() } else { b"plain" });
        }
    }

    #[test]
    fn a_known_file_is_not_sent_again_and_codings_have_different_tags() {
        let plain = header(&ask(NAME, &[]), "etag").to_owned();
        let packed = header(&ask(NAME, &[(ACCEPT_ENCODING, "br")]), "etag").to_owned();
        assert_ne!(plain, packed);
        assert_eq!(ask(NAME, &[(IF_NONE_MATCH, &plain)]).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(ask(NAME, &[(IF_NONE_MATCH, &format!("\"other\", W/{plain}"))]).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(ask(NAME, &[(IF_NONE_MATCH, &packed)]).status(), StatusCode::OK);
    }

    #[test]
    fn a_stale_name_is_not_found_and_not_remembered() {
        let answer = ask("main-0000.css", &[]);
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(header(&answer, "cache-control"), "no-store");
    }

    #[tokio::test]
    async fn the_favicon_is_ours() {
        let answer = favicon().await;
        assert_eq!(header(&answer, "content-type"), "image/svg+xml");
        assert!(body(answer).await.starts_with(b"<svg"));
    }

    #[test]
    fn every_address_that_pages_are_given_is_served() {
        let assets = assets();
        assert_eq!(assets.script.is_empty(), assets.wasm.is_empty());
        for address in [assets.style, assets.script, assets.wasm].iter().filter(|address| !address.is_empty()) {
            let name = address.strip_prefix("/assets/").expect("assets live under one path");
            assert_eq!(respond(TABLE, name, &HeaderMap::new()).status(), StatusCode::OK);
        }
    }
}
