#!/bin/sh
# Every test: unit, store and HTTP in Rust, then the real binary in a real browser. The browser tests use the binary that the Rust
# tests have built, so that nothing is compiled twice.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
scripts/build-wasm.sh
step "running the Rust tests" scripts/rust-tests.sh
step "running the documentation's examples" cargo test --quiet --workspace --doc
step "running the browser tests" scripts/browser-tests.sh
