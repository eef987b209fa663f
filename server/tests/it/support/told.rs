//! A server that was told of an invented shipper.

use super::app::{App, Ask};
use waybill_server::{
    domain::{
        access::{Environment, Role},
        time::Instant,
    },
    simulate::{self, Options, Simulation},
    store::{
        config::{ConfigStore, NewPolicy},
        timers::TimerStore,
    },
};

/// So many shipments of forty days, told as they were sent; the cookie of who looks at the figures.
pub(crate) async fn told(app: &App, shipments: u64) -> String {
    let new = NewPolicy {
        environment: Environment::Live,
        replaces: 0,
        policy: simulate::policy(),
        actor: "user:test".into(),
        reason: "test".into(),
    };
    app.database.put_policy(new).await.expect("in force");
    let key = app.key("sim", &["*"]).await;
    let lines: String =
        Simulation::new(9, Options::days(shipments, 40, app.clock.now())).map(|event| event.json + "\n").collect();
    app.send(Ask::post("/api/v1/events:stream").key(&key).lines(&lines)).await;
    app.clock.advance(20 * Instant::SECOND);
    while app.database.look_again(100).await.expect("looks") > 0 {}
    app.signed_in(Role::Executive).await
}
