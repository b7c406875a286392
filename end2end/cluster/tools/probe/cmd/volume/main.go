// Volume makes and removes the folder of a persistent volume. The volume provisioner runs it in a pod on the node,
// as it would run a shell in other clusters.
//
//	volume -a create -p /volumes/pvc-1 -m Filesystem -s 1073741824
//	volume -a delete -p /volumes/pvc-1
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	action := flag.String("a", "", "create or delete")
	path := flag.String("p", "", "the folder")
	flag.String("m", "", "the volume's mode: only file systems are made here")
	flag.Int64("s", 0, "the volume's size: nothing here limits it")
	flag.Parse()
	if err := run(*action, *path); err != nil {
		fmt.Fprintln(os.Stderr, "volume:", err)
		os.Exit(1)
	}
}

func run(action, path string) error {
	switch action {
	case "create":
		// Not for everybody: whose it is, the kubelet says by the pod's fsGroup.
		return os.MkdirAll(path, 0o770)
	case "delete":
		return os.RemoveAll(path)
	default:
		return fmt.Errorf("%q is neither create nor delete", action)
	}
}
