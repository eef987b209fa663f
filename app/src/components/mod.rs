//! What pages are made of: one component a file. They render; nothing here decides.

#[cfg(feature = "ssr")]
pub(crate) mod back;
pub(crate) mod badge;
#[cfg(feature = "ssr")]
pub(crate) mod card;
pub(crate) mod erased;
#[cfg(feature = "ssr")]
pub(crate) mod exception;
pub(crate) mod filters;
pub(crate) mod flash;
pub(crate) mod frame;
pub(crate) mod freshness;
pub(crate) mod help;
#[cfg(feature = "ssr")]
pub(crate) mod notice;
pub(crate) mod paging;
pub(crate) mod palette;
pub(crate) mod save;
pub(crate) mod served;
pub(crate) mod states;
pub(crate) mod table;
pub(crate) mod words;
