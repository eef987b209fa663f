#!/bin/sh
# scale.sh [SHIPMENTS…]: how Waybill grows: intake, pages, disk and memory at each size (10000 100000 1000000), on both databases.
# Prints the rows of the tables in docs/scale.md, and keeps them in target/scale.md. PostgreSQL: the server that WAYBILL_SCALE_POSTGRES names
# (postgres://person@host:port, whom it lets make databases; fsync as it is there); without it only the embedded database.
# WAYBILL_SCALE_BINARY: the program; target/release/waybill. Needs curl, and psql for PostgreSQL.
set -eu
. "$(dirname -- "$0")/lib.sh"
[ $# -gt 0 ] || set -- 10000 100000 1000000
binary=${WAYBILL_SCALE_BINARY:-$ROOT/target/release/waybill}
postgres=${WAYBILL_SCALE_POSTGRES:-}
[ -x "$binary" ] || die "no $binary: run 'make build'"
have curl || die "curl is missing"
for psql in "$(scripts/postgres-bin.sh)/psql" /usr/lib/postgresql/*/bin/psql "$(command -v psql || true)"; do [ ! -x "$psql" ] || break; done
folder=$(mktemp -d "${TMPDIR:-/tmp}/waybill-scale.XXXXXX")
out=$ROOT/target/scale.md
server=
stop() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
unset WAYBILL_CONFIG WAYBILL_SCALE_BINARY WAYBILL_SCALE_POSTGRES
now() { date +%s.%N; }
cd "$folder"

# quantile FILE P: of a number a line.
quantile() { sort -n "$1" | awk -v p="$2" '{ v[NR] = $1 } END { i = int(NR * p + 0.999999); if (i < 1) i = 1; printf "%.1f", v[i] * 1000 }'; }

# measure NAME URL SHIPMENTS
measure() {
  name=$1 WAYBILL_DATABASE_URL=$2 shipments=$3
  export WAYBILL_DATABASE_URL
  password=$("$binary" user add scale --role admin | sed -n 's/^password (shown once): //p')
  key=$("$binary" apikey create scale --source '*' | sed -n 's/^secret (shown once): //p')
  "$binary" serve --listen 127.0.0.1:0 --set api_requests_per_second=0 >serve.out 2>serve.log &
  server=$!
  until address=$(sed -n 's/.*address=\([0-9.:]*\).*/\1/p' serve.log | head -n 1) && [ -n "$address" ]; do
    kill -0 "$server" 2>/dev/null || { cat serve.log >&2; die "the server did not start"; }
    sleep 0.2
  done
  begun=$(now)
  SCALE_KEY=$key "$binary" simulate --seed 1 --shipments "$shipments" --days 365 --server "http://$address" --api-key-env SCALE_KEY 2>sent.log
  took=$(echo "$(now) $begun" | awk '{ print $1 - $2 }')
  events=$(sed -n 's/^\([0-9]*\) events of.*/\1/p' sent.log)
  # What is folded beside: pages are asked for when nothing is left to do.
  sleep 5
  curl -fsS -o /dev/null -c cookies --data-urlencode "name=scale" --data-urlencode "password=$password" "http://$address/sign-in"
  row="| $name | $shipments | $events | $(echo "$events $took" | awk '{ printf "%d", $1 / $2 }') |"
  for page in / /trends /shipments /exceptions /api/v1/kpis/K1; do
    for _ in 1 2 3; do curl -fsS -b cookies -o /dev/null "http://$address$page"; done
    : >times
    for _ in $(seq 40); do curl -fsS -b cookies -o /dev/null -w '%{time_total}\n' "http://$address$page" >>times; done
    row="$row $(quantile times 0.5) / $(quantile times 0.99) |"
  done
  memory=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$server/status")
  kill "$server"
  wait "$server" || true
  server=
  case $WAYBILL_DATABASE_URL in
    sqlite*) bytes=$(wc -c <"${WAYBILL_DATABASE_URL#sqlite://}") ;;
    *) bytes=$("$psql" -XAt -d "$WAYBILL_DATABASE_URL" -c 'SELECT pg_database_size(current_database())') ;;
  esac
  row="$row $(echo "$bytes $shipments" | awk '{ printf "%d", $1 / $2 }') | $((memory / 1024)) |"
  echo "$row" | tee -a "$out"
}

mkdir -p "$ROOT/target"
{
  echo "| database | shipments | events | events/s over HTTP | Overview, ms (p50 / p99) | Trends | Shipments | Exceptions | K1 | bytes a shipment | greatest memory, MiB |"
  echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
} | tee "$out"
for shipments in "$@"; do
  measure embedded "sqlite://$folder/scale-$shipments.db" "$shipments"
  rm -f "$folder"/scale-*
  if [ -n "$postgres" ]; then
    database="waybill_scale_$$_$shipments"
    "$psql" -XAtq -d "$postgres/postgres" -c "CREATE DATABASE $database ENCODING 'UTF8' TEMPLATE template0"
    measure PostgreSQL "$postgres/$database" "$shipments"
    "$psql" -XAtq -d "$postgres/postgres" -c "DROP DATABASE $database"
  fi
done
say "kept in target/scale.md"
