#!/bin/sh
# with-postgres.sh [--durable] PROGRAM [ARGUMENT…]: runs it beside a PostgreSQL of its own, whose address it finds in WAYBILL_TEST_POSTGRES.
# The server is new, listens on loopback only, keeps nothing, and ends with the program. One that the variable names already is used.
# --durable: every commit waits for the disk, below /var/tmp, which no machine keeps in memory (what is measured has to pay for it).
set -eu
. "$(dirname -- "$0")/lib.sh"
durable=off
under=${TMPDIR:-/tmp}
if [ "$1" = --durable ]; then
  durable=on
  under=/var/tmp
  shift
fi
if [ -n "${WAYBILL_TEST_POSTGRES:-}" ]; then exec "$@"; fi

bin=$(scripts/postgres-bin.sh)
[ -n "$bin" ] || die "no PostgreSQL server found: run 'make setup'"
folder=$(mktemp -d "$under/waybill-postgres.XXXXXX")
# The server refuses to run as root.
if [ "$(id -u)" = 0 ]; then
  chown nobody "$folder"
  as() { runuser -u nobody -- "$@"; }
else
  as() { "$@"; }
fi
stop() {
  as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder" "${sockets:-}"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$folder"
as "$bin/initdb" -D "$folder/data" -A trust -U waybill --locale=C -E UTF8 >"$folder/initdb.log" 2>&1 \
  || { cat "$folder/initdb.log" >&2; die "PostgreSQL could not make a cluster"; }
# Of tests nothing is worth keeping: nothing waits for the disk. The folder of sockets has a short name: a long one is refused.
sockets=$(mktemp -d "${TMPDIR:-/tmp}/waybill-sockets.XXXXXX")
[ "$(id -u)" != 0 ] || chown nobody "$sockets"
options="-c listen_addresses=127.0.0.1 -c unix_socket_directories=$sockets -c fsync=$durable -c synchronous_commit=$durable
  -c full_page_writes=$durable -c max_connections=300 -c shared_buffers=128MB -c max_wal_size=2GB -c autovacuum_naptime=10s"
port=$((20000 + $$ % 20000))
tries=0
# A busy machine takes its time. One that started all the same is ended before the next try.
PGCTLTIMEOUT=300
export PGCTLTIMEOUT
until as "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -o "-p $port $(echo $options)" start >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 20 ] || { cat "$folder/server.log" >&2; die "PostgreSQL did not start"; }
  port=$((port + 7))
  as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
done
cd "$ROOT"
WAYBILL_TEST_POSTGRES=postgres://waybill@127.0.0.1:$port
export WAYBILL_TEST_POSTGRES
"$@"
