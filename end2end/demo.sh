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
eval "$("$here/identity/identity.sh" up)"
# A browser on this machine takes gateway.localhost for this machine; the gateway is on the cluster's end of the wire.
start forward node "$here/forward.mjs" 8088 "$SLIPWAY_TEST_GATEWAY"
mkdir -p "$SLIPWAY_TEST_STATE"
start demo-console env -u KUBECONFIG \
  SLIPWAY_DATA_DIR="$SLIPWAY_TEST_STATE/demo" SLIPWAY_CLUSTER="kubeconfig:$KUBECONFIG" \
  SLIPWAY_IMAGE_MIRROR="http://$SLIPWAY_TEST_REGISTRY" SLIPWAY_INGRESS_CLASS=traefik SLIPWAY_GATEWAY_DOMAIN=localhost:8088 \
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

TEXT
while running demo-console; do sleep 1; done
tail -n 5 "$SLIPWAY_TEST_STATE/log/demo-console.log" >&2
