//! The real router over a database of its own, with a clock that stands until a test moves it.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;
use waybill_server::{
    clock::Clock,
    config::Layers,
    domain::{
        access::{Actor, Environment, Role, Scope},
        account::role_code,
        time::Instant,
    },
    http::{self, Edge},
    service::accounts::{NewKey, NewPerson, SignIn},
    shutdown::Shutdown,
    startup,
    store::tables::{Database, OpenMode},
};

/// What every person's password is.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Where the test's browser is.
pub(crate) const ORIGIN: &str = "http://waybill.test";

/// A server without a socket.
pub(crate) struct App {
    pub(crate) edge: Edge,
    pub(crate) clock: Clock,
    pub(crate) database: Database,
    pub(crate) shutdown: Shutdown,
    router: Router,
    _folder: TempDir,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// The code of a problem.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The cookie as a browser would send it back.
    pub(crate) fn cookie(&self) -> String {
        self.header(header::SET_COOKIE).split(';').next().unwrap_or_default().to_owned()
    }
}

/// A request in the making.
pub(crate) struct Ask(Request<Body>);

impl Ask {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "waybill.test");
        Self(request.body(Body::empty()).expect("a valid request"))
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.0.headers_mut().insert(name, value.parse().expect("a valid header"));
        self
    }

    /// As a browser asks for a page.
    pub(crate) fn page(self) -> Self {
        self.with("accept", "text/html,application/xhtml+xml")
    }

    /// As a browser sends a form of our own pages.
    pub(crate) fn own(self) -> Self {
        self.with("origin", ORIGIN).with("sec-fetch-site", "same-origin")
    }

    pub(crate) fn cookie(self, cookie: &str) -> Self {
        self.with("cookie", cookie)
    }

    pub(crate) fn key(self, secret: &str) -> Self {
        self.with("authorization", &format!("Bearer {secret}"))
    }

    pub(crate) fn json(mut self, body: serde_json::Value) -> Self {
        *self.0.body_mut() = Body::from(body.to_string());
        self.with("content-type", "application/json")
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        *self.0.body_mut() = Body::from(body.to_owned());
        self
    }

    pub(crate) fn lines(mut self, lines: &str) -> Self {
        *self.0.body_mut() = Body::from(lines.to_owned());
        self.with("content-type", "application/x-ndjson")
    }

    pub(crate) fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        let pairs =
            pairs.iter().map(|(key, value)| app::paths::with_query("", &[(key, value)]).trim_start_matches('?').to_owned());
        *self.0.body_mut() = Body::from(pairs.collect::<Vec<_>>().join("&"));
        self.with("content-type", "application/x-www-form-urlencoded")
    }

    /// A multipart form: (field, file name or nothing, media type or nothing, content).
    pub(crate) fn upload(self, fields: &[(&str, &str, &str, &str)]) -> Self {
        let part = |(name, file, media_type, content): &(&str, &str, &str, &str)| {
            let file = if file.is_empty() { String::new() } else { format!("; filename=\"{file}\"") };
            let kind = if media_type.is_empty() { String::new() } else { format!("Content-Type: {media_type}\r\n") };
            format!("--between\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n{kind}\r\n{content}\r\n")
        };
        let body: String = fields.iter().map(part).collect();
        self.body(&format!("{body}--between--\r\n")).with("content-type", "multipart/form-data; boundary=between")
    }

    pub(crate) fn from(mut self, address: &str) -> Self {
        self.0.extensions_mut().insert(http::Peer(address.parse().expect("an address and a port")));
        self
    }
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With these settings on top of the defaults.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("waybill.db").display());
        Self::on(&url, folder, flags).await
    }

    /// Over the database at an address.
    pub(crate) async fn on(url: &str, folder: TempDir, flags: &[&str]) -> Self {
        let url = format!("database_url={url}");
        let layers = Layers::default().flags([url.as_str()].into_iter().chain(flags.iter().copied())).expect("known settings");
        let settings = layers.settings().expect("sound settings");
        let clock = Clock::standing(Instant(1_780_000_000_000_000));
        let database = startup::open(&settings, OpenMode::Migrate, clock.clone()).await.expect("the database opens");
        let shutdown = Shutdown::new();
        let edge = startup::edge(settings, &database, clock.clone(), shutdown.clone());
        let router = http::router(edge.clone());
        Self { edge, clock, database, shutdown, router, _folder: folder }
    }

    pub(crate) async fn send(&self, Ask(request): Ask) -> Answer {
        let response = self.raw(Ask(request)).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a whole body");
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// The answer with its body unread, for streams.
    pub(crate) async fn raw(&self, Ask(request): Ask) -> axum::response::Response {
        self.router.clone().oneshot(request).await.expect("the router answers everything")
    }

    /// Adds a person named after the role.
    pub(crate) async fn person(&self, role: Role) -> String {
        self.person_in(role_code(role), role, Scope::ALL, Environment::Live).await
    }

    pub(crate) async fn person_in(&self, name: &str, role: Role, scope: Scope, environment: Environment) -> String {
        let actor = Actor::system("test", environment);
        let new = NewPerson {
            name: name.to_owned(),
            role,
            scope,
            environment: Some(environment),
            time_zone: None,
            password: Some(PASSWORD.to_owned()),
        };
        let (person, _) = self.edge.accounts.add_person(&actor, new).await.expect("the person is new");
        person.name.as_str().to_owned()
    }

    /// A session's cookie for this person.
    pub(crate) async fn session(&self, name: &str) -> String {
        let try_ =
            SignIn { name: name.to_owned(), password: PASSWORD.to_owned(), address: "127.0.0.1".to_owned(), replaces: None };
        let signed_in = self.edge.accounts.sign_in(try_).await.expect("the password is right");
        format!("waybill={}", signed_in.token)
    }

    /// A new person of this role, signed in.
    pub(crate) async fn signed_in(&self, role: Role) -> String {
        let name = self.person(role).await;
        self.session(&name).await
    }

    /// A key for these sources.
    pub(crate) async fn key(&self, name: &str, sources: &[&str]) -> String {
        let actor = Actor::system("test", Environment::Live);
        let new = NewKey {
            name: name.to_owned(),
            sources: sources.iter().map(ToString::to_string).collect(),
            scope: Scope::ALL,
            environment: None,
            expires_at: None,
        };
        self.edge.accounts.add_key(&actor, new).await.expect("the key is new").1
    }

    /// Starts what runs beside the requests.
    pub(crate) fn follow(&self) {
        let (live, shutdown) = (Arc::clone(&self.edge.live), self.shutdown.clone());
        tokio::spawn(async move { live.follow(&shutdown).await });
    }
}
