//! Whole pages, rendered as the server renders them, over an example server.

mod pages;
mod support;
