#!/usr/bin/env bash
# A private PostgreSQL server for tests, on a free loopback port.
#
#   database.sh up     starts it and prints a line to be sourced
#   database.sh env    prints the same line if it is up
#   database.sh down   stops it and removes its data
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"

# Below /tmp, because the server runs as another user than root and must be able to walk there.
home=/tmp/slipway-postgres-$(echo "$SLIPWAY_TEST_STATE" | sha256sum | cut -c1-8)
bin=$(echo /usr/lib/postgresql/*/bin | awk '{print $NF}')
[ -d "$bin" ] || bin=$(dirname "$(command -v pg_ctl)") # not Debian

# The server refuses to run as root. It is not to be found in whatever folder the caller stands.
as_postgres() (
  cd "$home"
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
)

# Asked of the server itself: the process id of one that was killed may be in use.
is_up() { [ -s "$home/env" ] && "$bin/pg_isready" -q -h 127.0.0.1 -p "$(sed "s,.*:\([0-9]*\)/.*,\1," "$home/env")"; }

up() {
  if ! is_up; then
    # What a killed run left would otherwise hold its files open.
    down
    start_server
  fi
  cat "$home/env"
}

start_server() {
  local port; port=$(free_port)
  mkdir "$home"
  [ "$(id -u)" != 0 ] || chown postgres "$home"
  as_postgres "$bin/initdb" -D "$home/data" -U slipway -A trust -E UTF8 --no-locale --no-sync >/dev/null
  # Data of a test need not survive a power cut.
  as_postgres "$bin/pg_ctl" -D "$home/data" -w -l "$home/log" start \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c fsync=off -c max_connections=200" >/dev/null ||
    { tail -n 10 "$home/log" >&2; down; fail "PostgreSQL did not start"; }
  echo "SLIPWAY_TEST_POSTGRES=postgres://slipway@127.0.0.1:$port/postgres" >"$home/env"
  say "PostgreSQL is up on port $port"
}

down() {
  if [ -d "$home/data" ]; then as_postgres "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true; fi
  rm -rf "$home"
}

case ${1:-} in
  up) up ;;
  env) is_up && cat "$home/env" ;;
  down) down ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
