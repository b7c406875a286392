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

func TestBothHealthPathsSayTheSame(t *testing.T) {
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, _ := answer(with(map[string]string{"FAIL_HEALTH": "1"}), http.MethodGet, path); code != 503 {
			t.Errorf("%s of a failing one: %d", path, code)
		}
		if code, _ := answer(with(nil), http.MethodGet, path); code != 200 {
			t.Errorf("%s of a healthy one: %d", path, code)
		}
	}
}

func TestLinksLeadBackThroughTheGateway(t *testing.T) {
	a := with(map[string]string{"BASE_PATH": "/shop"})
	if _, body := answer(a, http.MethodGet, "/shop"); !strings.Contains(body, `href="/shop/echo"`) {
		t.Errorf("without a prefix of the gateway: %s", body)
	}
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.Header.Set("X-Forwarded-Prefix", `/outer"/`)
	recorder := httptest.NewRecorder()
	a.ServeHTTP(recorder, request)
	if !strings.Contains(recorder.Body.String(), `href="/outer&#34;/echo"`) {
		t.Errorf("with one: %s", recorder.Body)
	}
}

func TestEchoTellsWhatArrived(t *testing.T) {
	recorder := httptest.NewRecorder()
	with(nil).ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/echo?a=1", strings.NewReader("hello")))
	for _, part := range []string{`"method":"POST"`, `"body":"hello"`, `"url":"/echo?a=1"`} {
		if !strings.Contains(recorder.Body.String(), part) {
			t.Errorf("%s is not in %s", part, recorder.Body)
		}
	}
}

func TestOneThatHangsAnswersNothing(t *testing.T) {
	for name, a := range map[string]*app{"by environment": with(map[string]string{"HANG": "1"}), "by request": with(nil)} {
		if name == "by request" {
			answer(a, http.MethodPost, "/hang")
		}
		server := httptest.NewServer(a)
		client := http.Client{Timeout: 50 * time.Millisecond}
		if answer, err := client.Get(server.URL + "/healthz"); err == nil {
			answer.Body.Close()
			t.Errorf("%s: it answered %s", name, answer.Status)
		}
		server.Close()
	}
}

func TestASlowAnswerIsLate(t *testing.T) {
	began := time.Now()
	answer(with(nil), http.MethodGet, "/slow?ms=60")
	answer(with(map[string]string{"ANSWER_DELAY": "60ms"}), http.MethodGet, "/healthz")
	if took := time.Since(began); took < 120*time.Millisecond {
		t.Errorf("it took only %s", took)
	}
}
