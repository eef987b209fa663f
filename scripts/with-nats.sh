#!/bin/sh
# with-nats.sh PROGRAM [ARGUMENT…]: runs it with the path of a NATS server's program in WAYBILL_TEST_NATS. A test that needs a broker
# starts one of its own from it, on loopback, so that it can also kill it. A path that the variable names already is used.
set -eu
. "$(dirname -- "$0")/lib.sh"
if [ -z "${WAYBILL_TEST_NATS:-}" ]; then
  WAYBILL_TEST_NATS=$(scripts/nats-bin.sh)
  [ -n "$WAYBILL_TEST_NATS" ] || die "no NATS server found: run 'make setup'"
  export WAYBILL_TEST_NATS
fi
exec "$@"
