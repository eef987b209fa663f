#!/bin/sh
# Builds the one self-contained binary, assets inside: target/release/waybill.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
scripts/build-wasm.sh
step "compiling the server (release)" cargo build --quiet --release -p server --bin waybill
if [ "$TARGET" != "$ROOT/target" ]; then
  mkdir -p "$ROOT/target/release"
  cp "$TARGET/release/waybill" "$ROOT/target/release/waybill"
fi
say "built target/release/waybill, $(($(wc -c <target/release/waybill) / 1024 / 1024)) MiB"
