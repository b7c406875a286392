# The node: containerd, kubelet, kube-proxy, and the registry that it pulls from.
# shellcheck shell=bash disable=SC2154

start_node() {
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
containerRuntimeEndpoint: unix://$socket
clusterDomain: cluster.local
clusterDNS: ["$DNS"]
resolvConf: $etc/resolv.conf
podLogsDir: $state/log/pods
failSwapOn: false
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
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

stop_node() {
  stop kubelet; stop kube-proxy
  local task process mount
  if [ -S $socket ]; then
    for task in $(ctr -a $socket -n k8s.io tasks ls -q 2>/dev/null); do
      ctr -a $socket -n k8s.io tasks kill -s SIGKILL "$task" >/dev/null 2>&1 || true
    done
    for task in $(ctr -a $socket -n k8s.io tasks ls -q 2>/dev/null); do
      ctr -a $socket -n k8s.io tasks delete -f "$task" >/dev/null 2>&1 || true
    done
  fi
  stop containerd
  # Shims outlive their containerd; ours are those that name our socket.
  for process in /proc/[0-9]*; do
    if tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -q "containerd-shim.*$socket"; then
      kill -9 "${process#/proc/}" 2>/dev/null || true
    fi
  done
  awk '{print $2}' /proc/mounts | grep -E "^($state|/run/slipway-containerd)/" | sort -r | while read -r mount; do
    umount -l "$mount" 2>/dev/null || true
  done
  if [ -d /sys/fs/cgroup ]; then
    find /sys/fs/cgroup -type d -path '*/kubepods*' -depth -exec rmdir {} + 2>/dev/null || true
  fi
  rm -rf /run/slipway-containerd
}
