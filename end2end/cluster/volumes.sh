# Persistent volumes: a default class whose provisioner makes a folder of the node for every claim, and removes it with
# the claim. The folders are below the cluster's state, so they go with it.
# shellcheck shell=bash disable=SC2154

VOLUMES=local-path-storage    # the namespace of the pods that make and remove folders

start_volumes() {
  write_volumes_config
  push "$IP:5000/slipway/volume:1" volume
  kctl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Namespace
metadata: {name: $VOLUMES}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: local-path
  annotations:
    storageclass.kubernetes.io/is-default-class: "true"
    # For these the kubelet sees to the pod's fsGroup.
    defaultVolumeType: local
provisioner: rancher.io/local-path
volumeBindingMode: WaitForFirstConsumer
reclaimPolicy: Delete
YAML
  start local-path nsenter --net=/run/netns/$NS -- local-path-provisioner start --kubeconfig "$etc/admin.kubeconfig" \
    --config "$etc/volumes.json" --helper-pod-file "$etc/volume-pod.yaml" --namespace $VOLUMES --service-account-name default
}

write_volumes_config() {
  cat >"$etc/volumes.json" <<JSON
{"nodePathMap": [{"node": "DEFAULT_PATH_FOR_NON_LISTED_NODES", "paths": ["$data/volumes"]}],
 "setupCommand": "/app", "teardownCommand": "/app", "cmdTimeoutSeconds": 60}
JSON
  cat >"$etc/volume-pod.yaml" <<YAML
apiVersion: v1
kind: Pod
metadata: {name: volume}
spec:
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 0
  containers: [{name: volume, image: "$IP:5000/slipway/volume:1"}]
YAML
}
