//! Whole pages, rendered as the server renders them, over an example server.

mod bulk;
mod configuration;
mod exceptions;
mod figures;
mod lists;
mod pages;
mod support;
