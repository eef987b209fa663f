//! Integration tests: one binary, so that the dependencies are linked once.

mod access;
mod arrows;
mod headers;
mod keys;
mod imports;
mod licences;
mod live;
mod people;
mod process;
mod sign_in;
mod support;
