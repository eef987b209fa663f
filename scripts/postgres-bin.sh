#!/bin/sh
# Prints the folder of PostgreSQL's server programs, 15 or newer; nothing if there is none.
set -eu
. "$(dirname -- "$0")/lib.sh"
for bin in "$(have pg_config && pg_config --bindir || true)" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin \
  "$(dirname -- "$(command -v initdb || echo /nowhere/initdb)")"; do
  [ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] || continue
  version=$("$bin/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
  if [ "$version" -ge 15 ]; then found=$bin; fi
done
printf '%s\n' "${found:-}"
