#!/usr/bin/env bash
# A real identity provider for tests: Keycloak from Maven Central with the realm beside this file.
#
#   identity.sh up     starts it on loopback and prints lines to be sourced
#   identity.sh env    prints the same lines if it is up
#   identity.sh down   stops it and removes its state
#
# SLIPWAY_TEST_IDENTITY_PORT (8180) and SLIPWAY_TEST_IDENTITY_HOST (127.0.0.1) say where it listens.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"

VERSION=26.4.0
host=${SLIPWAY_TEST_IDENTITY_HOST:-127.0.0.1}
port=${SLIPWAY_TEST_IDENTITY_PORT:-8180}
issuer=http://$host:$port/realms/alfresco
home=$SLIPWAY_TEST_STATE/keycloak
dist=$SLIPWAY_TEST_CACHE/keycloak-$VERSION-built
# It runs for minutes: what the second compiler would win later costs a third of the CPU of a start.
export JAVA_OPTS_APPEND=-XX:TieredStopAtLevel=1

print_env() { [ -s "$home/env" ] && cat "$home/env"; }

# Unpacked and built beside its place and renamed, so that a killed download leaves no half result.
fetch() {
  [ -d "$dist" ] && return
  say "fetching Keycloak $VERSION (160 MB, once a machine)"
  local new=$dist.new
  mkdir -p "$SLIPWAY_TEST_CACHE"
  rm -rf "$new"; mkdir "$new"
  mvn -q dependency:copy -Dartifact=org.keycloak:keycloak-quarkus-dist:$VERSION:tar.gz -DoutputDirectory="$new" >&2
  tar -xzf "$new/keycloak-quarkus-dist-$VERSION.tar.gz" -C "$new" --strip-components=1
  rm "$new/keycloak-quarkus-dist-$VERSION.tar.gz"
  say "preparing it for fast starts"
  "$new/bin/kc.sh" build --db=dev-file >&2
  mv "$new" "$dist"
}

up() {
  if running keycloak && print_env; then return; fi
  # Otherwise whoever listens there would be taken for the one that is started here.
  if (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null; then
    fail "something listens on $host:$port already; stop it or name another port in SLIPWAY_TEST_IDENTITY_PORT"
  fi
  fetch
  rm -rf "$home"; mkdir -p "$SLIPWAY_TEST_STATE"
  # A copy, because it keeps its database beside its programs.
  cp -r "$dist" "$home"
  mkdir -p "$home/data/import"
  cp "$here/alfresco-realm.json" "$home/data/import/"
  start keycloak env KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin \
    "$home/bin/kc.sh" start --optimized --import-realm --cache=local --log-level=warn \
    --http-enabled=true --http-host="$host" --http-port="$port" --hostname-strict=false
  wait_for "identity provider has started" 180 answers_or_ended || true
  if ! answers; then
    tail -n 20 "$SLIPWAY_TEST_STATE/log/keycloak.log" >&2; down; fail "the identity provider did not start"
  fi
  cat >"$home/env" <<ENV
SLIPWAY_TEST_OIDC_ISSUER=$issuer
SLIPWAY_TEST_OIDC_CLIENT_ID=slipway
SLIPWAY_TEST_OIDC_CLIENT_SECRET=slipway-secret
SLIPWAY_TEST_APP_IDENTITY_CLIENT=activiti-service
SLIPWAY_TEST_APP_IDENTITY_SECRET=activiti-service-secret
ENV
  print_env
}

# It is up when it has said once who there is: the first answers of a cold start take longer than a console waits.
answers() {
  node --input-type=module - "$issuer" <<'JS'
const issuer = process.argv[2];
const told = async (url, options) => { const answer = await fetch(url, options); if (!answer.ok) process.exit(1); return answer.json(); };
try {
  const client = { client_id: 'slipway', client_secret: 'slipway-secret', grant_type: 'client_credentials' };
  const token = await told(`${issuer}/protocol/openid-connect/token`, { method: 'POST', body: new URLSearchParams(client) });
  const headers = { authorization: `Bearer ${token.access_token}` };
  for (const path of ['users?search=hr', 'groups?search=hr']) await told(`${issuer.replace('/realms/', '/admin/realms/')}/${path}`, { headers });
} catch { process.exit(1); }
JS
}

answers_or_ended() { ! running keycloak || answers; }

# Its start script does not pass a signal on to Java, so the whole process group is ended; but only if that group is
# still the one that was started: after a restart of the machine the number may be another's.
down() {
  local group=
  [ ! -s "$SLIPWAY_TEST_STATE/run/keycloak.pid" ] || group=$(cat "$SLIPWAY_TEST_STATE/run/keycloak.pid")
  if [ -n "$group" ] && ours "$group"; then
    kill -- "-$group" 2>/dev/null || true
    for _ in $(seq 200); do ours "$group" || break; sleep 0.1; done
    kill -9 -- "-$group" 2>/dev/null || true
  fi
  rm -f "$SLIPWAY_TEST_STATE/run/keycloak.pid" "$SLIPWAY_TEST_STATE/log/keycloak.log"
  rm -rf "$home"
}

ours() { pgrep -g "$1" -f "$home/" >/dev/null; }

case ${1:-} in
  up) up ;;
  env) running keycloak && print_env ;;
  down) down ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
