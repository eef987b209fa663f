#!/bin/sh
# Prints how to reach the Rust to build with: nothing when the active one can compile for wasm; "waybill", a rustup toolchain made
# by scripts/setup-wasm.sh; or a folder to put first in PATH (Debian's compiler, on a machine without rustup).
# One toolchain for server and wasm: shared crates compile once.
set -eu
has_target() { ls "$1/lib/rustlib/wasm32-unknown-unknown/lib"/libcore-*.rlib >/dev/null 2>&1; }

if sysroot=$(rustc --print sysroot 2>/dev/null) && has_target "$sysroot"; then exit 0; fi
if sysroot=$(rustc +waybill --print sysroot 2>/dev/null) && has_target "$sysroot"; then echo waybill; exit 0; fi
if has_target /usr && [ -x /usr/bin/cargo ]; then echo /usr/bin; fi
