#!/bin/sh
# Measures this machine: ratios and figures of one run, written to a file. Needs the release binary.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
step "measuring" cargo bench --quiet -p server
