#!/usr/bin/env bash
# What `make bench` runs: the program that measures, with an API server of its own beside it, in which nobody else works.
#
#   bench.sh PROFILE [GOAL...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"
cd "$here/../.."
profile=$1; shift

export SLIPWAY_TEST_CLUSTER_STATE=$SLIPWAY_TEST_CACHE/bench-cluster
export SLIPWAY_TEST_CLUSTER_NODE=no SLIPWAY_TEST_CLUSTER_CONTROLLERS=no

# Instructions are counted by the names of functions, which the optimised program is not delivered with.
measure() { cargo bench --profile "$profile" --config "profile.$profile.package.slipway-server.strip='none'" -p slipway-server --bench goals -- "$@"; }

wants() { [ $# = 0 ] || [[ " $* " =~ \ G(5c|7|8|9)\  ]]; }

if wants "$@"; then
  # What a killed run left is full.
  [ ! -d "$SLIPWAY_TEST_CLUSTER_STATE" ] || "$here/../cluster/cluster.sh" down
  if cluster=$("$here/../cluster/cluster.sh" up); then
    trap '"$here/../cluster/cluster.sh" down' EXIT
    trap 'exit 130' INT TERM
    SLIPWAY_TEST_EMPTY_SERVER=$(sed -n 's/^KUBECONFIG=//p' <<<"$cluster")
    export SLIPWAY_TEST_EMPTY_SERVER
  fi
fi
measure "$@"
