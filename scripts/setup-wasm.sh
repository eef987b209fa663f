#!/bin/sh
# Makes a Rust toolchain able to compile for wasm32-unknown-unknown, touching nothing that is already there.
# The first way that works wins:
#   1. the active toolchain has the target;
#   2. rustup can add it;
#   3. Debian: the distribution's compiler and its source of the standard library, compiled for wasm once and
#      linked in rustup (when there is one) under the name "waybill".
# `scripts/toolchain.sh` tells the Makefile which of them to use.
set -eu
target=wasm32-unknown-unknown
has_target() { ls "$(rustc ${1:-} --print sysroot)/lib/rustlib/$target/lib"/libcore-*.rlib >/dev/null 2>&1; }

command -v rustc >/dev/null || { echo "setup: no rustc found; install Rust first: https://rustup.rs" >&2; exit 1; }
if has_target; then exit 0; fi
if command -v rustup >/dev/null && rustc +waybill --version >/dev/null 2>&1 && has_target +waybill; then exit 0; fi
echo "setup: adding the $target target"
if command -v rustup >/dev/null && timeout 300 rustup target add "$target" 2>/dev/null && has_target; then exit 0; fi
command -v apt-get >/dev/null || { echo "setup: rustup could not add $target; see https://rustup.rs" >&2; exit 1; }

echo "setup: rustup could not add it; using Debian's compiler and library source"
root=$( [ "$(id -u)" = 0 ] || echo sudo )
$root apt-get update -qq
lld=$(apt-cache search --names-only '^lld-[0-9]+$' | awk '{print $1}' | sort -t- -k2 -n | tail -n 1)
$root apt-get install -y -qq --no-install-recommends rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web "$lld" >/dev/null
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
version=$(/usr/bin/rustc --version | cut -d' ' -f2)
cp -r "/usr/src/rustc-$version/library" "$work/library"
cd "$work/library"
# Without -Zforce-unstable-if-unmarked the standard library does not compile outside its own build system.
RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zforce-unstable-if-unmarked -Cembed-bitcode=yes" \
  CARGO_TARGET_DIR="$work/target" /usr/bin/cargo build --quiet --release --target "$target" -p sysroot --features panic-unwind
$root mkdir -p "/usr/lib/rustlib/$target/lib"
$root cp "$work/target/$target/release/deps/"*.rlib "/usr/lib/rustlib/$target/lib/"
if command -v rustup >/dev/null; then rustup toolchain link waybill /usr; fi
