#!/bin/sh
# Prints the rustup toolchain to build with: nothing when the active one can compile for wasm, else "waybill"
# (made by scripts/setup-wasm.sh). One toolchain for server and wasm: shared crates compile once.
sysroot=$(rustc --print sysroot 2>/dev/null) || exit 0
ls "$sysroot/lib/rustlib/wasm32-unknown-unknown/lib"/libcore-*.rlib >/dev/null 2>&1 && exit 0
rustc +waybill --version >/dev/null 2>&1 && echo waybill
exit 0
