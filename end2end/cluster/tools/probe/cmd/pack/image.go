package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// contents is what an image is made of.
type contents struct {
	program, arch      string
	files, env, labels []string
}

type image struct {
	arch                    string
	layer, config, manifest []byte
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func build(what contents) (*image, error) {
	plain, err := layer(what)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write(plain)
	if err := zip.Close(); err != nil {
		return nil, err
	}
	labels := map[string]string{}
	for _, label := range what.labels {
		name, value, _ := strings.Cut(label, "=")
		labels[name] = value
	}
	settings := map[string]any{"Env": append([]string{"PATH=/"}, what.env...), "Labels": labels}
	if what.program != "" {
		settings["Entrypoint"] = []string{"/app"}
	}
	config, _ := json.Marshal(map[string]any{
		"architecture": what.arch, "os": "linux", "config": settings,
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{digest(plain)}},
	})
	manifest, _ := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": descriptor("application/vnd.oci.image.config.v1+json", config),
		"layers": []any{descriptor("application/vnd.oci.image.layer.v1.tar+gzip", packed.Bytes())},
	})
	return &image{what.arch, packed.Bytes(), config, manifest}, nil
}

// layer is a tar without times and owners, in a fixed order: they would make another digest of the same files.
func layer(what contents) ([]byte, error) {
	var plain bytes.Buffer
	files := tar.NewWriter(&plain)
	// /tmp is there because programs expect it.
	if err := files.WriteHeader(&tar.Header{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777}); err != nil {
		return nil, err
	}
	if what.program != "" {
		if err := add(files, what.program, "app", 0o755); err != nil {
			return nil, err
		}
	}
	for _, file := range what.files {
		source, target, ok := strings.Cut(file, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not SOURCE=/TARGET", file)
		}
		if err := addAll(files, source, strings.TrimPrefix(target, "/")); err != nil {
			return nil, err
		}
	}
	err := files.Close()
	return plain.Bytes(), err
}

// addAll adds a file, or a folder with everything below; WalkDir goes in the order of names.
func addAll(files *tar.Writer, source, target string) error {
	return filepath.WalkDir(source, func(from string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(source, from)
		if err != nil {
			return err
		}
		to := path.Join(target, filepath.ToSlash(below))
		info, err := entry.Info()
		if err != nil {
			return err
		}
		// Only whether it can be executed: other bits depend on who checked it out.
		mode := int64(0o644)
		if info.Mode()&0o100 != 0 {
			mode = 0o755
		}
		switch {
		case entry.IsDir():
			return files.WriteHeader(&tar.Header{Name: to + "/", Typeflag: tar.TypeDir, Mode: 0o755})
		case info.Mode()&fs.ModeSymlink != 0:
			link, err := os.Readlink(from)
			if err != nil {
				return err
			}
			return files.WriteHeader(&tar.Header{Name: to, Typeflag: tar.TypeSymlink, Linkname: link, Mode: 0o777})
		case info.Mode().IsRegular():
			return add(files, from, to, mode)
		}
		return fmt.Errorf("%s is neither file, folder nor link", from)
	})
}

func add(files *tar.Writer, from, to string, mode int64) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := files.WriteHeader(&tar.Header{Name: to, Typeflag: tar.TypeReg, Mode: mode, Size: int64(len(content))}); err != nil {
		return err
	}
	_, err = files.Write(content)
	return err
}

func descriptor(mediaType string, b []byte) map[string]any {
	return map[string]any{"mediaType": mediaType, "digest": digest(b), "size": len(b)}
}

func (i *image) archive(name string) []byte {
	var out bytes.Buffer
	files := tar.NewWriter(&out)
	add := func(name string, b []byte) {
		_ = files.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(b))})
		_, _ = files.Write(b)
	}
	entry := descriptor("application/vnd.oci.image.manifest.v1+json", i.manifest)
	entry["annotations"] = map[string]string{"io.containerd.image.name": name}
	entry["platform"] = map[string]string{"os": "linux", "architecture": i.arch}
	index, _ := json.Marshal(map[string]any{"schemaVersion": 2, "manifests": []any{entry}})
	add("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	add("index.json", index)
	for _, blob := range [][]byte{i.layer, i.config, i.manifest} {
		add("blobs/sha256/"+strings.TrimPrefix(digest(blob), "sha256:"), blob)
	}
	_ = files.Close()
	return out.Bytes()
}
