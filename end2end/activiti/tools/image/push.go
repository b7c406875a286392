package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
)

func push(archive, to string) (string, error) {
	host, rest, ok := strings.Cut(to, "/")
	colon := strings.LastIndex(rest, ":")
	if !ok || colon < 0 {
		return "", fmt.Errorf("%q is not HOST:PORT/REPOSITORY:TAG", to)
	}
	base := "http://" + host + "/v2/" + rest[:colon]
	from, err := open(archive)
	if err != nil {
		return "", err
	}
	defer from.file.Close()
	image, content, err := from.manifest()
	if err != nil {
		return "", err
	}
	for _, blob := range append([]descriptor{image.Config}, image.Layers...) {
		if err := pushBlob(host, base, from, blob); err != nil {
			return "", err
		}
	}
	_, err = send("PUT", base+"/manifests/"+rest[colon+1:], manifestType, bytes.NewReader(content), int64(len(content)))
	return digest(content), err
}

// pushBlob sends nothing that the registry has: images share their layers.
func pushBlob(host, base string, from *blobs, blob descriptor) error {
	if _, err := send("HEAD", base+"/blobs/"+blob.Digest, "", nil, 0); err == nil {
		return nil
	}
	answer, err := send("POST", base+"/blobs/uploads/", "", nil, 0)
	if err != nil {
		return err
	}
	place := answer.Header.Get("Location")
	if strings.HasPrefix(place, "/") {
		place = "http://" + host + place
	}
	mark := "?"
	if strings.Contains(place, "?") {
		mark = "&"
	}
	part, ok := from.parts[blobName(blob)]
	if !ok {
		return fmt.Errorf("the archive lacks %s", blob.Digest)
	}
	_, err = send("PUT", place+mark+"digest="+blob.Digest, "application/octet-stream", part, part.Size())
	return err
}

func send(method, url, contentType string, body io.Reader, size int64) (*http.Response, error) {
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		return nil, err
	}
	request.ContentLength = size
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s %s", method, url, answer.Status, text)
	}
	return answer, nil
}
