//! Headers that every answer carries, and whether a request comes from our own pages.

use super::Problem;
use crate::config::Settings;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// What holds where nothing else was said: `script-src` and `style-src` for pages come with their nonce from the renderer.
const STRICT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Forms without JavaScript come back to the page they were sent from.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// Adds what is missing.
pub(super) fn headers(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(STRICT_POLICY));
}

/// What to do with a request that names no origin at all: every browser names one when it changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Witness {
    /// Refuse: a cookie came along.
    Needed,
    /// Let through: nobody's rights are borrowed, and no browser sent it.
    Welcome,
}

/// Passes if the request comes from our own pages.
pub(super) fn same_origin(settings: &Settings, headers: &HeaderMap, witness: Witness) -> Result<(), Problem> {
    let refused = || Problem::new(StatusCode::FORBIDDEN, "cross_site", "The request did not come from Waybill's own pages");
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        // `none` is a person's own doing: an address typed, a bookmark.
        if !matches!(site, "same-origin" | "none") {
            return Err(refused());
        }
    }
    match text(header::ORIGIN) {
        Some(origin) if is_ours(settings, origin, text(header::HOST)) => Ok(()),
        Some(_) => Err(refused()),
        None if headers.contains_key("sec-fetch-site") || witness == Witness::Welcome => Ok(()),
        None => Err(refused().detail("it names no origin; a program should use an API key")),
    }
}

fn is_ours(settings: &Settings, origin: &str, host: Option<&str>) -> bool {
    if let Some(public) = settings.public_origin() {
        return origin.eq_ignore_ascii_case(public);
    }
    let scheme = if settings.behind_proxy { "https://" } else { "http://" };
    match (origin.strip_prefix(scheme), host) {
        (Some(theirs), Some(ours)) => theirs.eq_ignore_ascii_case(ours),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layers;

    fn verdict(flags: &[&str], pairs: &[(&'static str, &'static str)], witness: Witness) -> bool {
        let settings = Layers::default().flags(flags.iter().copied()).and_then(Layers::settings).expect("sound settings");
        let headers = pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        same_origin(&settings, &headers, witness).is_ok()
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let host = ("host", "localhost:3000");
        let taken = [
            vec![host, ("origin", "http://localhost:3000")],
            vec![host, ("origin", "http://localhost:3000"), ("sec-fetch-site", "same-origin")],
            vec![host, ("sec-fetch-site", "same-origin")],
        ];
        let refused = [
            vec![host],
            vec![host, ("origin", "null")],
            vec![host, ("origin", "http://evil.example")],
            vec![host, ("origin", "https://localhost:3000")],
            vec![host, ("origin", "http://localhost:3000"), ("sec-fetch-site", "cross-site")],
            vec![host, ("sec-fetch-site", "same-site")],
            vec![("origin", "http://localhost:3000")],
        ];
        assert!(taken.iter().all(|pairs| verdict(&[], pairs, Witness::Needed)));
        for pairs in &refused {
            assert!(!verdict(&[], pairs, Witness::Needed), "{pairs:?}");
        }
        assert!(verdict(&[], &[host], Witness::Welcome));
    }

    #[test]
    fn the_public_address_decides_where_it_is_told() {
        let flags = ["behind_proxy=true", "public_url=https://waybill.example"];
        let pairs = [("host", "10.0.0.1:3000"), ("origin", "https://waybill.example")];
        assert!(verdict(&flags, &pairs, Witness::Needed));
        assert!(!verdict(&flags[..1], &pairs, Witness::Needed));
    }
}
