//! The session's cookie.

use crate::config::Settings;
use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// With TLS in front: the prefix makes browsers refuse it from other hosts, other paths and plain connections.
const SECURE: &str = "__Host-waybill";

/// On this machine only, over plain HTTP.
const PLAIN: &str = "waybill";

fn name(settings: &Settings) -> &'static str {
    if settings.behind_proxy { SECURE } else { PLAIN }
}

/// The token that the browser sent.
pub(super) fn token<'a>(settings: &Settings, headers: &'a HeaderMap) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name(settings)).map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// Has the browser keep the token.
pub(super) fn keep(settings: &Settings, token: &str, lasts: Duration) -> HeaderValue {
    cookie(settings, token, lasts.as_secs())
}

/// Has the browser forget it.
pub(super) fn forget(settings: &Settings) -> HeaderValue {
    cookie(settings, "", 0)
}

fn cookie(settings: &Settings, value: &str, max_age: u64) -> HeaderValue {
    let secure = if settings.behind_proxy { "; Secure" } else { "" };
    let cookie = format!("{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}", name(settings));
    HeaderValue::from_str(&cookie).expect("a token is URL-safe base64")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layers;

    fn settings(flags: &[&str]) -> Settings {
        Layers::default().flags(flags.iter().copied()).and_then(Layers::settings).expect("sound settings")
    }

    #[test]
    fn behind_a_proxy_the_cookie_is_bound_to_the_host_and_to_tls() {
        let cookie = keep(&settings(&["behind_proxy=true"]), "abc", Duration::from_secs(60));
        assert_eq!(cookie, "__Host-waybill=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(
            keep(&settings(&[]), "abc", Duration::from_secs(60)),
            "waybill=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn the_token_is_found_among_other_cookies_and_only_under_its_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; waybill=tok; __Host-waybill=other"));
        assert_eq!(token(&settings(&[]), &headers), Some("tok"));
        assert_eq!(token(&settings(&["behind_proxy=true"]), &headers), Some("other"));
        headers.insert(header::COOKIE, HeaderValue::from_static("xwaybill=1; waybill="));
        assert_eq!(token(&settings(&[]), &headers), None);
    }
}
