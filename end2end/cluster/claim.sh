# One cluster a machine: addresses, network namespace and containerd's socket are fixed. Who holds them is written
# down outside of the state directory, so that a second cluster, with another state directory, is refused and, above
# all, does not clear away what the first one uses.
# shellcheck shell=bash disable=SC2154

claim=/run/slipway-test-cluster

# claimed_by_other : whether a cluster with another state directory is alive; prints that directory.
claimed_by_other() {
  local holder
  [ -s "$claim" ] && holder=$(cat "$claim") && [ "$holder" != "$state" ] && alive "$holder" && echo "$holder"
}

# A cluster that is just starting has no API server yet; the process that starts it counts as well.
alive() {
  local file
  for file in "$1"/run/kube-apiserver.pid "$1"/run/starting.pid; do
    [ -s "$file" ] && kill -0 "$(cat "$file")" 2>/dev/null && return 0
  done
  return 1
}

refuse_whole_cluster() {
  local holder
  if holder=$(claimed_by_other); then fail "a test cluster is up on this machine already; its state is in $holder"; fi
  if [ -e "/run/netns/$NS" ] && [ -n "$(ip netns pids $NS)" ]; then
    fail "a test cluster is up on this machine already; run make cluster-down first"
  fi
  remove_remains
  mkdir -p "$state/run"; echo $$ >"$state/run/starting.pid"
  # The remains of a claim whose holder is gone.
  rm -f "$claim"
  # Two that start at the same moment: only one makes the file.
  (set -o noclobber; echo "$state" >"$claim") 2>/dev/null || fail "another test cluster is just starting on this machine"
}

# Of a cluster that was killed: a new one would find old objects in etcd and old containers on the node.
remove_remains() {
  [ -e "$state/kind" ] || [ -e "/run/netns/$NS" ] || return 0
  say "removing the remains of a cluster that was killed"
  down
  # The state was that of a control plane alone, so the network was not its own; now it is nobody's.
  if [ "$(id -u)" = 0 ] && [ -e "/run/netns/$NS" ]; then down; fi
}

# Process ids from before a restart of the machine are those of others by now.
forget_last_boot() {
  [ -s "$state/boot" ] || return 0
  [ "$(<"$state/boot")" = "$(</proc/sys/kernel/random/boot_id)" ] || rm -rf --one-file-system "$state"
}

# The ports are those of a usual etcd and API server: a foreign etcd there would be taken for ours, and be written to.
refuse_control_plane_alone() {
  local port
  for port in 2379 2380 6443 10257 10259 $LOOPBACK_REGISTRY; do
    if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then fail "a control plane is up on this machine already: port $port is taken"; fi
  done
  # Not those of another cluster, which may have a node and a network.
  if [ -e "$state/kind" ]; then say "removing the remains of a control plane that was killed"; down; fi
}

# Whether network, containers and mounts on this machine are ours to remove, or nobody's.
may_remove_from_machine() {
  [ "$(id -u)" = 0 ] && ! claimed_by_other >/dev/null && [ "$(cat "$state/kind" 2>/dev/null)" != control_plane_alone ]
}

give_up_claim() { rm -f "$claim"; }
