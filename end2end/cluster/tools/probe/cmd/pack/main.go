// Pack puts files into an OCI image without a container engine, and pushes it to a registry or writes it as an
// archive that containerd imports. The same files give the same digest.
//
//	pack -program bin/probe -to 10.77.0.2:5000/slipway/probe:1.0 -env VERSION=1.0
//	pack -program bin/app -add web=/srv/web -label org.opencontainers.image.version=2 -to …
//	pack -program bin/pause -archive pause.tar -name localhost/pause:1
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

// list is a flag that may be given several times.
type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, strings.Split(value, ",")...); return nil }

func main() {
	var what contents
	flag.StringVar(&what.program, "program", "", "the static program that is started, /app in the image")
	flag.StringVar(&what.arch, "arch", "amd64", "its architecture")
	flag.Var((*list)(&what.files), "add", "SOURCE=/TARGET: a file or a folder with everything below (may be repeated)")
	flag.Var((*list)(&what.env), "env", "NAME=VALUE (may be repeated, or comma-separated)")
	flag.Var((*list)(&what.labels), "label", "NAME=VALUE (may be repeated, or comma-separated)")
	to := flag.String("to", "", "host:port/repository:tag to push to, over plain HTTP")
	user := flag.String("user", "", "name:password of the registry")
	archive := flag.String("archive", "", "file to write instead")
	name := flag.String("name", "", "the name in the archive")
	flag.Parse()
	img, err := build(what)
	if err == nil && *archive != "" {
		err = os.WriteFile(*archive, img.archive(*name), 0o644)
	} else if err == nil {
		err = img.push(*to, *user)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
	fmt.Println(digest(img.manifest))
}
