#!/bin/sh
# A PostgreSQL server for the tests: each test run starts one of its own, so that no service is needed or touched.
set -eu
. "$(dirname -- "$0")/lib.sh"
[ -z "${WAYBILL_TEST_POSTGRES:-}" ] || exit 0
if [ -z "$(scripts/postgres-bin.sh)" ]; then
  # Debian's package would make and start a cluster of its own.
  if [ "$(id -u)" = 0 ] && [ -d /etc ] && have apt-get; then
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  apt_install postgresql || die "no PostgreSQL server (15 or newer) found: install one, or set WAYBILL_TEST_POSTGRES to the address of one"
  [ -n "$(scripts/postgres-bin.sh)" ] || die "the PostgreSQL server is older than 15: install a newer one, or set WAYBILL_TEST_POSTGRES"
fi
