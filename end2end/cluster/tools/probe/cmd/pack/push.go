package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
)

func (i *image) push(to, user string) error {
	host, rest, ok := strings.Cut(to, "/")
	colon := strings.LastIndex(rest, ":")
	if !ok || colon < 0 {
		return fmt.Errorf("%q is not host:port/repository:tag", to)
	}
	base := "http://" + host + "/v2/" + rest[:colon]
	for _, blob := range [][]byte{i.layer, i.config} {
		if answer, err := send("HEAD", base+"/blobs/"+digest(blob), "", user, nil); err == nil && answer.StatusCode == http.StatusOK {
			continue
		}
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
