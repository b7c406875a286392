// Probe is the test application: a small web server with a health path that can be told, by environment or by
// request, to crash, to hang, to use up memory or to answer late.
//
//	GREETING=Hello BASE_PATH=/shop  what the page says; answers at / and below this path
//	START_DELAY=2s               listens only after that
//	READY_AFTER=2s               /healthz and /readyz answer 503 until then
//	FAIL_HEALTH=1                they always answer 503
//	CRASH_AFTER=2s CRASH_CODE=3  ends by itself
//	HANG=1                       accepts connections and never answers
//	LEAK_MIB_PER_SECOND=50       uses up memory
//	ANSWER_DELAY=1s              every answer is that late
//	IGNORE_TERM=1                does not end when it is told to
//
// GET /env, /echo, /resolve?name=, /slow?ms=; POST /crash, /hang, /leak, /unready, /ready.
//
// `probe run --exit 0 --sleep 1s --print text` does an errand instead.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "run" {
		os.Exit(errand(os.Args[2:]))
	}
	if err := serve(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
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

func serve() error {
	app := newApp(os.Getenv)
	port := app.setting("PORT", "8080")
	server := &http.Server{Addr: ":" + port, Handler: logged(app)}
	ended := endWhenTold(server)
	go app.live()
	select {
	case <-time.After(app.duration("START_DELAY")):
	case <-ended:
		return nil
	}
	// Bound before it is said: who reads the line may come at once.
	listener, err := net.Listen("tcp", server.Addr)
	if err != nil {
		return err
	}
	fmt.Printf("listening on %s, version %s\n", port, app.setting("VERSION", "unknown"))
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-ended
	return nil
}

// endWhenTold answers what is under way before it ends; the channel closes when that is done.
func endWhenTold(server *http.Server) <-chan struct{} {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	ended := make(chan struct{})
	go func() {
		for range told {
			if os.Getenv("IGNORE_TERM") == "" {
				break
			}
			fmt.Println("told to end, and ignores it")
		}
		fmt.Println("told to end")
		patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if server.Shutdown(patience) != nil {
			// Requests that hang never become idle.
			_ = server.Close()
		}
		close(ended)
	}()
	return ended
}

// logged prints a line a request, but none for health: the kubelet asks every second and would drown the rest.
func logged(app *app) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path := app.path(r); path != "/healthz" && path != "/readyz" {
			fmt.Printf("%s %s\n", r.Method, r.URL.Path)
		}
		app.ServeHTTP(w, r)
	})
}
