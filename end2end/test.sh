#!/usr/bin/env bash
# Everything, on real platforms: what `make test` and CI run. Starts what is needed, runs the suites, prints one
# summary, stops everything that it started, also on failure and on Ctrl-C.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.." || exit 1
# A state of its own, apart from a developer's `make cluster`; always the same one, so that the next run finds and
# removes what a killed one left.
SLIPWAY_TEST_STATE=${SLIPWAY_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}/test-run
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=suites.sh
. "$here/suites.sh"
export SLIPWAY_TEST_CLUSTER_STATE=$SLIPWAY_TEST_STATE/cluster

began=$(date +%s)
summary=() passed=0 failed=0 skipped=0 broken=0 children=() ran=() again='' started=no had_cluster=no

# --- stopping ---

end() {
  trap - EXIT
  trap '' INT TERM # a second Ctrl-C must not keep the rest from being stopped
  local child
  for child in "${children[@]}"; do end_group "$child" TERM || true; done
  if [ "$started" = yes ]; then
    say "stopping what was started"
    stop_platforms
    check_nothing_is_left
    rm -f "$SLIPWAY_TEST_STATE/pid"
  fi
}

# end_group GROUP SIGNAL : waits until nothing of it runs; succeeds if that needed no force.
end_group() {
  kill "-$2" -- "-$1" 2>/dev/null
  for _ in $(seq 100); do pgrep -g "$1" >/dev/null || return 0; sleep 0.1; done
  ! kill -9 -- "-$1" 2>/dev/null
}

# The suites of a killed run, known by what shows their logs.
stop_suites() {
  local show
  for show in $(pgrep -f "^tail -s 0.2 .*$SLIPWAY_TEST_STATE/suites/"); do end_group "$(ps -o pgid= -p "$show" | tr -d ' ')" TERM; done
}

stop_platforms() {
  "$here/identity/identity.sh" down &
  "$here/database/database.sh" down &
  # Without a state it would take down the cluster of whoever has one.
  [ ! -d "$SLIPWAY_TEST_STATE/cluster" ] || { had_cluster=yes; "$here/cluster/cluster.sh" down; }
  wait
}

check_nothing_is_left() {
  local left=()
  [ $had_cluster = no ] || [ ! -e /run/netns/slipway ] || left+=("the network namespace slipway")
  ! grep -q "$SLIPWAY_TEST_STATE" /proc/mounts || left+=("mounts")
  ! pgrep -f "$SLIPWAY_TEST_STATE/" >/dev/null || left+=("processes: $(pgrep -fa "$SLIPWAY_TEST_STATE/" | cut -c1-120)")
  [ ${#left[@]} = 0 ] || { say "left behind: ${left[*]}"; broken=1; }
}

trap 'end; exit 130' INT TERM
trap end EXIT

# --- starting ---

# One run a machine, because the cluster's network is one a machine.
take_the_machine() {
  local other; other=$(cat "$SLIPWAY_TEST_STATE/pid" 2>/dev/null)
  if [ -n "$other" ] && pgrep -f test.sh | grep -qx "$other"; then fail "make test runs already (process $other)"; fi
  pgrep -f "^(etcd|kube|containerd) ?.*$SLIPWAY_TEST_STATE/cluster/" >/dev/null || rm -rf "$SLIPWAY_TEST_STATE/cluster"
  [ ! -e "$SLIPWAY_TEST_STATE/pid" ] || { say "removing what a killed run left"; stop_suites; stop_platforms; }
  no_other_cluster || exit 1
  rm -rf "$SLIPWAY_TEST_STATE"; mkdir -p "$SLIPWAY_TEST_STATE/suites"
  echo $$ >"$SLIPWAY_TEST_STATE/pid"
  started=yes
}

no_other_cluster() {
  [ ! -e /run/netns/slipway ] || [ -z "$(ip netns pids slipway)" ] ||
    { say "a test cluster is up on this machine already; run make cluster-down first"; return 1; }
}

# Prints what the suites find in their environment. Nothing may take this cluster's KUBECONFIG by its usual name.
platforms() {
  local identity=$SLIPWAY_TEST_STATE/identity.env cluster images
  no_other_cluster || return 1 # one may have come up during the builds
  identity_for_pods >"$identity" &
  "$here/database/database.sh" up || return 1
  cluster=$("$here/cluster/cluster.sh" up) || return 1
  sed 's/^KUBECONFIG=/SLIPWAY_TEST_KUBECONFIG=/' <<<"$cluster"
  if grep -q '^SLIPWAY_TEST_NODE=yes' <<<"$cluster"; then
    images=$("$here/activiti/push.sh" "$(sed -n 's/^SLIPWAY_TEST_REGISTRY=//p' <<<"$cluster")") || return 1
    # As releases name them, without the registry.
    echo "SLIPWAY_TEST_ACTIVITI_IMAGES='$(sed 's,^[^/]*/,,' <<<"$images" | paste -sd' ')'"
  fi
  wait $! || return 1
  cat "$identity"
  # From here on a test that finds no platform has failed, not been skipped.
  echo SLIPWAY_TEST_REQUIRE=1
}

# A token names its issuer, so pods and browsers must have the same address for it: this machine's end of the
# cluster's wire, which is there as soon as the cluster begins to start.
identity_for_pods() {
  local kind=$SLIPWAY_TEST_CLUSTER_STATE/kind host=127.0.0.1
  wait_for "the cluster begins to start" 120 test -s "$kind" || return 1
  if grep -q whole_cluster "$kind"; then
    host=10.77.0.1
    wait_for "the wire to the cluster" 30 eval "ip -o addr | grep -qF ' $host/'" || return 1
  fi
  SLIPWAY_TEST_IDENTITY_HOST=$host SLIPWAY_TEST_IDENTITY_PORT=$(free_port) "$here/identity/identity.sh" up
}

"$here/prerequisites.sh" test || exit 1
take_the_machine
build_everything
# Its last line; without it they are not all there.
if grep -q '^SLIPWAY_TEST_REQUIRE=' "$SLIPWAY_TEST_STATE/env"; then
  set -a
  # shellcheck source=/dev/null
  . "$SLIPWAY_TEST_STATE/env"
  set +a
  run_suites
  run_again
else
  summary+=("the platforms did not start"); failed=1
fi

end
for name in "${ran[@]}"; do count_in "$name"; done
printf '\n\033[1m== summary ==\033[0m\n'
printf '%s\n' "${summary[@]}"
echo "took $(($(date +%s) - began)) s; logs are in $SLIPWAY_TEST_STATE/suites"
echo
if [ "$skipped" = 0 ]; then echo "$passed passed, $failed failed"; else echo "$passed passed, $failed failed, $skipped skipped"; fi
[ "$broken" = 0 ] && [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
