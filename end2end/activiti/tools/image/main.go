// Image makes OCI images of root file systems without a container engine, and pushes them. The same files give the
// same digest, whoever unpacked them and when.
//
//	image layer -out layer.tgz [-own 10001:/var/lib/data] ROOT   a folder as a layer; prints the digest of its content
//	image archive -out image.tar -name N [SETTINGS] LAYER...      an OCI archive of layers
//	image push ARCHIVE HOST:PORT/REPOSITORY:TAG                   over plain HTTP; what is there is not sent again
//	image unpack ARCHIVE FOLDER                                   what a container would see, for tests
//	image settings ARCHIVE                                        how it is started: lines "env NAME=VALUE" and "run WORD"
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

// list is a flag that may be given several times.
type list []string

func (l *list) String() string         { return strings.Join(*l, " ") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "image: layer, archive, push, unpack or settings")
		os.Exit(2)
	}
	commands := map[string]func([]string) (string, error){"layer": layerCommand, "archive": archiveCommand, "push": pushCommand, "unpack": unpackCommand, "settings": settingsCommand}
	command, ok := commands[os.Args[1]]
	if !ok {
		fmt.Fprintf(os.Stderr, "image: no command %q\n", os.Args[1])
		os.Exit(2)
	}
	said, err := command(os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
	fmt.Println(said)
}

func layerCommand(arguments []string) (string, error) {
	flags := flag.NewFlagSet("layer", flag.ExitOnError)
	out := flags.String("out", "", "file to write")
	var owned list
	flags.Var(&owned, "own", "UID:/PATH: this folder and everything below belongs to that user and group (may be repeated)")
	_ = flags.Parse(arguments)
	if *out == "" || flags.NArg() != 1 {
		return "", fmt.Errorf("layer: -out and a folder are needed")
	}
	owners, err := parseOwners(owned)
	if err != nil {
		return "", err
	}
	return writeLayer(flags.Arg(0), *out, owners)
}

func archiveCommand(arguments []string) (string, error) {
	flags := flag.NewFlagSet("archive", flag.ExitOnError)
	out := flags.String("out", "", "file to write")
	name := flags.String("name", "", "the name that the archive gives the image")
	var what settings
	flags.Var((*list)(&what.env), "env", "NAME=VALUE (may be repeated)")
	flags.Var((*list)(&what.entrypoint), "entrypoint", "one word of what is started (may be repeated)")
	flags.Var((*list)(&what.labels), "label", "NAME=VALUE (may be repeated)")
	flags.Var((*list)(&what.volumes), "volume", "a folder that outlives the container (may be repeated)")
	flags.Var((*list)(&what.ports), "port", "a port it listens on, 8080/tcp (may be repeated)")
	flags.StringVar(&what.user, "user", "", "UID:GID it runs as")
	flags.StringVar(&what.folder, "folder", "/", "working directory")
	_ = flags.Parse(arguments)
	if *out == "" || flags.NArg() == 0 {
		return "", fmt.Errorf("archive: -out and layers are needed")
	}
	return writeArchive(*out, *name, what, flags.Args())
}

func pushCommand(arguments []string) (string, error) {
	if len(arguments) != 2 {
		return "", fmt.Errorf("push: an archive and HOST:PORT/REPOSITORY:TAG are needed")
	}
	return push(arguments[0], arguments[1])
}

func unpackCommand(arguments []string) (string, error) {
	if len(arguments) != 2 {
		return "", fmt.Errorf("unpack: an archive and a folder are needed")
	}
	return arguments[1], unpack(arguments[0], arguments[1])
}

func settingsCommand(arguments []string) (string, error) {
	if len(arguments) != 1 {
		return "", fmt.Errorf("settings: an archive is needed")
	}
	return describeStart(arguments[0])
}
