# What applications and tests find in the cluster: registries, DNS, an Ingress controller, test images.
# shellcheck shell=bash disable=SC2154

start_services() {
  start_registry registry 5000 ""
  htpasswd -Bbn slipway slipway >"$etc/htpasswd" 2>/dev/null
  start_registry registry-auth 5001 "auth: {htpasswd: {realm: test, path: $etc/htpasswd}}"
  start_dns
  start_ingress
  wait_for "registry answers" 20 answers "http://$IP:5000/v2/"
  push_images
  wait_for "gateway answers" 30 answers "http://$IP:80/"
}

# answers URL : any HTTP answer will do, also a refusal.
answers() { node -e 'fetch(process.argv[1]).then(() => process.exit(0), () => process.exit(1))' "$1"; }

start_registry() {
  cat >"$etc/$1.yml" <<YAML
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $data/$1}, delete: {enabled: true}}
http: {addr: "$IP:$2"}
$3
YAML
  start "$1" nsenter --net=/run/netns/$NS -- docker-registry serve "$etc/$1.yml"
}

# Pods ask the service address; CoreDNS runs beside the node and is reached through an endpoint made by hand.
start_dns() {
  cat >"$etc/Corefile" <<CONF
.:53 {
  bind $IP
  errors
  kubernetes cluster.local in-addr.arpa { kubeconfig $etc/admin.kubeconfig test }
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

push_images() {
  local version
  for version in 1.0 1.1; do
    say "slipway/probe:$version $(pack -program "$probe_bin/probe" -to "$IP:5000/slipway/probe:$version" -env VERSION=$version)"
  done
  pack -program "$probe_bin/probe-arm64" -arch arm64 -to "$IP:5000/slipway/probe-arm64:1.0" >/dev/null
  wait_for "private registry answers" 20 answers "http://$IP:5001/v2/"
  pack -program "$probe_bin/probe" -to "$IP:5001/slipway/probe:1.0" -user slipway:slipway >/dev/null
}

stop_services() { stop traefik; stop coredns; stop registry; stop registry-auth; }
