#!/usr/bin/env bash
# Everything, on real platforms: what `make test` and CI run. Starts what is needed, runs the suites one after
# another, prints one summary, stops everything that it started, also on failure and on Ctrl-C.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.." || exit 1
SLIPWAY_TEST_STATE=${SLIPWAY_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}/test-run
# shellcheck source=lib.sh
. "$here/lib.sh"
export SLIPWAY_TEST_CLUSTER_STATE=$SLIPWAY_TEST_STATE/cluster

began=$(date +%s)
summary=() passed=0 failed=0 skipped=0 broken=0 ended=no

end() {
  [ "$ended" = no ] || return
  ended=yes
  say "stopping what was started"
  "$here/identity/identity.sh" down
  "$here/database/database.sh" down
  [ "${cluster_is_ours:-no}" = no ] || "$here/cluster/cluster.sh" down
  check_nothing_is_left
}

check_nothing_is_left() {
  local left=()
  [ "${cluster_is_ours:-no}" = no ] || [ ! -e /run/netns/slipway ] || left+=("the network namespace slipway")
  [ "${cluster_is_ours:-no}" = no ] || ! grep -q "$SLIPWAY_TEST_STATE" /proc/mounts || left+=("mounts")
  pgrep -f "$SLIPWAY_TEST_STATE" >/dev/null && left+=("processes: $(pgrep -fa "$SLIPWAY_TEST_STATE" | cut -c1-120)")
  if [ ${#left[@]} -gt 0 ]; then say "left behind: ${left[*]}"; broken=1; fi
}
trap 'end; exit 130' INT TERM
trap end EXIT

# suite NAME COMMAND... : runs it, shows it, and counts what it says about its tests.
suite() {
  local name=$1 log=$SLIPWAY_TEST_STATE/suites/$1.log start verdict=ok p f s; shift
  mkdir -p "$(dirname "$log")"; start=$(date +%s)
  printf '\n\033[1m== %s ==\033[0m\n' "$name"
  "$@" 2>&1 | tee "$log"
  [ "${PIPESTATUS[0]}" = 0 ] || { verdict=FAILED; broken=1; }
  p=$(count 's/^test result:.* \([0-9]*\) passed;.*/\1/p; s/^ *\([0-9]*\) passed.*/\1/p; s/^ok  *\tslipway.*/1/p' "$log")
  f=$(count 's/^test result:.* \([0-9]*\) failed;.*/\1/p; s/^ *\([0-9]*\) failed$/\1/p; s/^FAIL\t.*/1/p' "$log")
  s=$(count 's/^test result:.* \([0-9]*\) ignored;.*/\1/p; s/^ *\([0-9]*\) skipped$/\1/p' "$log")
  passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
  summary+=("$(printf '%-12s %-7s %4s passed %4s failed %5s s' "$name" "$verdict" "$p" "$f" $(($(date +%s) - start)))")
}

count() { sed -n "$1" "$2" | awk '{n += $1} END {print n + 0}'; }

scripts() { shellcheck -x -S warning end2end/*.sh end2end/*/*.sh .ci/run; }
lints() { cargo fmt --check && make --no-print-directory lint; }
go_suite() { (cd "$here/cluster/tools/probe" && go vet ./... && go test ./...); }
rust() { cargo test --workspace --exclude slipway-frontend --exclude slipway-app && cargo test -p slipway-app --features ssr; }
browser() { npx playwright test --config end2end/playwright.config.ts; }

platforms() {
  eval "$("$here/database/database.sh" up)" && export SLIPWAY_TEST_POSTGRES || return 1
  if [ -e /run/netns/slipway ] && [ -n "$(ip netns pids slipway)" ]; then
    say "a test cluster is up on this machine already; run make cluster-down first"
    return 1
  fi
  cluster_is_ours=yes
  local lines
  lines=$("$here/cluster/cluster.sh" up) || return 1
  eval "$lines"
  export SLIPWAY_TEST_KUBECONFIG=$KUBECONFIG SLIPWAY_TEST_NODE SLIPWAY_TEST_REGISTRY SLIPWAY_TEST_GATEWAY
  unset KUBECONFIG
  lines=$(SLIPWAY_TEST_IDENTITY_PORT=$(free_port) "$here/identity/identity.sh" up) || return 1
  eval "$lines"
  export SLIPWAY_TEST_OIDC_ISSUER SLIPWAY_TEST_OIDC_CLIENT_ID SLIPWAY_TEST_OIDC_CLIENT_SECRET
  # From here on a test that finds no platform has failed, not been skipped.
  export SLIPWAY_TEST_REQUIRE=1
}

"$here/prerequisites.sh" test || exit 1
make --no-print-directory build || exit 1
mapfile -t bins < <("$here/cluster/build.sh"); [ ${#bins[@]} = 4 ] || exit 1
platforms || { say "the platforms did not start"; broken=1; exit 1; }

suite scripts scripts
suite lints lints
suite go go_suite
suite rust rust
suite browser browser

end
printf '\n\033[1m== summary ==\033[0m\n'
printf '%s\n' "${summary[@]}"
echo "took $(($(date +%s) - began)) s"
echo
[ "$skipped" = 0 ] && echo "$passed passed, $failed failed" || echo "$passed passed, $failed failed, $skipped skipped"
[ "$broken" = 0 ] && [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
