#!/bin/sh
# with-postgres.sh PROGRAM [ARGUMENT…]: runs it beside a PostgreSQL of its own, whose address it finds in WAYBILL_TEST_POSTGRES.
# The server is new, listens on loopback only, keeps nothing, and ends with the program. One that the variable names already is used.
set -eu
. "$(dirname -- "$0")/lib.sh"
if [ -n "${WAYBILL_TEST_POSTGRES:-}" ]; then exec "$@"; fi

bin=$(scripts/postgres-bin.sh)
[ -n "$bin" ] || die "no PostgreSQL server found: run 'make setup'"
folder=$(mktemp -d "${TMPDIR:-/tmp}/waybill-postgres.XXXXXX")
# The server refuses to run as root.
if [ "$(id -u)" = 0 ]; then
  chown nobody "$folder"
  as() { runuser -u nobody -- "$@"; }
else
  as() { "$@"; }
fi
stop() {
  as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$folder"
as "$bin/initdb" -D "$folder/data" -A trust -U waybill --locale=C -E UTF8 >"$folder/initdb.log" 2>&1 \
  || { cat "$folder/initdb.log" >&2; die "PostgreSQL could not make a cluster"; }
# What is lost with the machine is nobody's: nothing waits for the disk.
options="-c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off
  -c full_page_writes=off -c max_connections=300 -c shared_buffers=128MB -c max_wal_size=2GB -c autovacuum_naptime=10s"
port=$((20000 + $$ % 20000))
tries=0
until as "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -o "-p $port $(echo $options)" start >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 20 ] || { cat "$folder/server.log" >&2; die "PostgreSQL did not start"; }
  port=$((port + 7))
done
cd "$ROOT"
WAYBILL_TEST_POSTGRES=postgres://waybill@127.0.0.1:$port
export WAYBILL_TEST_POSTGRES
"$@"
