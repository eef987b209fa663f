#!/bin/sh
# Runs end2end/ against the development binary (WAYBILL_BIN names another). Arguments go to Playwright.
set -eu
. "$(dirname -- "$0")/lib.sh"
WAYBILL_BIN=${WAYBILL_BIN:-$TARGET/debug/waybill}
[ -x "$WAYBILL_BIN" ] || die "no binary at $WAYBILL_BIN: run 'make test'"
CHROMIUM=$(scripts/browser.sh)
[ -n "$CHROMIUM" ] || die "no Chrome or Chromium found: run 'make setup'"
export WAYBILL_BIN CHROMIUM
cd end2end
exec node_modules/.bin/playwright test "$@"
