//! Server functions: what pages call, on the server directly and from the browser over HTTP. Each takes its port from the
//! context, asks, and answers; authorisation and everything else that matters sits behind the port.

/// What could not be taken in, and what to do about it.
pub mod quarantine;
/// Search by reference.
pub mod search;
/// Shipments, one shipment, its events.
pub mod shipments;
/// The person who looks.
pub mod viewer;

pub use quarantine::{
    DiscardQuarantine, FixQuarantine, ReplayQuarantine, discard_quarantine, fix_quarantine, read_quarantine,
    read_quarantine_item, replay_quarantine,
};
pub use search::search;
pub use shipments::{read_choices, read_raw_event, read_shipment, read_shipments};
pub use viewer::read_viewer;

#[cfg(feature = "ssr")]
mod here {
    use crate::{
        error::AppError,
        ports::{Caller, Ports, RedirectTo, StatusSetter},
    };
    use leptos::prelude::use_context;

    /// A page is being rendered, so a part's failure is not the answer's status: the page decides.
    #[derive(Clone, Copy)]
    pub(crate) struct Rendering;

    /// The server's handles, taken from the context before the first await.
    pub(crate) struct Here {
        pub(crate) ports: Ports,
        pub(crate) caller: Caller,
        status: Option<StatusSetter>,
        redirect: Option<RedirectTo>,
    }

    impl Here {
        pub(crate) fn take() -> Result<Self, AppError> {
            let (Some(ports), Some(caller)) = (use_context(), use_context()) else { return Err(AppError::Unavailable) };
            let status = if use_context::<Rendering>().is_none() { use_context() } else { None };
            Ok(Self { ports, caller, status, redirect: use_context() })
        }

        /// Passes the result on, with the status that says the same.
        pub(super) fn answer<T>(&self, result: Result<T, AppError>) -> Result<T, AppError> {
            if let (Err(error), Some(StatusSetter(set))) = (&result, &self.status) {
                set(error.status());
            }
            result
        }

        /// Sends the person on to where the effect is seen.
        pub(super) fn go(&self, path: &str) {
            if let Some(RedirectTo(redirect)) = &self.redirect {
                redirect(path);
            }
        }
    }
}
#[cfg(feature = "ssr")]
pub(crate) use here::{Here, Rendering};
