#!/bin/sh
# rolling.sh [REV]: whether processes can be updated one after the other from the build of REV (a commit or tag; without one the commit that
# scripts/previous-build names) to this one. Has two processes of the old build and then one of the new serve one PostgreSQL while events
# come in at all of them, restarts one old process on the new schema, replaces the old ones, and compares what is known in the end with a
# database that only the new build has served. An old build that was compiled once is kept beside what cargo compiles.
# WAYBILL_ROLLING_OLD and WAYBILL_ROLLING_NEW name programs that are built already. Ends with 0 if all of it agrees, and if the commit of
# scripts/previous-build is not in this clone: that is said.
set -eu
. "$(dirname -- "$0")/lib.sh"
[ $# -le 1 ] || die "usage: scripts/rolling.sh [REV]"
old=${1:-$(sed '/^#/d' scripts/previous-build)}
if ! commit=$(git rev-parse --quiet --verify "$old^{commit}" 2>/dev/null) && [ -z "${WAYBILL_ROLLING_OLD:-}" ]; then
  [ $# = 0 ] || die "there is no commit $1 here"
  say "NOT TRIED: updating from the previous build. This clone lacks its commit $old (fetch the whole history to try it)"
  exit 0
fi
[ -n "${WAYBILL_TEST_POSTGRES:-}" ] || exec scripts/with-postgres.sh "$0" "$@"
have curl || die "curl is missing"
folder=$(mktemp -d "${TMPDIR:-/tmp}/waybill-rolling.XXXXXX")
started=
stop() {
  for process in $started; do kill "$process" 2>/dev/null || true; done
  # What the next step takes for the program of this tree.
  [ ! -e "$folder/own" ] || mv "$folder/own" "$TARGET/debug/waybill"
  rm -rf "$folder" "$TARGET/rolling/$commit.tree"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# build TREE: the program of a tree, in the one target folder, so that what both depend on is compiled once.
build() { (cd "$1" && CARGO_TARGET_DIR=$TARGET cargo build --quiet -p server --bin waybill); }
use_rust
if [ -n "${WAYBILL_ROLLING_NEW:-}" ]; then cp "$WAYBILL_ROLLING_NEW" "$folder/new"; else
  say "building this one …"
  build "$ROOT"
  cp "$TARGET/debug/waybill" "$folder/new"
fi
if [ -n "${WAYBILL_ROLLING_OLD:-}" ]; then cp "$WAYBILL_ROLLING_OLD" "$folder/old"; else
  kept=$TARGET/rolling/$commit
  if [ ! -x "$kept" ]; then
    rm -rf "$TARGET/rolling"
    mkdir -p "$kept.tree"
    git archive "$commit" | tar -x -C "$kept.tree"
    [ ! -e "$TARGET/debug/waybill" ] || cp -p "$TARGET/debug/waybill" "$folder/own"
    say "building $old …"
    build "$kept.tree"
    cp "$TARGET/debug/waybill" "$kept.part"
    mv "$kept.part" "$kept"
  fi
  cp "$kept" "$folder/old"
fi
# What is measured would take them for its settings.
unset WAYBILL_ROLLING_OLD WAYBILL_ROLLING_NEW
for psql in "$(scripts/postgres-bin.sh)/psql" "$(command -v psql || true)"; do [ ! -x "$psql" ] || break; done
sql() { "$psql" -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
cd "$folder"

# database NAME: a new one; its address.
database() {
  sql "$WAYBILL_TEST_POSTGRES/postgres" "CREATE DATABASE $1 ENCODING 'UTF8' TEMPLATE template0"
  echo "$WAYBILL_TEST_POSTGRES/$1"
}
# serve PROGRAM NAME URL: starts a process; NAME.address and NAME.pid say where and which.
serve() {
  : >"$2.log"
  WAYBILL_DATABASE_URL=$3 "./$1" serve --listen 127.0.0.1:0 --set api_requests_per_second=0 >"$2.out" 2>"$2.log" &
  echo $! >"$2.pid"
  started="$started $!"
  until address=$(sed -n 's/.*address=\([0-9.:]*\).*/\1/p' "$2.log" | head -n 1) && [ -n "$address" ]; do
    kill -0 "$(cat "$2.pid")" 2>/dev/null || { cat "$2.log" >&2; die "$2 did not start"; }
    sleep 0.2
  done
  echo "$address" >"$2.address"
  ready "$2"
}
ready() { curl -fsS -o /dev/null "http://$(cat "$1.address")/readyz" || die "$1 is not ready"; }
# end NAME: in order, with everything answered.
end() {
  kill "$(cat "$1.pid")"
  while kill -0 "$(cat "$1.pid")" 2>/dev/null; do sleep 0.1; done
}
# send NAME FILE: in batches of a hundred; each has to be answered. Some of the events are made to be refused.
send() {
  split -l 100 "$2" "$2.part."
  for part in "$2".part.*; do
    { printf '['; paste -sd, "$part" | tr -d '\n'; printf ']'; } >"$part.json"
    curl -fsS -H "authorization: Bearer $key" -H 'content-type: application/cloudevents-batch+json' --data-binary "@$part.json" \
      "http://$(cat "$1.address")/api/v1/events" >"$part.answer" || { cat "$part.answer"; die "$1 did not take a batch"; }
  done
}
# again NAME FILE: sends what another process has taken. It is known here as well: nothing is accepted, and no more is kept as evidence.
again() {
  evidence=$(sql "$url" 'SELECT count(*) FROM quarantine')
  rm -f "$2".part.*
  send "$1" "$2"
  ! grep -q '"outcome":"accepted"' "$2".part.*.answer || die "$1 takes again what another build took: $(grep -ho '"outcome":"accepted".*' "$2".part.*.answer | head -c 300)"
  [ "$(sql "$url" 'SELECT count(*) FROM quarantine')" = "$evidence" ] || die "$1 finds another event in what is the same: $(sql "$url" 'SELECT reason FROM quarantine ORDER BY id DESC LIMIT 3')"
}
# settled URL: nothing is due any more.
settled() {
  until [ "$(sql "$1" "SELECT count(*) FROM shipments WHERE next_at <= unixepoch('subsec') * 1000000")" = 0 ]; do sleep 0.5; done
}
# known URL: shipments with their standing and holds, what is open, and what was not taken.
known() {
  sql "$1" "SELECT concat_ws('|', reference, carrier_id, stage, outcome, dispatched_at, delivered_at, delivered_day, history, awaiting_pod, holds,
              unbilled, invoiced_at) FROM shipments ORDER BY reference COLLATE \"C\""
  # What was not taken has an id of its own in each database.
  sql "$1" "SELECT concat_ws('|', CASE WHEN subject IN (SELECT id FROM quarantine) THEN '' ELSE subject END, kind, detail, queue) AS line
            FROM exceptions WHERE state = 'open' ORDER BY 1"
  sql "$1" "SELECT concat_ws('|', code, count(*)) FROM quarantine GROUP BY code ORDER BY code COLLATE \"C\""
}

until=$(date -u +%Y-%m-%dT%H:%M:%SZ)
for seed in 1 2 3 4 5; do
  ./new simulate --seed "$seed" --shipments 60 --days 30 --until "$until" --out "$seed.ndjson" 2>simulated.txt || die "$(cat simulated.txt)"
done
url=$(database rolling)
calm=$(database calm)
key=$(WAYBILL_DATABASE_URL=$url ./old apikey create rolling --source '*' | sed -n 's/^secret (shown once): //p')
before=$(sql "$url" 'SELECT max(version) FROM _sqlx_migrations')

say "two processes of $old serve schema $before"
serve old one "$url"
serve old two "$url"
send one 1.ndjson & sending=$!
say "one of this build starts beside them while they take events in"
serve new three "$url"
wait "$sending"
after=$(sql "$url" 'SELECT max(version) FROM _sqlx_migrations')
say "the schema is $after, and all three take events in"
send one 2.ndjson & first=$!
send two 3.ndjson & second=$!
send three 4.ndjson & third=$!
for sending in $first $second $third; do wait "$sending"; done
for name in one two three; do ready "$name"; done
say "what one build took is sent to the other again"
again two 4.ndjson
again three 2.ndjson
say "an old one is killed and starts again on the new schema"
kill -9 "$(cat one.pid)"
if WAYBILL_DATABASE_URL=$url timeout 20 ./old serve --listen 127.0.0.1:0 >again.out 2>again.log; [ $? = 124 ]; then
  say "it serves it"
  ready two
else
  refused=$(tail -n 1 again.log)
  since=$(sql "$url" 'SELECT since FROM schema_serves')
  [ "$before" -lt "$since" ] || die "it refuses a schema that is to serve it since version $since: $refused"
  say "it refuses: $refused"
fi
say "the old ones end, and new ones take their places"
serve new four "$url"
end two
send four 5.ndjson
settled "$url"

say "the same, with nothing but this build"
key=$(WAYBILL_DATABASE_URL=$calm ./new apikey create rolling --source '*' | sed -n 's/^secret (shown once): //p')
serve new calm "$calm"
for seed in 1 2 3 4 5; do rm -f "$seed".ndjson.part.*; send calm "$seed.ndjson"; done
settled "$calm"
! grep -l ' ERROR ' ./*.log || die "a log tells of errors: $(grep -h ' ERROR ' ./*.log | head -n 3)"
tries=0
until known "$url" >rolling.known && known "$calm" >calm.known && cmp -s rolling.known calm.known; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || { diff rolling.known calm.known | head -n 20 >&2; die "what is known differs"; }
  sleep 1
done
events=$(sql "$url" 'SELECT count(*) FROM events')
[ "$events" = "$(sql "$calm" 'SELECT count(*) FROM events')" ] || die "the events are not the same"
say "from $old (schema $before) to this build (schema $after): $events events, $(wc -l <calm.known) shipments and exceptions, all the same"
