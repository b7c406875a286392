# What applications and tests find in the cluster: registries, DNS, an Ingress controller, test images.
# shellcheck shell=bash disable=SC2154

start_services() {
  # On every address: pods may pull from the node's address and from the node's loopback.
  start_registry registry ":5000" ""
  htpasswd -Bbn slipway slipway >"$etc/htpasswd" 2>/dev/null
  start_registry registry-auth "$IP:5001" "auth: {htpasswd: {realm: test, path: $etc/htpasswd}}"
  start_dns
  start_ingress
  wait_for "registry answers" 20 answers "http://$IP:5000/v2/"
  push_images "$IP:5000"
  wait_for "private registry answers" 20 answers "http://$IP:5001/v2/"
  push_images "$IP:5001" -user slipway:slipway
  wait_for "DNS answers" 20 eval ": <>/dev/tcp/$IP/53"
  wait_for "gateway answers" 30 answers "http://$IP:80/"
}

# answers URL : any HTTP answer will do, also a refusal.
answers() { node -e 'fetch(process.argv[1]).then(() => process.exit(0), () => process.exit(1))' "$1"; }

# start_registry NAME ADDRESS MORE : MORE is added to the configuration.
start_registry() {
  cat >"$etc/$1.yml" <<YAML
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $data/$1}, delete: {enabled: true}}
http: {addr: "$2"}
$3
YAML
  local place=()
  [ "$ip" != "$IP" ] || place=(nsenter "--net=/run/netns/$NS" --)
  start "$1" "${place[@]}" docker-registry serve "$etc/$1.yml"
}

# Pods ask the service address; CoreDNS runs beside the node and is reached through an endpoint made by hand.
start_dns() {
  cat >"$etc/Corefile" <<CONF
.:53 {
  bind $IP
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $etc/admin.kubeconfig test
  }
}
CONF
  start coredns nsenter --net=/run/netns/$NS -- coredns -conf "$etc/Corefile"
  kctl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Service
metadata: {name: dns, namespace: kube-system}
spec: {clusterIP: $DNS, ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: dns, namespace: kube-system, labels: {kubernetes.io/service-name: dns}}
addressType: IPv4
endpoints: [{addresses: ["$IP"], conditions: {ready: true}}]
ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
YAML
}

start_ingress() {
  kctl apply -f - >/dev/null <<YAML
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: traefik}
spec: {controller: traefik.io/ingress-controller}
YAML
  start traefik env KUBECONFIG="$etc/admin.kubeconfig" nsenter --net=/run/netns/$NS -- traefik \
    --entrypoints.web.address="$IP:80" --providers.kubernetesingress=true --providers.kubernetesingress.throttleduration=100ms \
    --providers.kubernetesingress.ingressendpoint.ip="$IP" --global.checknewversion=false --global.sendanonymoususage=false
}

# push_images REGISTRY [USER] : two versions of the test application, and one that this machine cannot run.
push_images() {
  local version user=("${@:2}")
  for version in 1.0 1.1; do
    push "$1/slipway/probe:$version" probe -env "VERSION=$version" -label "org.opencontainers.image.version=$version" "${user[@]}"
  done
  push "$1/slipway/probe-arm64:1.0" probe-arm64 -arch arm64 "${user[@]}"
}

push() { local to=$1 program=$2; shift 2; say "$to $(pack -program "$probe_bin/$program" -to "$to" "$@")"; }

# Without a node nothing pulls, but tags are resolved and digests are asked for all the same.
start_loopback_registry() {
  command -v docker-registry >/dev/null || fail "docker-registry is missing; see end2end/cluster/packages.txt"
  start_registry registry "127.0.0.1:$LOOPBACK_REGISTRY" ""
  wait_for "registry answers" 20 answers "http://127.0.0.1:$LOOPBACK_REGISTRY/v2/"
  push_images "127.0.0.1:$LOOPBACK_REGISTRY"
}

stop_services() { stop_all local-path traefik coredns registry registry-auth; }
