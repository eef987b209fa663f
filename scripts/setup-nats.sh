#!/bin/sh
# The program of a NATS server for the tests: they start servers of their own, so that no service is needed or touched.
set -eu
. "$(dirname -- "$0")/lib.sh"
[ -z "${WAYBILL_TEST_NATS:-}" ] || exit 0
if [ -z "$(scripts/nats-bin.sh)" ]; then
  apt_install nats-server || die "no NATS server (2.9 or newer) found: install one, or set WAYBILL_TEST_NATS to the path of its program"
  [ -n "$(scripts/nats-bin.sh)" ] || die "the NATS server is older than 2.9: install a newer one, or set WAYBILL_TEST_NATS"
fi
