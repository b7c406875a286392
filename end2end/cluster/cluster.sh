#!/usr/bin/env bash
# A real single-node Kubernetes for tests, in a network namespace of its own, without a container engine.
#
#   cluster.sh up     starts it and prints lines to be sourced: KUBECONFIG, SLIPWAY_TEST_REGISTRY, …
#   cluster.sh env    prints the same lines if it is up
#   cluster.sh down   removes every trace
#
# Where root or network namespaces are missing (or with SLIPWAY_TEST_CLUSTER_NODE=no) the control plane alone runs,
# with a node that exists only as an API object: enough for everything that needs no running container.
#
# The parts that are sourced below use what is set here.
# shellcheck disable=SC2034
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SLIPWAY_TEST_STATE=${SLIPWAY_TEST_CLUSTER_STATE:-${SLIPWAY_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}/cluster}
# shellcheck source=../lib.sh
. "$here/../lib.sh"

NS=slipway                    # the network namespace
HOST_IP=10.77.0.1             # this machine's end of the wire
IP=10.77.0.2                  # the node's end
NODE=node1
SERVICES=10.96.0.0/16
PODS=10.244.0.0/24
DNS=10.96.0.10
state=$SLIPWAY_TEST_STATE
pki=$state/pki etc=$state/etc data=$state/data
socket=/run/slipway-containerd/containerd.sock

for part in network certificates control-plane node services; do
  # shellcheck disable=SC1090
  . "$here/$part.sh"
done

has_node() {
  [ "${SLIPWAY_TEST_CLUSTER_NODE:-yes}" != no ] && [ "$(id -u)" = 0 ] && { [ -e /run/netns/$NS ] || can_make_namespaces; }
}

print_env() { [ -s "$state/env" ] && cat "$state/env"; }

up() {
  if running kube-apiserver && print_env; then return; fi
  local began; began=$(date +%s)
  mapfile -t bins < <("$here/build.sh")
  kubernetes_bin=${bins[0]} coredns_bin=${bins[1]} traefik_bin=${bins[2]} probe_bin=${bins[3]}
  PATH=$kubernetes_bin:$coredns_bin:$traefik_bin:$probe_bin:$PATH
  mkdir -p "$pki" "$etc" "$data" "$state/log/pods"
  trap 'on_failure' EXIT
  if has_node; then whole_cluster; else control_plane_alone; fi >"$state/env.new"
  mv "$state/env.new" "$state/env"
  trap - EXIT
  say "cluster is up ($(($(date +%s) - began)) s)"
  print_env
}

on_failure() {
  say "the cluster did not start; the last lines of its logs:"
  tail -n 5 "$state"/log/*.log >&2 || true
  mkdir -p "$SLIPWAY_TEST_CACHE" && cp -r "$state/log" "$SLIPWAY_TEST_CACHE/cluster-last-log" 2>/dev/null || true
  down
}

whole_cluster() {
  local ip=$IP
  if [ -e /run/netns/$NS ]; then
    [ -z "$(ip netns pids $NS)" ] || fail "a test cluster is up on this machine already; run make cluster-down first"
    say "removing the remains of a cluster that was killed"
    stop_node || true
    remove_network || true
  fi
  make_network >&2
  make_certificates >&2
  start_control_plane in_ns >&2
  start_node >&2
  start_services >&2
  echo "KUBECONFIG=$etc/admin.kubeconfig"
  echo "SLIPWAY_TEST_REGISTRY=$IP:5000"
  echo "SLIPWAY_TEST_REGISTRY_AUTH=$IP:5001"
  echo "SLIPWAY_TEST_GATEWAY=$IP:80"
  echo "SLIPWAY_TEST_NODE=yes"
}

control_plane_alone() {
  say "control plane alone: no root or no network namespaces, so no container can run"
  local ip=127.0.0.1
  make_certificates >&2
  start_control_plane env >&2
  make_paper_node >&2
  echo "KUBECONFIG=$etc/admin.kubeconfig"
  echo "SLIPWAY_TEST_NODE=no"
}

# What cannot be stopped because it is not there must not keep the rest from being stopped.
down() {
  stop_services || true
  stop_node || true
  stop_control_plane || true
  remove_network || true
  rm -rf "$state"
}

case ${1:-} in
  up) up ;;
  env) running kube-apiserver && print_env ;;
  down) down; say "cluster is gone" ;;
  *) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
