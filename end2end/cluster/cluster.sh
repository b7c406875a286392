#!/usr/bin/env bash
# A real single-node Kubernetes for tests, in a network namespace of its own, without a container engine.
#
#   cluster.sh up      starts it and prints lines to be sourced: KUBECONFIG, SLIPWAY_TEST_REGISTRY, …
#   cluster.sh env     prints the same lines if it is up, fails otherwise
#   cluster.sh status  says which parts run, fails if one does not
#   cluster.sh down    removes every trace
#
# Where root or network namespaces are missing (or with SLIPWAY_TEST_CLUSTER_NODE=no) the control plane alone runs,
# with a node that exists only as an API object: enough for everything that needs no running container. With
# SLIPWAY_TEST_CLUSTER_CONTROLLERS=no nothing but the API server, which keeps whatever it is told.
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
LOOPBACK_REGISTRY=5055        # where the registry listens if there is no node
state=$SLIPWAY_TEST_STATE
pki=$state/pki etc=$state/etc data=$state/data
socket=/run/slipway-containerd/containerd.sock
# Everything a cluster may run, in the order in which it is started.
parts=(etcd kube-apiserver kube-controller-manager kube-scheduler lease containerd kubelet kube-proxy
  registry registry-auth coredns traefik local-path)

for part in claim network certificates control-plane node services volumes; do
  # shellcheck disable=SC1090
  . "$here/$part.sh"
done

has_controllers() { [ "${SLIPWAY_TEST_CLUSTER_CONTROLLERS:-yes}" != no ]; }

has_node() { [ "${SLIPWAY_TEST_CLUSTER_NODE:-yes}" != no ] && [ "$(id -u)" = 0 ] && can_make_namespaces; }

print_env() { [ -s "$state/env" ] && cat "$state/env"; }

is_up() { running kube-apiserver && print_env; }

up() {
  if is_up; then return; fi
  local began bins kind=control_plane_alone; began=$(date +%s)
  mapfile -t bins < <("$here/build.sh")
  [ ${#bins[@]} = 5 ] || fail "the programs of the cluster were not built"
  kubernetes_bin=${bins[0]} coredns_bin=${bins[1]} traefik_bin=${bins[2]} volumes_bin=${bins[3]} probe_bin=${bins[4]}
  PATH=$kubernetes_bin:$coredns_bin:$traefik_bin:$volumes_bin:$probe_bin:$PATH
  if has_node; then kind=whole_cluster; fi
  # Before the trap is set: who is refused must not take down what belongs to another.
  "refuse_$kind"
  trap 'on_failure' EXIT
  # Killed or interrupted, the shell would not run the trap above.
  trap 'exit 130' INT TERM
  mkdir -p "$pki" "$etc" "$data" "$state/log/pods"
  echo "$kind" >"$state/kind"
  cat /proc/sys/kernel/random/boot_id >"$state/boot"
  "$kind" >"$state/env.new"
  # One that ended meanwhile would only be missed by the test that needs it.
  status >/dev/null
  mv "$state/env.new" "$state/env"
  rm -f "$state/run/starting.pid"
  trap - EXIT INT TERM
  say "cluster is up ($(($(date +%s) - began)) s)"
  print_env
}

on_failure() {
  set +e
  trap - EXIT
  tell_what_failed
  mkdir -p "$SLIPWAY_TEST_CACHE/cluster-last-log"
  cp -r "$state/log/." "$SLIPWAY_TEST_CACHE/cluster-last-log" 2>/dev/null
  down
  exit 1
}

# The part that has ended is the guilty one; if all run, the last words of each.
tell_what_failed() {
  local part guilty=()
  for part in "${parts[@]}"; do
    if [ -s "$state/run/$part.pid" ] && ! running "$part"; then guilty+=("$state/log/$part.log"); fi
  done
  if [ ${#guilty[@]} -gt 0 ]; then
    say "the cluster did not start: these parts ended by themselves"; tail -n 20 "${guilty[@]}" >&2
  elif [ -d "$state/log" ]; then
    say "the cluster did not start; the last lines of its logs:"; tail -n 4 "$state"/log/*.log >&2
  fi
  say "all logs are kept in $SLIPWAY_TEST_CACHE/cluster-last-log"
}

whole_cluster() {
  local ip=$IP
  make_network >&2
  make_certificates >&2
  start_control_plane in_ns >&2
  start_node >&2
  start_services >&2
  start_volumes >&2
  echo "KUBECONFIG=$etc/admin.kubeconfig"
  echo "SLIPWAY_TEST_REGISTRY=$IP:5000"
  echo "SLIPWAY_TEST_REGISTRY_AUTH=$IP:5001"
  echo "SLIPWAY_TEST_GATEWAY=$IP:80"
  # This machine, as pods see it.
  echo "SLIPWAY_TEST_HOST=$HOST_IP"
  echo "SLIPWAY_TEST_KUBECTL=$kubernetes_bin/kubectl"
  echo "SLIPWAY_TEST_NODE=yes"
}

control_plane_alone() {
  say "control plane alone: no root, no network namespaces or not wanted, so no container can run"
  local ip=127.0.0.1
  make_certificates >&2
  start_control_plane env >&2
  echo "KUBECONFIG=$etc/admin.kubeconfig"
  has_controllers || return 0
  make_paper_node >&2
  start_loopback_registry >&2
  echo "SLIPWAY_TEST_REGISTRY=127.0.0.1:$LOOPBACK_REGISTRY"
  echo "SLIPWAY_TEST_NODE=no"
}

status() {
  local part rc=0
  if ! running kube-apiserver; then say "cluster is down"; return 1; fi
  for part in "${parts[@]}"; do
    [ -e "$state/run/$part.pid" ] || continue
    if running "$part"; then echo "runs   $part"; else echo "ENDED  $part (see $state/log/$part.log)"; rc=1; fi
  done
  return $rc
}

# What cannot be stopped because it is not there must not keep the rest from being stopped.
down() {
  if ! may_remove_from_machine; then
    # Only what this state directory recorded; the network and the containers belong to another cluster.
    stop_services || true; stop_control_plane || true; rm -rf --one-file-system "$state"; return
  fi
  stop_services || true
  stop_node || true
  stop_control_plane || true
  remove_network || true
  # A pod may have had a folder of this machine mounted below: never delete through a mount.
  rm -rf --one-file-system "$state"
  give_up_claim
}

forget_last_boot
case ${1:-} in
  up) up ;;
  env) is_up ;;
  status) status ;;
  down) down; say "cluster is gone" ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
