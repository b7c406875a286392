package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// owner is a folder that does not belong to root.
type owner struct {
	id   int
	path string
}

func parseOwners(given []string) ([]owner, error) {
	var owners []owner
	for _, one := range given {
		id, place, ok := strings.Cut(one, ":/")
		number, err := strconv.Atoi(id)
		if !ok || err != nil {
			return nil, fmt.Errorf("%q is not UID:/PATH", one)
		}
		owners = append(owners, owner{number, place})
	}
	return owners, nil
}

// ownerOf is root for everything that is not named.
func ownerOf(name string, owners []owner) int {
	for _, one := range owners {
		if name == one.path || strings.HasPrefix(name, one.path+"/") {
			return one.id
		}
	}
	return 0
}

// summed counts and sums what is written through it.
type summed struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

func (s *summed) Write(b []byte) (int, error) {
	s.sum.Write(b)
	s.size += int64(len(b))
	return s.to.Write(b)
}

func (s *summed) digest() string { return "sha256:" + hex.EncodeToString(s.sum.Sum(nil)) }

func newSummed(to io.Writer) *summed { return &summed{to: to, sum: sha256.New()} }

// writeLayer packs what is below a folder, in the order of names, without times, and with the rights that matter only:
// all else would depend on who unpacked it and when. It says the digest of the unpacked content, which the image's
// configuration names, and keeps it in a file beside the layer.
func writeLayer(root, out string, owners []owner) (string, error) {
	file, err := os.Create(out)
	if err != nil {
		return "", err
	}
	defer file.Close()
	zip, _ := gzip.NewWriterLevel(file, gzip.BestCompression)
	plain := newSummed(zip)
	entries := tar.NewWriter(plain)
	err = filepath.WalkDir(root, func(from string, entry fs.DirEntry, err error) error {
		if err != nil || from == root {
			return err
		}
		return writeEntry(entries, root, from, entry, owners)
	})
	for _, closing := range []func() error{entries.Close, zip.Close, file.Close} {
		if problem := closing(); err == nil {
			err = problem
		}
	}
	if err != nil {
		return "", err
	}
	return plain.digest(), os.WriteFile(out+".digest", []byte(plain.digest()), 0o644)
}

func writeEntry(entries *tar.Writer, root, from string, entry fs.DirEntry, owners []owner) error {
	below, err := filepath.Rel(root, from)
	if err != nil {
		return err
	}
	name := filepath.ToSlash(below)
	info, err := entry.Info()
	if err != nil {
		return err
	}
	id := ownerOf(name, owners)
	header := &tar.Header{Name: name, Uid: id, Gid: id, Mode: mode(info, id), Format: tar.FormatPAX}
	switch {
	case info.IsDir():
		header.Typeflag, header.Name = tar.TypeDir, name+"/"
		return entries.WriteHeader(header)
	case info.Mode()&fs.ModeSymlink != 0:
		header.Typeflag = tar.TypeSymlink
		if header.Linkname, err = os.Readlink(from); err != nil {
			return err
		}
		return entries.WriteHeader(header)
	case info.Mode().IsRegular():
		header.Typeflag, header.Size = tar.TypeReg, info.Size()
		if err := entries.WriteHeader(header); err != nil {
			return err
		}
		content, err := os.Open(from)
		if err != nil {
			return err
		}
		defer content.Close()
		_, err = io.Copy(entries, content)
		return err
	}
	return fmt.Errorf("%s is neither file, folder nor link", from)
}

// mode drops what does not serve in an image that runs as one user: set-user-ID above all.
func mode(info fs.FileInfo, id int) int64 {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return 0o777
	case info.IsDir() && info.Mode()&fs.ModeSticky != 0:
		return 0o1777
	case info.IsDir() && id != 0:
		// The group, because a cluster may give a pod another user but the folder's group.
		return 0o775
	case info.IsDir() || info.Mode()&0o100 != 0:
		return 0o755
	}
	return 0o644
}
