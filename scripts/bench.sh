#!/bin/sh
# Measures this machine: ratios and figures of one run, written to a file. Cargo builds the release binary for it.
# BENCH="--quick" and other words go to the benchmark.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
scripts/setup-nats.sh
# shellcheck disable=SC2016,SC2086 # the address is known inside; words on purpose
step "measuring" scripts/with-nats.sh scripts/with-postgres.sh --durable sh -c \
  'exec cargo bench --quiet -p server --bench bars -- --postgres "$WAYBILL_TEST_POSTGRES" "$@"' bench ${BENCH:-}
