# etcd, API server, controller manager, scheduler.
# shellcheck shell=bash disable=SC2154

PAPER_NODE=paper

kctl() { kubectl --kubeconfig "$etc/admin.kubeconfig" "$@"; }

# start_control_plane PREFIX : PREFIX is the command that puts a program where it belongs (in_ns or env).
start_control_plane() {
  local place=() admission=(--enable-admission-plugins=NodeRestriction)
  # Nobody would make the account that every pod has.
  has_controllers || admission+=(--disable-admission-plugins=ServiceAccount)
  [ "$1" = in_ns ] && place=(nsenter "--net=/run/netns/$NS" --)
  # A test cluster that dies with its machine need not wait for the disk.
  start etcd "${place[@]}" etcd --data-dir "$data/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster default=http://127.0.0.1:2380
  start kube-apiserver "${place[@]}" kube-apiserver --etcd-servers=http://127.0.0.1:2379 \
    --bind-address="$ip" --advertise-address="$ip" --secure-port=6443 \
    --endpoint-reconciler-type="$([ "$1" = in_ns ] && echo lease || echo none)" \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
    --kubelet-client-certificate="$pki/apiserver-kubelet.crt" --kubelet-client-key="$pki/apiserver-kubelet.key" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --service-cluster-ip-range=$SERVICES --authorization-mode=Node,RBAC "${admission[@]}" \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/sa.pub" \
    --service-account-signing-key-file="$pki/sa.key" --allow-privileged=true
  wait_for "API server is ready" 90 kctl get --raw /readyz
  has_controllers || return 0
  start kube-controller-manager "${place[@]}" kube-controller-manager --kubeconfig="$etc/controller-manager.kubeconfig" \
    --bind-address=127.0.0.1 --leader-elect=false --root-ca-file="$pki/ca.crt" \
    --service-account-private-key-file="$pki/sa.key" --use-service-account-credentials=true
  start kube-scheduler "${place[@]}" kube-scheduler --kubeconfig="$etc/scheduler.kubeconfig" --leader-elect=false \
    --authentication-kubeconfig="$etc/scheduler.kubeconfig" --authorization-kubeconfig="$etc/scheduler.kubeconfig" \
    --bind-address=127.0.0.1
  wait_for "controllers work" 60 kctl -n default get serviceaccount default
}

# A node that exists only in the API: pods are scheduled to it and never start.
make_paper_node() {
  kctl apply -f - <<YAML
apiVersion: v1
kind: Node
metadata: {name: $PAPER_NODE, labels: {kubernetes.io/arch: amd64, kubernetes.io/os: linux, kubernetes.io/hostname: $PAPER_NODE}}
YAML
  kctl patch node $PAPER_NODE --subresource=status --type=merge -p '{"status": {
    "capacity": {"cpu": "2", "memory": "8Gi", "pods": "110"}, "allocatable": {"cpu": "2", "memory": "8Gi", "pods": "110"},
    "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "on paper",
      "lastTransitionTime": "2020-01-01T00:00:00Z"}]}}'
  start lease bash -c "$(declare -f renew_lease); renew_lease '$kubernetes_bin/kubectl' '$etc/admin.kubeconfig' $PAPER_NODE"
  # Scheduling is refused until the controller has taken the taint of a new node away.
  wait_for "node is schedulable" 30 eval '[ -z "$(kctl get node $PAPER_NODE -o jsonpath={.spec.taints})" ]'
}

# renew_lease KUBECTL KUBECONFIG NODE : the sign of life that a kubelet would give. Without it the controller
# declares the node lost after 50 s and evicts its pods.
renew_lease() {
  # Told to end, it must not leave its sleep behind.
  trap 'kill $!; exit' TERM
  while true; do
    "$1" --kubeconfig "$2" apply -f - <<YAML
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: $3, namespace: kube-node-lease}
spec: {holderIdentity: $3, leaseDurationSeconds: 40, renewTime: "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)"}
YAML
    sleep 10 & wait $!
  done
}

stop_control_plane() {
  stop_all lease kube-scheduler kube-controller-manager kube-apiserver
  stop etcd
}
