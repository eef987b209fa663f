# Sourced by every script after `set -eu`: the clone's root, where tools and artefacts live, which Rust builds, how a step reports.
# A step runs a program, never a shell function: inside `||` the shell switches `set -e` off for functions.

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$ROOT"
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/waybill
TOOLS=${WAYBILL_TOOLS:-$CACHE/tools}
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
SITE=${WAYBILL_SITE:-$ROOT/target/site}

say() { printf 'waybill: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# step "what it does" PROGRAM [ARGUMENT…]: says what, runs it, says how long it took; a failure ends the script.
step() {
  step_what=$1
  shift
  say "$step_what …"
  step_start=$(date +%s)
  "$@" || { step_code=$?; say "$step_what: FAILED after $(($(date +%s) - step_start)) s"; exit "$step_code"; }
  say "$step_what: done in $(($(date +%s) - step_start)) s"
}

# fingerprint FILE…: one hash over the files' names and bytes; folders are walked. For stamp files.
fingerprint() {
  find "$@" -type f | LC_ALL=C sort | while IFS= read -r file; do echo "$file"; cat "$file"; done | hash
}
hash() { if have sha256sum; then sha256sum | cut -d' ' -f1; else shasum -a 256 | cut -d' ' -f1; fi; }

# apt_install PACKAGE…: by root or sudo; false where that is not possible.
apt_install() {
  have apt-get || return 1
  if [ "$(id -u)" = 0 ]; then as_root=''; elif have sudo; then as_root=sudo; else return 1; fi
  say "installing with apt: $*"
  # The lists can be missing (fresh container) or old (a version that left the mirror): then once more after an update.
  for try in first second; do
    [ "$try" = first ] || $as_root apt-get update -qq || return 1
    if $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; then return 0; fi
  done
  return 1
}

# Rust: the cargo on PATH if it runs; else the usual places (a PATH or HOME may have been emptied on purpose).
rust_runs() { rustc --version >/dev/null 2>&1 && cargo --version >/dev/null 2>&1; }
find_rust() {
  if rust_runs; then return 0; fi
  find_path=$PATH
  # ~ of the account, which is not $HOME when HOME was set to something else.
  find_home=$(eval echo "~$(id -un)")
  for find_dir in "$HOME/.cargo/bin" "$find_home/.cargo/bin" /usr/local/cargo/bin /usr/local/bin /usr/bin; do
    [ -x "$find_dir/cargo" ] || continue
    PATH=$find_dir:$find_path
    if rust_runs; then export PATH; return 0; fi
    # rustup's proxies look for their toolchains under HOME; take those that were installed beside them.
    for find_rustup in "${find_dir%/.cargo/bin}/.rustup" /usr/local/rustup; do
      if [ -d "$find_rustup/toolchains" ] && RUSTUP_HOME=$find_rustup rust_runs; then
        RUSTUP_HOME=$find_rustup
        export PATH RUSTUP_HOME
        return 0
      fi
    done
  done
  PATH=$find_path
  return 1
}

# use_rust: puts the toolchain that can compile for wasm into the environment of everything that follows.
use_rust() {
  find_rust || die "no Rust found; run 'make setup', or install it from https://rustup.rs"
  use_toolchain=$("$ROOT/scripts/toolchain.sh")
  case $use_toolchain in
    '') ;;
    /*) PATH=$use_toolchain:$PATH; export PATH ;;
    *) RUSTUP_TOOLCHAIN=$use_toolchain; export RUSTUP_TOOLCHAIN ;;
  esac
}
