#!/usr/bin/env bash
# A private PostgreSQL server for tests, on a free loopback port.
#
#   database.sh up     starts it and prints a line to be sourced
#   database.sh down   stops it and removes its data
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"

# Below /tmp, because the server runs as another user than root and must be able to walk there.
home=/tmp/slipway-postgres-$(echo "$SLIPWAY_TEST_STATE" | sha256sum | cut -c1-8)
bin=$(echo /usr/lib/postgresql/*/bin | awk '{print $NF}')

# The server refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

up() {
  if [ ! -s "$home/env" ]; then
    rm -rf "$home"; mkdir -p "$home"
    [ "$(id -u)" != 0 ] || chown postgres "$home"
    local port; port=$(free_port)
    (cd "$home" && as_postgres "$bin/initdb" -D "$home/data" -U slipway -A trust -E UTF8 --no-locale >/dev/null)
    # Data of a test need not survive a power cut.
    (cd "$home" && as_postgres "$bin/pg_ctl" -D "$home/data" -w -l "$home/log" start \
      -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c fsync=off -c max_connections=200") >/dev/null
    echo "SLIPWAY_TEST_POSTGRES=postgres://slipway@127.0.0.1:$port/postgres" >"$home/env"
    say "PostgreSQL is up on port $port"
  fi
  cat "$home/env"
}

down() {
  if [ -d "$home/data" ]; then (cd "$home" && as_postgres "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1) || true; fi
  rm -rf "$home"
}

case ${1:-} in
  up) up ;;
  down) down ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
