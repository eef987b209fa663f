#!/bin/sh
# Starts Waybill on a SQLite file under .waybill/, with demonstration data that keeps flowing and a sign-in made for this machine.
set -eu
. "$(dirname -- "$0")/lib.sh"
die "not yet: the server has no serve command"
