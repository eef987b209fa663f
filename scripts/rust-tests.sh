#!/bin/sh
# rust-tests.sh [FILTER…]: runs the Rust tests, by cargo-nextest where it is installed. An ignored test fails the run: a test that
# nobody runs protects nothing. The store is tested on both databases: on PostgreSQL beside a server of its own; what comes by a broker from servers that the tests start.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
if ignored=$(grep -rnE '^[[:space:]]*#\[ignore' --include='*.rs' app server); then
  die "ignored tests are not allowed:
$ignored"
fi
if cargo nextest --version >/dev/null 2>&1; then
  exec scripts/with-nats.sh scripts/with-postgres.sh cargo nextest run --workspace --no-fail-fast --status-level fail --final-status-level fail "$@"
fi
if [ $# = 0 ]; then exec scripts/with-nats.sh scripts/with-postgres.sh cargo test --workspace --quiet; fi
# cargo test takes one filter.
for filter in "$@"; do scripts/with-nats.sh scripts/with-postgres.sh cargo test --workspace --quiet -- "$filter"; done
