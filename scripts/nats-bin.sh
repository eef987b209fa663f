#!/bin/sh
# Prints the path of the NATS server's program, 2.9 or newer; nothing if there is none.
set -eu
. "$(dirname -- "$0")/lib.sh"
for program in "$(command -v nats-server || true)" /usr/sbin/nats-server /usr/local/bin/nats-server /opt/homebrew/bin/nats-server; do
  [ -x "$program" ] || continue
  version=$("$program" --version | sed 's/[^0-9]*\([0-9]*\.[0-9]*\).*/\1/')
  if [ "$(printf '%s\n2.9\n' "$version" | sort -V | head -n 1)" = 2.9 ]; then
    printf '%s\n' "$program"
    exit 0
  fi
done
