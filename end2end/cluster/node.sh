# The node: containerd, kubelet, kube-proxy, and the registry that it pulls from.
# shellcheck shell=bash disable=SC2154

CGROUP=slipway-test

start_node() {
  make_cgroup
  # Shims put their sockets there, whatever is configured.
  [ -e /run/containerd ] || : >"$state/made-run-containerd"
  write_containerd_config
  start containerd nsenter --net=/run/netns/$NS -- containerd -c "$etc/containerd.toml"
  wait_for "containerd answers" 30 ctr -a $socket version
  pack -program "$probe_bin/pause" -archive "$data/pause.tar" -name localhost/pause:1 >/dev/null
  ctr -a $socket -n k8s.io images import --all-platforms "$data/pause.tar" >/dev/null
  write_kubelet_config
  start kubelet nsenter --net=/run/netns/$NS -- kubelet --config="$etc/kubelet.yaml" \
    --kubeconfig="$etc/kubelet.kubeconfig" --hostname-override=$NODE --node-ip=$IP \
    --root-dir="$data/kubelet" --cert-dir="$data/kubelet-pki"
  kctl create clusterrolebinding node-proxier-user --clusterrole=system:node-proxier --user=system:kube-proxy >/dev/null
  write_proxy_config
  start kube-proxy nsenter --net=/run/netns/$NS -- kube-proxy --config="$etc/proxy.yaml"
  wait_for "node is ready" 120 kctl wait --for=condition=Ready node/$NODE --timeout=1s
}

write_containerd_config() {
  mkdir -p "$etc/cni"
  cat >"$etc/cni/10-bridge.conflist" <<JSON
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$PODS"}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "$data/cni"}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  local registry
  for registry in $IP:5000 $IP:5001 127.0.0.1:5000; do
    mkdir -p "$etc/certs.d/$registry"
    printf 'server = "http://%s"\n[host."http://%s"]\n  capabilities = ["pull", "resolve"]\n' "$registry" "$registry" \
      >"$etc/certs.d/$registry/hosts.toml"
  done
  # restrict_oom_score_adj: without CAP_SYS_RESOURCE lowering oom_score_adj is refused, and no sandbox starts.
  cat >"$etc/containerd.toml" <<TOML
version = 2
root = "$data/containerd"
state = "/run/slipway-containerd"
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "$socket"
[plugins."io.containerd.grpc.v1.cri"]
  # With our own files, so that they go with them and no other runtime's are mistaken for ours.
  netns_mounts_under_state_dir = true
  sandbox_image = "localhost/pause:1"
  disable_tcp_service = true
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      Root = "$state/run/runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$etc/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$etc/certs.d"
TOML
}

write_kubelet_config() {
  : >"$etc/resolv.conf"
  cat >"$etc/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $IP
healthzBindAddress: 127.0.0.1
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
# There is no systemd that could manage cgroups.
cgroupDriver: cgroupfs
# Not the root: a kubelet removes every pod's cgroup below that it does not know, also another kubelet's.
cgroupRoot: /$CGROUP
containerRuntimeEndpoint: unix://$socket
clusterDomain: cluster.local
clusterDNS: ["$DNS"]
resolvConf: $etc/resolv.conf
podLogsDir: $state/log/pods
failSwapOn: false
evictionHard: {memory.available: 100Mi, nodefs.available: 64Mi, imagefs.available: 64Mi}
imageGCHighThresholdPercent: 100
nodeStatusUpdateFrequency: 4s
YAML
}

write_proxy_config() {
  cat >"$etc/proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
bindAddress: $IP
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
clientConnection: {kubeconfig: $etc/proxy.kubeconfig}
clusterCIDR: $PODS
hostnameOverride: $NODE
mode: iptables
# The limits belong to the machine and stay as they are.
conntrack: {maxPerCore: 0, min: 0, tcpCloseWaitTimeout: 0s, tcpEstablishedTimeout: 0s}
YAML
}

# In every hierarchy, because the kubelet wants to find its root everywhere (version 1 has many, version 2 has one).
make_cgroup() {
  local hierarchy controller
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    for controller in cpu cpuset memory io pids hugetlb; do
      echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
    done
    mkdir -p /sys/fs/cgroup/$CGROUP
    return
  fi
  for hierarchy in /sys/fs/cgroup/*/; do
    [ -L "${hierarchy%/}" ] || mkdir -p "$hierarchy$CGROUP"
  done
  # A new cpuset is empty, and no process can enter an empty one.
  for controller in cpus mems; do
    cat /sys/fs/cgroup/cpuset/cpuset.$controller >/sys/fs/cgroup/cpuset/$CGROUP/cpuset.$controller 2>/dev/null || true
  done
}

stop_node() {
  stop kubelet; stop kube-proxy
  end_containers
  stop containerd
  end_shims
  remove_mounts
  remove_cgroups
  rm -rf --one-file-system /run/slipway-containerd
  if [ -e "$state/made-run-containerd" ] && ! pgrep -x containerd >/dev/null; then rm -rf --one-file-system /run/containerd; fi
}

end_containers() {
  [ -S $socket ] || return 0
  local task ctr=(ctr --connect-timeout 2s -a "$socket" -n k8s.io)
  # Killed, not asked: an application may take its 30 seconds, or never end.
  for task in $("${ctr[@]}" tasks ls -q 2>/dev/null); do "${ctr[@]}" tasks kill -s SIGKILL "$task" >/dev/null 2>&1 || true; done
  for task in $("${ctr[@]}" tasks ls -q 2>/dev/null); do "${ctr[@]}" tasks delete -f "$task" >/dev/null 2>&1 || true; done
}

# Shims outlive their containerd, and their containers outlive them; ours are those that name our socket.
end_shims() {
  local process child
  for process in /proc/[0-9]*; do
    if tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -q "^[^ ]*containerd-shim[^ ]* .*-address $socket"; then
      process=${process#/proc/}
      for child in $(cat "/proc/$process/task/"*/children 2>/dev/null); do kill -9 "$child" 2>/dev/null || true; done
      kill -9 "$process" 2>/dev/null || true
    fi
  done
}

remove_mounts() {
  local mount
  awk '{print $2}' /proc/mounts | { grep -E "^($state|/run/slipway-containerd)/" || true; } | sort -r | while read -r mount; do
    umount -l "$mount" 2>/dev/null || true
  done
}

# The kernel takes a moment until the cgroup of a killed process counts as empty.
remove_cgroups() {
  local _ left process
  for _ in $(seq 30); do
    mapfile -t left < <(find /sys/fs/cgroup -maxdepth 2 -type d -name $CGROUP 2>/dev/null)
    [ ${#left[@]} -gt 0 ] || return 0
    # A container whose shim was killed has nobody left who would end it, but it is still in our cgroup.
    find "${left[@]}" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | while read -r process; do
      kill -9 "$process" 2>/dev/null || true
    done
    find "${left[@]}" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    sleep 0.1
  done
}
