//! Integration tests: one binary, so that the dependencies are linked once.

mod access;
mod acts;
mod arrows;
mod assigned;
mod bulk;
mod config;
mod configuration;
mod figures;
mod forms;
mod headers;
mod homes;
mod imports;
mod keys;
mod kill;
mod kill_bulk;
mod licences;
mod live;
mod people;
mod process;
mod refused;
mod scenarios;
mod sign_in;
mod simulated;
mod support;
mod together;
mod words;
