# The cluster's network: a namespace of its own and one wire to this machine. The machine reaches pods and
# services through the wire; nothing is forwarded further, and the machine's own firewall stays as it is.
# shellcheck shell=bash disable=SC2154

can_make_namespaces() {
  local trial=slipway-trial-$$
  ip netns add $trial 2>/dev/null && ip netns del $trial
}

# `ip netns exec` would remount /sys and hide the cgroups that the kubelet and runc need.
in_ns() { nsenter --net=/run/netns/$NS -- "$@"; }

# The kubelet refuses a loopback address for its node, hence the wire.
make_network() {
  ip netns add $NS
  ip link add slipway-host type veth peer name slipway-node netns $NS
  ip addr add $HOST_IP/30 dev slipway-host
  ip link set slipway-host up
  ip -n $NS addr add $IP/30 dev slipway-node
  ip -n $NS link set slipway-node up
  ip -n $NS link set lo up
  ip -n $NS route add default via $HOST_IP
  # route_localnet: kube-proxy leads node ports on 127.0.0.1 to pods.
  in_ns sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1
  # Only where the bridge module is loaded; without it bridged packets do not pass iptables anyway.
  in_ns sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
  ip route add $PODS via $IP
  ip route add $SERVICES via $IP
}

# The wire, its routes and all iptables rules go with the namespace.
remove_network() {
  ip link del slipway-host 2>/dev/null || true
  ip netns del $NS 2>/dev/null || true
}
