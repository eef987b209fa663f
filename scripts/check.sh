#!/bin/sh
# Everything that can be said about the code without running it: format, lints for server and browser, arrows, licences.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
step "checking the format" cargo fmt --all --check
# Also compiles the tests; warnings of the compiler itself are denied too.
step "linting the server and all tests" cargo clippy --quiet --workspace --all-targets -- -D warnings
step "linting the interface for the browser" \
  cargo clippy --quiet -p app --no-default-features --features hydrate --target wasm32-unknown-unknown -- -D warnings
# They read sources and need no database.
step "checking arrows and licences" cargo test --quiet -p server --test it -- arrows:: licences::
