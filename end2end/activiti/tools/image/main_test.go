package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// root makes the same files, however this process makes files.
func root(t *testing.T, mode os.FileMode) string {
	t.Helper()
	folder := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(folder, "var/lib/data"), 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "start"), []byte("#!/bin/sh\n"), mode))
	must(t, os.Symlink("start", filepath.Join(folder, "alias")))
	must(t, os.Mkdir(filepath.Join(folder, "tmp"), 0o700))
	must(t, os.Chmod(filepath.Join(folder, "tmp"), 0o777|os.ModeSticky))
	return folder
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func pack(t *testing.T, folder string) (archive, sum string) {
	t.Helper()
	place := t.TempDir()
	_, err := writeLayer(folder, filepath.Join(place, "layer.tgz"), []owner{{10001, "var/lib/data"}})
	must(t, err)
	archive = filepath.Join(place, "image.tar")
	what := settings{env: []string{"A=1"}, entrypoint: []string{"/start", "now"}, user: "10001:10001", volumes: []string{"/var/lib/data"}}
	sum, err = writeArchive(archive, "localhost/x:1", what, []string{filepath.Join(place, "layer.tgz")})
	must(t, err)
	return archive, sum
}

func TestTheSameFilesGiveTheSameDigest(t *testing.T) {
	first, second := root(t, 0o700), root(t, 0o755)
	must(t, os.Chtimes(filepath.Join(second, "start"), time.Unix(1, 0), time.Unix(1, 0)))
	_, one := pack(t, first)
	_, other := pack(t, second)
	if one != other {
		t.Errorf("%s and %s", one, other)
	}
	must(t, os.WriteFile(filepath.Join(second, "start"), []byte("#!/bin/bash\n"), 0o755))
	if _, changed := pack(t, second); changed == one {
		t.Error("another content has the same digest")
	}
}

func TestWhatIsPackedIsUnpacked(t *testing.T) {
	archive, _ := pack(t, root(t, 0o755))
	to := t.TempDir()
	must(t, unpack(archive, to))
	if content, err := os.ReadFile(filepath.Join(to, "alias")); err != nil || string(content) != "#!/bin/sh\n" {
		t.Errorf("%q %v", content, err)
	}
	if info, err := os.Stat(filepath.Join(to, "tmp")); err != nil || info.Mode() != os.ModeDir|os.ModeSticky|0o777 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Join(to, "var/lib/data")); err != nil || info.Mode().Perm() != 0o775 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if said, err := describeStart(archive); err != nil || said != "env A=1\nrun /start\nrun now" {
		t.Errorf("%q %v", said, err)
	}
}

// A registry that keeps what it is sent and counts it.
func registry(t *testing.T) (*httptest.Server, map[string]string, *int) {
	t.Helper()
	kept, sent := map[string]string{}, new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		switch {
		case r.Method == "HEAD" && kept[name] == "":
			w.WriteHeader(http.StatusNotFound)
		case r.Method == "POST":
			w.Header().Set("Location", "/upload?session=1")
			w.WriteHeader(http.StatusAccepted)
		case r.Method == "PUT" && r.URL.Query().Get("digest") != "":
			kept[r.URL.Query().Get("digest")] = string(body)
			*sent++
			w.WriteHeader(http.StatusCreated)
		case r.Method == "PUT":
			kept[name] = string(body)
			w.WriteHeader(http.StatusCreated)
		}
	}))
	t.Cleanup(server.Close)
	return server, kept, sent
}

func TestPushSendsEachBlobOnce(t *testing.T) {
	server, kept, sent := registry(t)
	archive, sum := pack(t, root(t, 0o755))
	to := strings.TrimPrefix(server.URL, "http://") + "/slipway/x:1"
	for range 2 {
		said, err := push(archive, to)
		must(t, err)
		if said != sum || digest([]byte(kept["1"])) != sum {
			t.Errorf("pushed %s, is %s", said, sum)
		}
	}
	if *sent != 2 {
		t.Errorf("%d blobs were sent", *sent)
	}
	for name, content := range kept {
		if name != "1" && digest([]byte(content)) != name {
			t.Errorf("%s is not what it says", name)
		}
	}
	if _, err := push(archive, "nowhere"); err == nil {
		t.Error("a name without registry is taken")
	}
}
