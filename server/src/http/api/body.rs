//! Bodies: how much of one is read, and out of which encoding.

use crate::http::Problem;
use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    routing::MethodRouter,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::{convert::Infallible, error::Error, io};
use tower::util::MapRequestLayer;
use tower_http::decompression::RequestDecompressionLayer;

/// Bodies may come as gzip or brotli. As it came, a body may have at most so many bytes.
pub(super) fn decompressed<S>(route: MethodRouter<S, Infallible>, most: Option<usize>) -> MethodRouter<S, Infallible>
where
    S: Clone + Send + Sync + 'static,
{
    let decompression = RequestDecompressionLayer::new().gzip(true).br(true).pass_through_unaccepted(true);
    let limit = MapRequestLayer::new(move |request: Request| match most {
        Some(most) => request.map(|body| Body::new(Limited::new(body, most))),
        None => request,
    });
    route.layer::<_, Infallible>(decompression).layer(limit)
}

/// What was not decompressed on the way is an encoding that nobody here knows.
pub(super) fn known_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content_encoding_unsupported",
            "The body's encoding is not understood; send gzip, br or none",
        )),
        _ => Ok(()),
    }
}

/// All of it, if that is no more than `most` bytes after decompression.
pub(super) async fn whole(body: Body, most: usize) -> Result<Bytes, Problem> {
    let collected = Limited::new(body, most).collect().await;
    collected.map(http_body_util::Collected::to_bytes).map_err(|error| unreadable(error.as_ref()))
}

/// Why a body cannot be read on.
pub(super) fn unreadable(error: &(dyn Error + 'static)) -> Problem {
    if is_length(error) {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is larger than a request may be")
            .detail("Send fewer events at once, or a stream to /api/v1/events:stream.");
    }
    Problem::new(StatusCode::BAD_REQUEST, "body_unreadable", "The body broke off, or is not in the encoding that it names")
}

/// The limit's error may be wrapped, by `io::Error` among others, which hides what it holds from `source`.
fn is_length(error: &(dyn Error + 'static)) -> bool {
    let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<LengthLimitError>() || inside.is_some_and(|inside| is_length(inside)) || error.source().is_some_and(is_length)
}
