# What must hold for a control plane alone. Sourced by verify.sh.
# shellcheck shell=bash disable=SC2154

check "the node on paper is ready" kubectl wait --for=condition=Ready node/paper --timeout=1s
k create deployment good --image="$SLIPWAY_TEST_REGISTRY/slipway/probe:1.0" --replicas=2 >/dev/null
check "pods are scheduled to it" [ "$(sleep 2; k get pods -o 'jsonpath={.items[*].spec.nodeName}')" = "paper paper" ]
check "the registry has the test image" contains schemaVersion \
  fetch -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://$SLIPWAY_TEST_REGISTRY/v2/slipway/probe/manifests/1.1"
# A lost lease shows after 40 to 50 seconds.
sleep 60
check_for 1 "a minute later it is still ready" kubectl wait --for=condition=Ready node/paper --timeout=1s
# Nobody confirms that a pod of a node on paper has ended.
k delete deployment good >/dev/null
k delete pods --all --grace-period=0 --force >/dev/null 2>&1
kubectl delete namespace "$space" --wait=false >/dev/null
check "a namespace is deleted" not kubectl get namespace "$space"
