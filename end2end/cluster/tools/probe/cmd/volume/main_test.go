package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAFolderIsMadeAndRemovedWithAllThatIsInIt(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "pvc-1")
	for range 2 {
		if err := run("create", folder); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "data"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := run("delete", folder); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Fatalf("it is still there: %v", err)
	}
}

func TestWhatIsNoActionIsRefused(t *testing.T) {
	if run("", t.TempDir()) == nil {
		t.Fatal("it was taken for one")
	}
}
