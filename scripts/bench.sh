#!/bin/sh
# Measures this machine: ratios and figures of one run, written to a file. Cargo builds the release binary for it.
# BENCH="--quick" and other words go to the benchmark.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
# shellcheck disable=SC2086 # words on purpose
step "measuring" cargo bench --quiet -p server --bench bars -- ${BENCH:-}
