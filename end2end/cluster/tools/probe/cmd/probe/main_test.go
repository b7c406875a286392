package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func answer(a *app, method, path string) (int, string) {
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
	return recorder.Code, recorder.Body.String()
}

func with(values map[string]string) *app {
	return newApp(func(name string) string { return values[name] })
}

func TestItAnswersAtItsRootAndBelowItsBasePath(t *testing.T) {
	a := with(map[string]string{"BASE_PATH": "/shop", "GREETING": "Good <morning>"})
	for _, path := range []string{"/", "/shop", "/shop/"} {
		code, body := answer(a, http.MethodGet, path)
		if code != 200 || !strings.Contains(body, "Good &lt;morning&gt;") {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	if code, _ := answer(a, http.MethodGet, "/shopping"); code != 404 {
		t.Errorf("a path that only begins like the base is another one: %d", code)
	}
}

func TestItIsReadyOnlyAfterItsTime(t *testing.T) {
	a := with(map[string]string{"READY_AFTER": "1h"})
	if code, _ := answer(a, http.MethodGet, "/healthz"); code != 503 {
		t.Errorf("too early: %d", code)
	}
	a.started = time.Now().Add(-2 * time.Hour)
	if code, _ := answer(a, http.MethodGet, "/healthz"); code != 200 {
		t.Errorf("too late: %d", code)
	}
}

func TestItCanBeMadeUnreadyAndReadyAgain(t *testing.T) {
	a := with(map[string]string{"BASE_PATH": "/shop"})
	answer(a, http.MethodPost, "/shop/unready")
	if code, _ := answer(a, http.MethodGet, "/healthz"); code != 503 {
		t.Errorf("still ready: %d", code)
	}
	answer(a, http.MethodPost, "/shop/ready")
	if code, _ := answer(a, http.MethodGet, "/healthz"); code != 200 {
		t.Errorf("still unready: %d", code)
	}
}

func TestOnlyAPostChangesIt(t *testing.T) {
	if code, _ := answer(with(nil), http.MethodGet, "/unready"); code != 405 {
		t.Errorf("a GET changed it: %d", code)
	}
}
