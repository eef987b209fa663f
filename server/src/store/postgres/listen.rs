//! Hearing of commits that another process made. What is heard is a hint; the truth is read.

use super::CHANNEL;
use crate::store::open::closed;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::sync::watch;

/// How long to wait after a failure before listening again.
const AGAIN: Duration = Duration::from_secs(1);

/// Listens until the store closes. A connection that was lost is made anew; whatever was told meanwhile is hinted at then.
pub(in crate::store) async fn run(mut listener: PgListener, mut closing: watch::Receiver<bool>, hint: watch::Sender<u64>) {
    let mut listening = false;
    loop {
        let heard = tokio::select! {
            heard = hear(&mut listener, &mut listening) => heard,
            () = closed(&mut closing) => return,
        };
        hint.send_modify(|n| *n += 1);
        if let Err(error) = heard {
            tracing::warn!(error.message = %error, "commits of other processes are not heard of at the moment");
            tokio::select! {
                () = tokio::time::sleep(AGAIN) => {}
                () = closed(&mut closing) => return,
            }
        }
    }
}

async fn hear(listener: &mut PgListener, listening: &mut bool) -> Result<(), sqlx::Error> {
    if !*listening {
        listener.listen(CHANNEL).await?;
        *listening = true;
    }
    // None: the connection was lost, and commits may have been missed.
    listener.try_recv().await.map(drop)
}
