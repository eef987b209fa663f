#!/bin/sh
# Makes docs/screenshots/ anew, from the real binary in a real browser.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
scripts/build-wasm.sh
step "compiling the server" cargo build --quiet -p server --bin waybill
mkdir -p docs/screenshots
SCREENSHOTS=1 step "taking the pictures" scripts/browser-tests.sh screenshots
