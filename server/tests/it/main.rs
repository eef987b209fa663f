//! Integration tests: one binary, so that the dependencies are linked once.

mod arrows;
mod licences;
