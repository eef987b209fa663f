#!/bin/sh
# Makes a Rust toolchain able to compile for wasm32-unknown-unknown, touching nothing that is already there.
# The first way that works wins:
#   1. the active toolchain has the target;
#   2. rustup can add it;
#   3. Debian: the distribution's compiler and its source of the standard library, compiled for wasm once and
#      linked in rustup (when there is one) under the name "waybill".
# scripts/toolchain.sh tells the other scripts which of them to use.
set -eu
. "$(dirname -- "$0")/lib.sh"
target=wasm32-unknown-unknown
has_target() { ls "$1/lib/rustlib/$target/lib"/libcore-*.rlib >/dev/null 2>&1; }
active_has_target() { active=$(rustc --print sysroot 2>/dev/null) && has_target "$active"; }

find_rust || say "no Rust found yet"
if active_has_target; then exit 0; fi
# A toolchain made by an earlier run.
if [ -n "$(scripts/toolchain.sh)" ]; then exit 0; fi
say "adding the target $target"
if have rustup && timeout 300 rustup target add "$target" >/dev/null 2>&1 && active_has_target; then exit 0; fi

have apt-get || die "rustup could not add $target; install Rust from https://rustup.rs, then 'rustup target add $target'"
say "rustup could not add it: using Debian's compiler and its library source"
# rust-web-*: the compiler that Debian keeps current for its browsers; the distribution's own rustc is too old for this workspace.
apt_install rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web \
  || die "apt could not install rustc-web; install Rust from https://rustup.rs, then 'rustup target add $target'"
llvm=$(/usr/bin/rustc --version --verbose | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
[ -x /usr/bin/rust-lld ] || [ -x "/usr/bin/lld-$llvm" ] || apt_install "lld-$llvm" || die "apt could not install lld-$llvm"

if ! has_target /usr; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  version=$(/usr/bin/rustc --version | cut -d' ' -f2)
  source=/usr/src/rustc-$version
  [ -d "$source/library" ] || die "no library source for Debian's rustc $version under $source"
  # Beside the library only its vendored crates are read, where Debian ships them.
  cp -r "$source/library" "$work/library"
  cd "$work/library"
  # Without -Zforce-unstable-if-unmarked the standard library does not compile outside its own build system.
  env -u RUSTUP_TOOLCHAIN RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" \
    RUSTFLAGS="-Zforce-unstable-if-unmarked -Cembed-bitcode=yes" \
    /usr/bin/cargo build --quiet --release --target "$target" -p sysroot --features panic-unwind
  as_root=''
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root mkdir -p "/usr/lib/rustlib/$target/lib"
  $as_root cp "$work/target/$target/release/deps/"*.rlib "/usr/lib/rustlib/$target/lib/"
  cd "$ROOT"
fi
if have rustup; then rustup toolchain link waybill /usr; fi
has_target /usr || die "Debian's compiler still has no $target"
