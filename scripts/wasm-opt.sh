#!/bin/sh
# Prints the command line of a wasm-opt that can shrink our wasm, from npm (pinned: the distributions' are too old for what Rust
# emits). Prints nothing, and says so, where npm is missing or has no network: the wasm is larger then, and all else is the same.
set -eu
. "$(dirname -- "$0")/lib.sh"
version=132.0.0
home=$TOOLS/binaryen-$version
tool=$home/node_modules/.bin/wasm-opt

if [ -x "$tool" ] && "$tool" --version >/dev/null 2>&1; then echo "$tool"; exit 0; fi
have npm || { say "no npm here: skipping wasm-opt, the wasm will be about a third larger"; exit 0; }
say "installing wasm-opt (binaryen $version from npm)"
mkdir -p "$home"
npm install --silent --no-audit --no-fund --prefix "$home" "binaryen@$version" >&2 || true
if [ -x "$tool" ] && "$tool" --version >/dev/null 2>&1; then echo "$tool"; exit 0; fi
say "wasm-opt could not be installed: skipping it, the wasm will be about a third larger"
