package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// settings is how a container of the image is started.
type settings struct {
	env, entrypoint, labels, volumes, ports []string
	user, folder                            string
}

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Platform    map[string]string `json:"platform,omitempty"`
}

type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType,omitempty"`
	Config        descriptor   `json:"config"`
	Layers        []descriptor `json:"layers"`
}

type index struct {
	SchemaVersion int          `json:"schemaVersion"`
	Manifests     []descriptor `json:"manifests"`
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func describe(mediaType string, b []byte) descriptor {
	return descriptor{MediaType: mediaType, Digest: digest(b), Size: int64(len(b))}
}

func blobName(d descriptor) string {
	return "blobs/sha256/" + strings.TrimPrefix(d.Digest, "sha256:")
}

// writeArchive says the digest of the manifest, by which a registry will know the image.
func writeArchive(out, name string, what settings, layerFiles []string) (string, error) {
	var layers []descriptor
	var contents []string
	for _, file := range layerFiles {
		content, err := os.ReadFile(file + ".digest")
		if err != nil {
			return "", err
		}
		layer, err := describeFile(file)
		if err != nil {
			return "", err
		}
		contents, layers = append(contents, string(content)), append(layers, layer)
	}
	config, err := json.Marshal(map[string]any{
		"architecture": "amd64", "os": "linux", "config": what.json(),
		"rootfs": map[string]any{"type": "layers", "diff_ids": contents},
	})
	if err != nil {
		return "", err
	}
	image, err := json.Marshal(manifest{2, manifestType, describe(configType, config), layers})
	if err != nil {
		return "", err
	}
	entry := describe(manifestType, image)
	entry.Annotations = map[string]string{"io.containerd.image.name": name}
	entry.Platform = map[string]string{"os": "linux", "architecture": "amd64"}
	list, err := json.Marshal(index{2, []descriptor{entry}})
	if err != nil {
		return "", err
	}
	file, err := os.Create(out)
	if err != nil {
		return "", err
	}
	defer file.Close()
	archive := tar.NewWriter(file)
	add := func(name string, size int64, content io.Reader) {
		if err == nil {
			err = archive.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: size})
		}
		if err == nil {
			_, err = io.Copy(archive, content)
		}
	}
	bytes := func(name string, b []byte) { add(name, int64(len(b)), strings.NewReader(string(b))) }
	bytes("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	bytes("index.json", list)
	bytes(blobName(entry), image)
	bytes(blobName(describe(configType, config)), config)
	for i, layer := range layers {
		content, problem := os.Open(layerFiles[i])
		if problem != nil {
			return "", problem
		}
		add(blobName(layer), layer.Size, content)
		content.Close()
	}
	if err == nil {
		err = archive.Close()
	}
	return entry.Digest, err
}

func (s settings) json() map[string]any {
	made := map[string]any{"Env": s.env, "Entrypoint": s.entrypoint, "WorkingDir": s.folder, "User": s.user}
	pairs := map[string]string{}
	for _, label := range s.labels {
		name, value, _ := strings.Cut(label, "=")
		pairs[name] = value
	}
	made["Labels"] = pairs
	for key, names := range map[string][]string{"Volumes": s.volumes, "ExposedPorts": s.ports} {
		set := map[string]any{}
		for _, name := range names {
			set[name] = map[string]any{}
		}
		made[key] = set
	}
	return made
}

func describeFile(name string) (descriptor, error) {
	file, err := os.Open(name)
	if err != nil {
		return descriptor{}, err
	}
	defer file.Close()
	sum := newSummed(io.Discard)
	_, err = io.Copy(sum, file)
	return descriptor{MediaType: layerType, Digest: sum.digest(), Size: sum.size}, err
}

// blobs is an archive opened for reading: where each of its files lies.
type blobs struct {
	file  *os.File
	parts map[string]*io.SectionReader
}

func open(name string) (*blobs, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	found := &blobs{file, map[string]*io.SectionReader{}}
	entries := tar.NewReader(file)
	for {
		header, err := entries.Next()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		place, err := file.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		found.parts[header.Name] = io.NewSectionReader(file, place, header.Size)
	}
}

func (b *blobs) read(name string) ([]byte, error) {
	part, ok := b.parts[name]
	if !ok {
		return nil, fmt.Errorf("%s has no %s", b.file.Name(), name)
	}
	return io.ReadAll(io.NewSectionReader(part, 0, part.Size()))
}

// manifest gives the bytes too: pushing any others would change the digest.
func (b *blobs) manifest() (manifest, []byte, error) {
	var list index
	var image manifest
	content, err := b.read("index.json")
	if err == nil {
		err = json.Unmarshal(content, &list)
	}
	if err == nil && len(list.Manifests) != 1 {
		err = fmt.Errorf("%s holds %d images", b.file.Name(), len(list.Manifests))
	}
	if err == nil {
		content, err = b.read(blobName(list.Manifests[0]))
	}
	if err == nil {
		err = json.Unmarshal(content, &image)
	}
	return image, content, err
}

// describeStart is for a test that starts an unpacked image as a container engine would.
func describeStart(archive string) (string, error) {
	from, err := open(archive)
	if err != nil {
		return "", err
	}
	defer from.file.Close()
	var said struct {
		Config struct{ Env, Entrypoint []string }
	}
	image, _, err := from.manifest()
	var content []byte
	if err == nil {
		content, err = from.read(blobName(image.Config))
	}
	if err == nil {
		err = json.Unmarshal(content, &said)
	}
	var lines []string
	for _, one := range said.Config.Env {
		lines = append(lines, "env "+one)
	}
	for _, one := range said.Config.Entrypoint {
		lines = append(lines, "run "+one)
	}
	return strings.Join(lines, "\n"), err
}

// unpack needs root to give files their owners; without it they belong to who calls.
func unpack(archive, to string) error {
	from, err := open(archive)
	if err != nil {
		return err
	}
	defer from.file.Close()
	image, _, err := from.manifest()
	if err != nil {
		return err
	}
	for _, layer := range image.Layers {
		zip, err := gzip.NewReader(from.parts[blobName(layer)])
		if err != nil {
			return err
		}
		if err := unpackLayer(tar.NewReader(zip), to); err != nil {
			return err
		}
	}
	return nil
}

func unpackLayer(entries *tar.Reader, to string) error {
	for {
		header, err := entries.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = unpackEntry(entries, header, filepath.Join(to, filepath.FromSlash(header.Name)))
		}
		if err != nil {
			return err
		}
	}
}

func unpackEntry(entries *tar.Reader, header *tar.Header, target string) error {
	var err error
	switch header.Typeflag {
	case tar.TypeDir:
		err = os.MkdirAll(target, 0o755)
	case tar.TypeSymlink:
		err = os.Symlink(header.Linkname, target)
	default:
		var file *os.File
		if file, err = os.Create(target); err == nil {
			_, err = io.Copy(file, entries)
			file.Close()
		}
	}
	if err == nil && os.Getuid() == 0 {
		err = os.Lchown(target, header.Uid, header.Gid)
	}
	if err == nil && header.Typeflag != tar.TypeSymlink {
		err = os.Chmod(target, header.FileInfo().Mode())
	}
	return err
}
