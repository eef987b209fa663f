//! A broker beside the server: NATS with JetStream. Events come in from a stream through the one door for events, notices go out of the outbox
//! (docs/adr/0024-a-message-is-acknowledged-after-the-commit.md, docs/broker.md). Nothing here decides anything about either.

mod inward;
mod link;
mod message;
mod outward;
mod status;

pub use self::{inward::Inward, link::connect, outward::Outward, status::Status};

/// What keeps the broker from being used: what was tried, for everybody to see, and why it failed, for the log.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {cause}")]
pub struct Trouble {
    what: &'static str,
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl Trouble {
    fn of<E: Into<Box<dyn std::error::Error + Send + Sync>>>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |cause| Self { what, cause: cause.into() }
    }
}
