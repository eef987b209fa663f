#!/bin/sh
# Measures how long an event takes to the changed number in ten tabs of a browser (end2end/pace.js): on the embedded database, and from one
# process to another on a PostgreSQL of its own. WAYBILL_BIN names another binary.
set -eu
. "$(dirname -- "$0")/lib.sh"
WAYBILL_BIN=${WAYBILL_BIN:-$TARGET/release/waybill}
[ -x "$WAYBILL_BIN" ] || die "no binary at $WAYBILL_BIN: run 'make build'"
CHROMIUM=$(scripts/browser.sh)
[ -n "$CHROMIUM" ] || die "no Chrome or Chromium found: run 'make setup'"
export WAYBILL_BIN CHROMIUM
(cd end2end && node pace.js)
exec scripts/with-postgres.sh --durable sh -c 'cd end2end && exec node pace.js'
