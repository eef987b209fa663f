//! Whole pages, rendered as the server renders them, over an example server.

mod exceptions;
mod pages;
mod support;
