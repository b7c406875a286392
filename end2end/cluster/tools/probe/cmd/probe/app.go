package main

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// app is the server and how it behaves at the moment.
type app struct {
	env     func(string) string
	started time.Time
	hanging atomic.Bool
	unready atomic.Bool
	leaking atomic.Int64
	held    [][]byte
}

func newApp(env func(string) string) *app {
	a := &app{env: env, started: time.Now()}
	a.unready.Store(env("FAIL_HEALTH") != "")
	a.hanging.Store(env("HANG") != "")
	leak, _ := strconv.ParseInt(env("LEAK_MIB_PER_SECOND"), 10, 64)
	a.leaking.Store(leak)
	return a
}

func (a *app) setting(name, otherwise string) string {
	if value := a.env(name); value != "" {
		return value
	}
	return otherwise
}

func (a *app) duration(name string) time.Duration {
	d, _ := time.ParseDuration(a.env(name))
	return d
}

// live does what happens without a request: leaks and crashes.
func (a *app) live() {
	if after := a.duration("CRASH_AFTER"); after > 0 {
		go func() {
			time.Sleep(after)
			code, err := strconv.Atoi(a.env("CRASH_CODE"))
			if err != nil {
				code = 1
			}
			fmt.Printf("crashes with %d, as it was told\n", code)
			os.Exit(code)
		}()
	}
	for range time.Tick(100 * time.Millisecond) {
		if mib := a.leaking.Load(); mib > 0 {
			block := make([]byte, mib<<20/10)
			// Memory counts only once it is written to.
			for i := range block {
				block[i] = 1
			}
			a.held = append(a.held, block)
		}
	}
}

// path is the request's path below the base path, if it is below.
func (a *app) path(r *http.Request) string {
	base := strings.TrimSuffix(a.env("BASE_PATH"), "/")
	if base != "" && (r.URL.Path == base || strings.HasPrefix(r.URL.Path, base+"/")) {
		return strings.TrimPrefix(r.URL.Path, base)
	}
	return r.URL.Path
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.hanging.Load() {
		<-r.Context().Done()
		return
	}
	time.Sleep(a.duration("ANSWER_DELAY"))
	switch path := a.path(r); path {
	case "/healthz", "/readyz":
		a.health(w)
	case "/env":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(os.Environ())
	case "/echo":
		a.echo(w, r)
	case "/resolve":
		addresses, err := net.LookupHost(r.URL.Query().Get("name"))
		fmt.Fprintln(w, addresses, err)
	case "/slow":
		ms, _ := strconv.Atoi(r.URL.Query().Get("ms"))
		time.Sleep(time.Duration(ms) * time.Millisecond)
		fmt.Fprintln(w, "done")
	case "/crash", "/hang", "/leak", "/unready", "/ready":
		a.command(w, r, path)
	case "", "/":
		a.page(w, r)
	default:
		http.NotFound(w, r)
	}
}

// health is one answer for both paths: releases name a single health path, and it decides about readiness.
func (a *app) health(w http.ResponseWriter) {
	if a.unready.Load() || time.Since(a.started) < a.duration("READY_AFTER") {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// echo tells what arrived, for tests of what the gateway does with a request.
func (a *app) echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"method": r.Method, "host": r.Host, "url": r.URL.String(), "headers": r.Header, "body": string(body),
	})
}

func (a *app) command(w http.ResponseWriter, r *http.Request, path string) {
	if r.Method != http.MethodPost {
		http.Error(w, "POST it", http.StatusMethodNotAllowed)
		return
	}
	switch path {
	case "/crash":
		fmt.Println("crashes, as it was asked")
		os.Exit(3)
	case "/hang":
		a.hanging.Store(true)
	case "/leak":
		a.leaking.Store(50)
	case "/unready":
		a.unready.Store(true)
	case "/ready":
		a.unready.Store(false)
	}
	fmt.Fprintln(w, "done")
}

func (a *app) page(w http.ResponseWriter, r *http.Request) {
	host, _ := os.Hostname()
	// Where a browser finds this page: a gateway that strips a path says which; otherwise it is the base path.
	prefix := r.Header.Get("X-Forwarded-Prefix")
	if prefix == "" {
		prefix = a.env("BASE_PATH")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>%[1]s</title><style>body{font:16px/1.5 system-ui;max-width:36rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}dt{opacity:.6}dd{margin:0 0 1rem}</style>
<h1>%[1]s</h1><dl><dt>Application</dt><dd>%[5]s</dd><dt>Version</dt><dd>%[2]s</dd><dt>Answered by</dt><dd>%[3]s</dd></dl>
<p><a href="%[4]s/echo">What arrived here</a></p>
`, html.EscapeString(a.setting("GREETING", "It works")), html.EscapeString(a.setting("VERSION", "unknown")),
		html.EscapeString(host), html.EscapeString(strings.TrimSuffix(prefix, "/")), html.EscapeString(a.setting("NAME", "probe")))
}
