#!/usr/bin/env bash
# The console on real parts, to be tried out: cluster, registry, Ingress, Keycloak. Until Ctrl-C.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.."
# shellcheck source=lib.sh
. "$here/lib.sh"

"$here/prerequisites.sh" test
trap end EXIT
trap 'exit 130' INT TERM
end() {
  trap - EXIT
  say "stopping the demo"
  stop forward; stop demo-console
  "$here/identity/identity.sh" down
  "$here/cluster/cluster.sh" down
}

eval "$("$here/cluster/cluster.sh" up)"
# Pods must reach it by the address that browsers use.
eval "$(SLIPWAY_TEST_IDENTITY_HOST=${SLIPWAY_TEST_HOST:-127.0.0.1} "$here/identity/identity.sh" up)"
pushed=$("$here/activiti/push.sh" "$SLIPWAY_TEST_REGISTRY")
image() { sed -n "s,^[^/]*/\(slipway/$1:.*\),docker.io/\1,p" <<<"$pushed"; }
# A browser on this machine takes gateway.localhost for this machine; the gateway is on the cluster's end of the wire.
start forward node "$here/forward.mjs" 8088 "$SLIPWAY_TEST_GATEWAY"
mkdir -p "$SLIPWAY_TEST_STATE"
start demo-console env -u KUBECONFIG \
  SLIPWAY_DATA_DIR="$SLIPWAY_TEST_STATE/demo" SLIPWAY_CLUSTER="kubeconfig:$KUBECONFIG" \
  SLIPWAY_IMAGE_MIRROR="http://$SLIPWAY_TEST_REGISTRY" SLIPWAY_REGISTRY="http://$SLIPWAY_TEST_REGISTRY/built" \
  SLIPWAY_APP_IDENTITY_SERVICE_CLIENT="$SLIPWAY_TEST_APP_IDENTITY_CLIENT" SLIPWAY_APP_IDENTITY_SECRET="$SLIPWAY_TEST_APP_IDENTITY_SECRET" \
  SLIPWAY_INGRESS_CLASS=traefik SLIPWAY_GATEWAY_DOMAIN=localhost:8088 \
  SLIPWAY_OIDC_ISSUER="$SLIPWAY_TEST_OIDC_ISSUER" SLIPWAY_OIDC_CLIENT_ID="$SLIPWAY_TEST_OIDC_CLIENT_ID" \
  SLIPWAY_OIDC_CLIENT_SECRET="$SLIPWAY_TEST_OIDC_CLIENT_SECRET" target/release/slipway serve
wait_for "console serves" 30 node -e 'fetch("http://127.0.0.1:3000/healthz").then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))' ||
  { tail -n 5 "$SLIPWAY_TEST_STATE/log/demo-console.log" >&2; exit 1; }

cat <<TEXT

  Slipway        http://127.0.0.1:3000
  may deploy     devopsuser / password
  may not        hruser / password
  applications   http://gateway.localhost:8088/<application>
  kubectl        export KUBECONFIG=$KUBECONFIG

  Deploy "welcome", wait for Running, follow its link. Ctrl-C ends everything and removes every trace.

  A real process application: deploy "onboarding" with these answers, and read docs/activiti.md for what it can do.
  image of greeter          $(image example-connector)
  image of postgresql       $(image postgres)
  image of rabbitmq         $(image rabbitmq)
  image of runtime-bundle   $(image runtime-bundle)
  copies of query           0 (there is no image of it)

TEXT
while running demo-console; do sleep 1; done
tail -n 5 "$SLIPWAY_TEST_STATE/log/demo-console.log" >&2
