#!/bin/sh
# Makes sure of a wasm-bindgen of exactly the version in Cargo.lock (another version refuses the wasm) and prints its path.
# Taken from PATH if it is there, else from the cache, else compiled into the cache once.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
version=$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
home=$TOOLS/wasm-bindgen-$version
matches() { [ "$("$1" --version 2>/dev/null)" = "wasm-bindgen $version" ]; }

if onpath=$(command -v wasm-bindgen) && matches "$onpath"; then echo "$onpath"; exit 0; fi
if matches "$home/bin/wasm-bindgen"; then echo "$home/bin/wasm-bindgen"; exit 0; fi

echo "setup: compiling wasm-bindgen $version (about two minutes, once)" >&2
# Light optimisation: the tool runs for a second, its build would take many minutes. Not --locked: its lock file can name
# versions that a lagging mirror of the index does not have. Its own target folder, so that the workspace's stays as it is.
CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
  CARGO_TARGET_DIR="$home/build" RUSTFLAGS='' \
  cargo install --quiet wasm-bindgen-cli --version "=$version" --root "$home" >&2
rm -rf "$home/build"
matches "$home/bin/wasm-bindgen" || { echo "setup: wasm-bindgen $version was built but does not run" >&2; exit 1; }
echo "$home/bin/wasm-bindgen"
