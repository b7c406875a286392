// Probe is the test application: a small web server with a health path that can be told, by environment or by
// request, to crash, to hang, to use up memory or to answer late.
//
//	READY_AFTER=2s             /healthz answers 503 until then
//	FAIL_HEALTH=1              /healthz always answers 503
//	CRASH_AFTER=2s CRASH_CODE=3  ends by itself
//	LEAK_MIB_PER_SECOND=50     uses up memory
//	ANSWER_DELAY=1s            every answer is that late
//	IGNORE_TERM=1              does not end when it is told to
//	BASE_PATH=/shop            also answers below this path
//
// `probe run --exit 0 --sleep 1s --print text` does an errand instead.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "run" {
		os.Exit(errand(os.Args[2:]))
	}
	serve()
}

func errand(args []string) int {
	flags := flag.NewFlagSet("run", flag.ExitOnError)
	code := flags.Int("exit", 0, "the exit code")
	sleep := flags.Duration("sleep", 0, "how long it takes")
	text := flags.String("print", "", "what it prints")
	_ = flags.Parse(args)
	fmt.Println(*text)
	time.Sleep(*sleep)
	return *code
}

func serve() {
	port := env("PORT", "8080")
	app := newApp(os.Getenv)
	go app.live()
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		for range terminated {
			if os.Getenv("IGNORE_TERM") == "" {
				fmt.Println("told to end")
				os.Exit(0)
			}
			fmt.Println("told to end, and ignores it")
		}
	}()
	fmt.Printf("listening on %s, version %s\n", port, env("VERSION", "unknown"))
	if err := http.ListenAndServe(":"+port, app); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

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
	leak, _ := strconv.ParseInt(env("LEAK_MIB_PER_SECOND"), 10, 64)
	a.leaking.Store(leak)
	return a
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
			for i := range block {
				block[i] = 1
			}
			a.held = append(a.held, block)
		}
	}
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if base := strings.TrimSuffix(a.env("BASE_PATH"), "/"); base != "" && (path == base || strings.HasPrefix(path, base+"/")) {
		path = strings.TrimPrefix(path, base)
	}
	if a.hanging.Load() {
		<-r.Context().Done()
		return
	}
	time.Sleep(a.duration("ANSWER_DELAY"))
	switch path {
	case "/healthz":
		a.health(w)
	case "/env":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(os.Environ())
	case "/resolve":
		addresses, err := net.LookupHost(r.URL.Query().Get("name"))
		fmt.Fprintln(w, addresses, err)
	case "/crash", "/hang", "/leak", "/unready", "/ready":
		a.command(w, r, path)
	case "", "/":
		a.page(w)
	default:
		http.NotFound(w, r)
	}
}

func (a *app) health(w http.ResponseWriter) {
	if a.unready.Load() || time.Since(a.started) < a.duration("READY_AFTER") {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
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

func (a *app) page(w http.ResponseWriter) {
	host, _ := os.Hostname()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>%[1]s</title><style>body{font:16px/1.5 system-ui;max-width:36rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}dt{opacity:.6}dd{margin:0 0 1rem}</style>
<h1>%[1]s</h1><dl><dt>Version</dt><dd>%[2]s</dd><dt>Answered by</dt><dd>%[3]s</dd></dl>
`, html.EscapeString(a.greeting()), html.EscapeString(env("VERSION", "unknown")), html.EscapeString(host))
}

func (a *app) greeting() string {
	if greeting := a.env("GREETING"); greeting != "" {
		return greeting
	}
	return "It works"
}
