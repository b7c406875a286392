// Pack puts one static program into an OCI image without a container engine, and pushes it to a registry or
// writes it as an archive that containerd imports. The same program gives the same digest.
//
//	pack -program bin/probe -to 10.77.0.2:5000/slipway/probe:1.0 -env VERSION=1.0
//	pack -program bin/pause -archive pause.tar -name localhost/pause:1
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

type image struct {
	layer, config, manifest []byte
}

func main() {
	program := flag.String("program", "", "the static program")
	arch := flag.String("arch", "amd64", "its architecture")
	variables := flag.String("env", "", "environment, comma-separated")
	to := flag.String("to", "", "host:port/repository:tag to push to, over plain HTTP")
	user := flag.String("user", "", "name:password of the registry")
	archive := flag.String("archive", "", "file to write instead")
	name := flag.String("name", "", "the name in the archive")
	flag.Parse()
	img, err := build(*program, *arch, *variables)
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

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func build(program, arch, variables string) (*image, error) {
	content, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var plain bytes.Buffer
	files := tar.NewWriter(&plain)
	// /tmp is there because programs expect it.
	_ = files.WriteHeader(&tar.Header{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777})
	_ = files.WriteHeader(&tar.Header{Name: "app", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(content))})
	_, _ = files.Write(content)
	if err := files.Close(); err != nil {
		return nil, err
	}
	var layer bytes.Buffer
	zip := gzip.NewWriter(&layer)
	_, _ = zip.Write(plain.Bytes())
	if err := zip.Close(); err != nil {
		return nil, err
	}
	env := []string{"PATH=/"}
	if variables != "" {
		env = append(env, strings.Split(variables, ",")...)
	}
	config, _ := json.Marshal(map[string]any{
		"architecture": arch, "os": "linux",
		"config": map[string]any{"Entrypoint": []string{"/app"}, "Env": env},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{digest(plain.Bytes())}},
	})
	manifest, _ := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": descriptor("application/vnd.oci.image.config.v1+json", config),
		"layers": []any{descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer.Bytes())},
	})
	return &image{layer.Bytes(), config, manifest}, nil
}

func descriptor(mediaType string, b []byte) map[string]any {
	return map[string]any{"mediaType": mediaType, "digest": digest(b), "size": len(b)}
}

func (i *image) push(to, user string) error {
	host, rest, ok := strings.Cut(to, "/")
	colon := strings.LastIndex(rest, ":")
	if !ok || colon < 0 {
		return fmt.Errorf("%q is not host:port/repository:tag", to)
	}
	base := "http://" + host + "/v2/" + rest[:colon]
	for _, blob := range [][]byte{i.layer, i.config} {
		answer, err := send("POST", base+"/blobs/uploads/", "", user, nil)
		if err != nil {
			return err
		}
		place := answer.Header.Get("Location")
		mark := "?"
		if strings.Contains(place, "?") {
			mark = "&"
		}
		if strings.HasPrefix(place, "/") {
			place = "http://" + host + place
		}
		if _, err := send("PUT", place+mark+"digest="+digest(blob), "application/octet-stream", user, blob); err != nil {
			return err
		}
	}
	_, err := send("PUT", base+"/manifests/"+rest[colon+1:], "application/vnd.oci.image.manifest.v1+json", user, i.manifest)
	return err
}

func send(method, url, contentType, user string, body []byte) (*http.Response, error) {
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if name, password, ok := strings.Cut(user, ":"); ok {
		request.SetBasicAuth(name, password)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		text, _ := io.ReadAll(answer.Body)
		return nil, fmt.Errorf("%s %s: %s %s", method, url, answer.Status, text)
	}
	return answer, nil
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
	entry["platform"] = map[string]string{"os": "linux", "architecture": "amd64"}
	index, _ := json.Marshal(map[string]any{"schemaVersion": 2, "manifests": []any{entry}})
	add("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	add("index.json", index)
	for _, blob := range [][]byte{i.layer, i.config, i.manifest} {
		add("blobs/sha256/"+strings.TrimPrefix(digest(blob), "sha256:"), blob)
	}
	_ = files.Close()
	return out.Bytes()
}
