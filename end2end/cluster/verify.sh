#!/usr/bin/env bash
# Proves that the test cluster behaves like a cluster: pods run, fail, are reached and are removed as they should.
# One line a check, `ok` or `FAIL`. Starts the cluster if it is down, and then also stops it and looks for remains.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"

failures=0 ours=no
space=verify-$$

# check WHAT COMMAND... : tries for a minute, because a cluster takes its time.
check() { check_for 60 "$@"; }
check_for() {
  local seconds=$1 what=$2 began; shift 2; began=$SECONDS
  until "$@" >/dev/null 2>&1; do
    if [ $((SECONDS - began)) -ge "$seconds" ]; then printf 'FAIL %s\n' "$what"; failures=$((failures + 1)); return; fi
    sleep 0.2
  done
  printf 'ok   %s\n' "$what"
}

k() { kubectl -n "$space" "$@"; }
not() { ! "$@"; }
# contains TEXT COMMAND... : whether the command's output has that text.
contains() { local text=$1; shift; [[ "$("$@" 2>&1)" == *"$text"* ]]; }
fetch() { curl -sS --noproxy '*' --max-time 5 "$@"; }

# state APP PATH : a field of the state of the application's only container.
state() { k get pods -l "app=$1" -o "jsonpath={.items[*].status.containerStatuses[0].$2}"; }

end() {
  trap - EXIT
  kubectl delete namespace "$space" --ignore-not-found --wait=false >/dev/null 2>&1
  if [ "$ours" = yes ]; then "$here/cluster.sh" down; check_for 2 "nothing is left on this machine" nothing_is_left; what_is_left; fi
  if [ "$failures" = 0 ]; then say "all is well"; exit "${1:-0}"; fi
  say "$failures failed"; exit 1
}

nothing_is_left() { [ -z "$(what_is_left 2>&1)" ]; }

what_is_left() {
  [ ! -e /run/netns/slipway ] || say "left: network namespace"
  ! ip link show slipway-host >/dev/null 2>&1 || say "left: link"
  ! ip route | grep -qE '^10\.(77\.0|244\.0|96\.0)\.' || say "left: route"
  local file found
  found=$(grep -E "$place/|/run/slipway-containerd" /proc/mounts | cut -d' ' -f2); [ -z "$found" ] || say "left: mounts $found"
  found=$(pgrep -fa -- "$place/|/run/slipway-containerd" | cut -c1-150); [ -z "$found" ] || say "left: processes $found"
  found=$(find /sys/fs/cgroup -maxdepth 2 -name slipway-test 2>/dev/null); [ -z "$found" ] || say "left: cgroups $found"
  for file in "$place" /run/slipway-containerd /run/slipway-test-cluster; do [ ! -e "$file" ] || say "left: $file"; done
}

# deployment NAME IMAGE [CONTAINER-FIELDS] [POD-FIELDS] : fields as JSON, each with a comma in front.
deployment() {
  k apply -f - >/dev/null <<JSON
{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "$1"}, "spec": {
  "replicas": ${replicas:-1}, "selector": {"matchLabels": {"app": "$1"}},
  "template": {"metadata": {"labels": {"app": "$1"}}, "spec": {"terminationGracePeriodSeconds": 2,
    "containers": [{"name": "web", "image": "$2"${3:-}}]${4:-}}}}}
JSON
}

if ! "$here/cluster.sh" env >/dev/null; then ours=yes; fi
trap 'end 130' INT TERM
trap end EXIT
lines=$("$here/cluster.sh" up) || { trap - EXIT; exit 1; }
eval "$lines"
export KUBECONFIG
place=$(dirname "$(dirname "$KUBECONFIG")")
# kubectl is one of the programs that build.sh made; it prints where they are, Kubernetes first.
PATH=$("$here/build.sh" | head -1):$PATH

check "every part runs" "$here/cluster.sh" status
check "a second up changes nothing and says the same" [ "$("$here/cluster.sh" up)" = "$lines" ]
check "a second cluster is refused" contains "up on this machine already" \
  env SLIPWAY_TEST_CLUSTER_STATE="$place-other" "$here/cluster.sh" up
check "and the first one has survived that" "$here/cluster.sh" status
kubectl create namespace "$space" >/dev/null
check "version 1.33" contains '"gitVersion": "v1.33' kubectl get --raw /version
check "the namespace gets its service account" k get serviceaccount default
# shellcheck source=verify-without-node.sh
if [ "$SLIPWAY_TEST_NODE" = no ]; then . "$here/verify-without-node.sh"; exit; fi

image=$SLIPWAY_TEST_REGISTRY/slipway/probe:1.0
private=$SLIPWAY_TEST_REGISTRY_AUTH/slipway/probe:1.0
probe=', "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1}'

