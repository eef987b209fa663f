//! What only a browser can do. On the server each of these does nothing.

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub(crate) use absent::*;
#[cfg(feature = "hydrate")]
mod dialogs;
#[cfg(feature = "hydrate")]
mod forms;
#[cfg(feature = "hydrate")]
mod keys;
#[cfg(feature = "hydrate")]
mod page;
#[cfg(feature = "hydrate")]
mod picks;
#[cfg(feature = "hydrate")]
mod served;
#[cfg(feature = "hydrate")]
mod stream;

#[cfg(feature = "hydrate")]
pub(crate) use {
    dialogs::{close_dialogs, open_dialog},
    forms::reset_forms,
    keys::{row_has_focus, set_single_keys, single_keys},
    page::{arrived, leave_for, ready},
    served::{Renewal, follows, renew, title},
    stream::listen,
};
