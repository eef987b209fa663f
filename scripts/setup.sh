#!/bin/sh
# setup.sh build|check|test|all: installs what that needs and is not there yet; a second run only looks.
set -eu
. "$(dirname -- "$0")/lib.sh"
what=${1:-all}

# A C compiler: the linker of every Rust program, and SQLite is compiled in.
have cc || apt_install gcc libc6-dev || die "no C compiler: install gcc or clang"

scripts/setup-wasm.sh
use_rust
wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
found=$(rustc --version | cut -d' ' -f2)
[ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)" = "$wanted" ] \
  || die "Rust $found is too old, $wanted or newer is needed: run 'rustup update stable'"

case $what in check | all)
  for tool in clippy fmt; do
    cargo "$tool" --version >/dev/null 2>&1 || rustup component add "$(echo $tool | sed s/fmt/rustfmt/)" \
      || die "cargo $tool is missing: rustup component add clippy rustfmt"
  done
  ;;
esac

case $what in build | test | all)
  scripts/wasm-bindgen.sh >/dev/null
  scripts/wasm-opt.sh >/dev/null
  ;;
esac

case $what in test | all) scripts/setup-postgres.sh && scripts/setup-nats.sh && scripts/setup-browser.sh ;; esac
say "set-up is complete ($what)"
