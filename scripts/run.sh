#!/bin/sh
# Starts Waybill on a SQLite file under .waybill/ with demonstration data that keeps flowing, and prints the address and whom to sign in
# as. Arguments go to `waybill serve`; WAYBILL_… settings hold as always.
set -eu
. "$(dirname -- "$0")/lib.sh"
mkdir -p .waybill
WAYBILL_DATABASE_URL=${WAYBILL_DATABASE_URL:-sqlite://.waybill/demo.db}
export WAYBILL_DATABASE_URL
say "starting with demonstration data; Ctrl-C stops it, 'rm -r .waybill' forgets everything"
exec target/release/waybill serve --demo "$@"
