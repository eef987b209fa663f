#!/bin/sh
# Every test: unit, store and HTTP in Rust, then updating from the previous build (scripts/previous-build), then the real binary in a real
# browser. Both use the binary that the Rust tests have built, so that nothing is compiled twice.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
scripts/build-wasm.sh
step "running the Rust tests" scripts/rust-tests.sh
step "running the documentation's examples" cargo test --quiet --workspace --doc
step "updating one process after the other" env WAYBILL_ROLLING_NEW="$TARGET/debug/waybill" scripts/rolling.sh
step "running the browser tests" scripts/browser-tests.sh
