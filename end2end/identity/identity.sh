#!/usr/bin/env bash
# A real identity provider for tests: Keycloak from Maven Central with the realm beside this file.
#
#   identity.sh up     starts it on loopback and prints lines to be sourced
#   identity.sh env    prints the same lines if it is up
#   identity.sh down   stops it and removes its state
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"

VERSION=26.4.0
home=$SLIPWAY_TEST_STATE/keycloak
dist=$SLIPWAY_TEST_CACHE/keycloak-$VERSION

print_env() { [ -s "$home/env" ] && cat "$home/env"; }

# Unpacked beside its place and renamed, so that a killed download leaves no half result.
fetch() {
  [ -d "$dist" ] && return
  say "fetching Keycloak $VERSION (160 MB, once a machine)"
  mkdir -p "$SLIPWAY_TEST_CACHE"
  rm -rf "$dist.new"; mkdir "$dist.new"
  mvn -q dependency:copy -Dartifact=org.keycloak:keycloak-quarkus-dist:$VERSION:tar.gz -DoutputDirectory="$dist.new"
  tar -xzf "$dist.new/keycloak-quarkus-dist-$VERSION.tar.gz" -C "$dist.new" --strip-components=1
  rm "$dist.new/keycloak-quarkus-dist-$VERSION.tar.gz"
  mv "$dist.new" "$dist"
}

up() {
  if running keycloak && print_env; then return; fi
  fetch
  local port=${SLIPWAY_TEST_IDENTITY_PORT:-8180}
  rm -rf "$home"; mkdir -p "$SLIPWAY_TEST_STATE"
  # A copy, because it keeps its database and what it builds at the first start beside its programs.
  cp -r "$dist" "$home"
  mkdir -p "$home/data/import"
  cp "$here/alfresco-realm.json" "$home/data/import/"
  start keycloak env KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin \
    "$home/bin/kc.sh" start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" --log-level=warn
  local issuer=http://127.0.0.1:$port/realms/alfresco
  if ! wait_for "identity provider is up" 180 answers "$issuer/.well-known/openid-configuration"; then
    tail -n 20 "$SLIPWAY_TEST_STATE/log/keycloak.log" >&2; down; exit 1
  fi
  cat >"$home/env" <<ENV
SLIPWAY_TEST_OIDC_ISSUER=$issuer
SLIPWAY_TEST_OIDC_CLIENT_ID=slipway
SLIPWAY_TEST_OIDC_CLIENT_SECRET=slipway-secret
ENV
  print_env
}

answers() { node -e 'fetch(process.argv[1]).then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))' "$1"; }

down() { stop keycloak 20; rm -rf "$home"; }

case ${1:-} in
  up) up ;;
  env) running keycloak && print_env ;;
  down) down ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
