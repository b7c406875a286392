package main

import (
	"archive/tar"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// folder makes a folder with the given files, all of them with that time.
func folder(t *testing.T, at time.Time, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("content of "+name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func built(t *testing.T, what contents) *image {
	t.Helper()
	img, err := build(what)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestTheSameFilesGiveTheSameDigest(t *testing.T) {
	one := folder(t, time.Unix(1, 0), "app", "web/b", "web/a")
	other := folder(t, time.Unix(1_000_000, 0), "web/a", "web/b", "app")
	pack := func(root, version string) string {
		return digest(built(t, contents{program: root + "/app", arch: "amd64", files: []string{root + "/web=/srv"}, env: []string{"VERSION=" + version}}).manifest)
	}
	if pack(one, "1") != pack(other, "1") {
		t.Error("times or order made another digest")
	}
	if pack(one, "1") == pack(one, "2") {
		t.Error("another environment is another image")
	}
}

func TestAFolderIsPackedWithWhatIsBelow(t *testing.T) {
	root := folder(t, time.Now(), "a", "deep/b")
	if err := os.Symlink("a", root+"/link"); err != nil {
		t.Fatal(err)
	}
	plain, err := layer(contents{files: []string{root + "=/srv/web"}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for files := tar.NewReader(bytes.NewReader(plain)); ; {
		header, err := files.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name)
	}
	if got := strings.Join(names, " "); got != "tmp/ srv/web/ srv/web/a srv/web/deep/ srv/web/deep/b srv/web/link" {
		t.Error(got)
	}
}

// registry is as much of a registry as a push needs; it wants to be asked by name and password.
func registry(t *testing.T, blobs map[string][]byte, uploads *int) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := r.BasicAuth(); name != "slipway" || password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.Method == http.MethodHead && blobs[filepath.Base(r.URL.Path)] != nil:
		case r.Method == http.MethodPost:
			*uploads++
			w.Header().Set("Location", "/v2/a/b/blobs/uploads/1?state=x")
			w.WriteHeader(http.StatusAccepted)
		case r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/blobs/"):
			blobs[r.URL.Query().Get("digest")] = body
			w.WriteHeader(http.StatusCreated)
		case r.Method == http.MethodPut:
			blobs[filepath.Base(r.URL.Path)] = body
			w.WriteHeader(http.StatusCreated)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func TestAPushUploadsOnceAndNamesTheImage(t *testing.T) {
	blobs, uploads := map[string][]byte{}, 0
	to := strings.TrimPrefix(registry(t, blobs, &uploads).URL, "http://") + "/a/b:1"
	img := built(t, contents{program: folder(t, time.Now(), "app") + "/app", arch: "amd64"})
	for range 2 {
		if err := img.push(to, "slipway:secret"); err != nil {
			t.Fatal(err)
		}
	}
	if uploads != 2 || !bytes.Equal(blobs["1"], img.manifest) || !bytes.Equal(blobs[digest(img.layer)], img.layer) {
		t.Errorf("%d uploads, %d blobs", uploads, len(blobs))
	}
	if err := img.push(to, "slipway:wrong"); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a refusal is an error: %v", err)
	}
}