# All at once, then looked at one by one.
replicas=2 deployment good "$image" "$probe"', "env": [{"name": "BASE_PATH", "value": "/x"}, {"name": "GREETING", "value": "Good evening"}]'
deployment loopback "127.0.0.1:5000/slipway/probe:1.1" "$probe"
deployment missing "$SLIPWAY_TEST_REGISTRY/slipway/nothing:1"
deployment crash "$image" ', "env": [{"name": "CRASH_AFTER", "value": "100ms"}, {"name": "CRASH_CODE", "value": "3"}]'
deployment oom "$image" ', "env": [{"name": "LEAK_MIB_PER_SECOND", "value": "200"}], "resources": {"limits": {"memory": "32Mi"}}'
deployment big "$image" ', "resources": {"requests": {"cpu": "640"}}'
deployment unready "$image" "$probe"', "env": [{"name": "FAIL_HEALTH", "value": "1"}]'
deployment foreign "$SLIPWAY_TEST_REGISTRY/slipway/probe-arm64:1.0"
# Always, or the node would take the image that the other one pulls.
deployment refused "$private" ', "imagePullPolicy": "Always"'
deployment stubborn "$image" "$probe"', "env": [{"name": "IGNORE_TERM", "value": "1"}]'
k create secret docker-registry pull --docker-server="$SLIPWAY_TEST_REGISTRY_AUTH" --docker-username=slipway --docker-password=slipway >/dev/null
deployment allowed "$private" "$probe" ', "imagePullSecrets": [{"name": "pull"}]'
k create job errand --image="$image" -- /app run --exit 0 --print finished >/dev/null
k apply -f - >/dev/null <<YAML
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
YAML
deployment keeper "$image" ', "securityContext": {"runAsUser": 10001, "runAsGroup": 10001}, "volumeMounts": [{"name": "data", "mountPath": "/data"}]' \
  ', "securityContext": {"fsGroup": 10001}, "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]'
k expose deployment good --port=80 --target-port=8080 >/dev/null
k create ingress good --class=traefik --rule="gateway.localhost/x*=good:80" >/dev/null

check "two replicas are ready by HTTP probe" k rollout status deployment/good --timeout=1s
check "an image is pulled by 127.0.0.1:5000 too" k rollout status deployment/loopback --timeout=1s
address=$(k get service good -o jsonpath='{.spec.clusterIP}')
pod=$(k get pods -l app=good -o jsonpath='{.items[0].status.podIP}')
check "a pod answers this machine" contains "Good evening" fetch "http://$pod:8080/"
check "a service answers this machine" contains "Good evening" fetch "http://$address/"
check "a pod resolves a service" contains "[$address]" fetch "http://$address/resolve?name=good.$space.svc.cluster.local"
check "a pod resolves a short name" contains "[$address]" fetch "http://$address/resolve?name=good"
check "an unknown name is not found" contains "no such host" fetch "http://$address/resolve?name=nothing.$space.svc.cluster.local"
check "the Ingress leads to the pod" contains "Good evening" \
  fetch --resolve "gateway.localhost:80:${SLIPWAY_TEST_GATEWAY%:*}" http://gateway.localhost/x
check "the Ingress tells its address" contains "${SLIPWAY_TEST_GATEWAY%:*}" k get ingress good -o jsonpath='{.status.loadBalancer}'
check "a log can be read" contains "listening on 8080, version 1.0" k logs deployment/good
check "a command runs in a pod" contains "hello" k exec deployment/good -- /app run --print hello
check "a job completes" k wait --for=condition=Complete job/errand --timeout=1s
check "a claim gets a volume of the default class" contains Bound k get pvc data -o jsonpath='{.status.phase}'
check "what runs as an ordinary user runs with it" k rollout status deployment/keeper --timeout=1s
check "an image that is missing: ImagePullBackOff" contains ImagePullBackOff state missing state.waiting.reason
check "a crash: CrashLoopBackOff" contains CrashLoopBackOff state crash state.waiting.reason
check "with the exit code 3" contains 3 state crash lastState.terminated.exitCode
check "too much memory: OOMKilled" contains OOMKilled k get pods -l app=oom -o json
check "too big for the node: Unschedulable" contains Unschedulable k get pods -l app=big -o json
check "never ready: runs, but is not ready" contains false state unready ready
check "another architecture: exec format error" contains "exec format error" k logs deployment/foreign
check "the private registry refuses without credentials" contains ImagePullBackOff state refused state.waiting.reason
check "the private registry serves with a pull secret" k rollout status deployment/allowed --timeout=1s
check "one that ignores the end runs" k rollout status deployment/stubborn --timeout=1s
kubectl delete namespace "$space" --wait=false >/dev/null
check_for 90 "a namespace is deleted with all that is in it" not kubectl get namespace "$space"
check "and its volumes with it" eval '[ -z "$(kubectl get persistentvolumes -o name)" ]'
check "and its containers are gone" eval '[ -z "$(ctr -a /run/slipway-containerd/containerd.sock -n k8s.io tasks ls -q)" ]'
