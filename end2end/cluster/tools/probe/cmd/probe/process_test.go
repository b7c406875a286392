package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test program itself becomes the application if it is told to.
func TestMain(m *testing.M) {
	if os.Getenv("BE_THE_PROBE") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func probe(t *testing.T, args []string, env ...string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), append(env, "BE_THE_PROBE=1")...)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	return command, bufio.NewReader(out)
}

func exitCode(t *testing.T, command *exec.Cmd) int {
	t.Helper()
	err := command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode()
}

func TestAnErrandPrintsAndEndsWithItsCode(t *testing.T) {
	command, out := probe(t, []string{"run", "--exit", "7", "--print", "migrated"})
	text, _ := io.ReadAll(out)
	if code := exitCode(t, command); code != 7 || string(text) != "migrated\n" {
		t.Errorf("%d %q", code, text)
	}
}

func TestItCrashesWithItsCode(t *testing.T) {
	command, out := probe(t, nil, "PORT=18473", "CRASH_AFTER=10ms", "CRASH_CODE=3")
	text, _ := io.ReadAll(out)
	if code := exitCode(t, command); code != 3 || !strings.Contains(string(text), "crashes with 3") {
		t.Errorf("%d %q", code, text)
	}
}

func TestToldToEndItFinishesWhatIsUnderWay(t *testing.T) {
	command, out := probe(t, nil, "PORT=18474")
	awaitLine(t, out, "listening")
	answered := make(chan error, 1)
	go func() {
		answer, err := http.Get("http://127.0.0.1:18474/slow?ms=300")
		if err == nil {
			answer.Body.Close()
		}
		answered <- err
	}()
	awaitLine(t, out, "GET /slow")
	_ = command.Process.Signal(syscall.SIGTERM)
	if err := <-answered; err != nil {
		t.Errorf("the request under way was cut off: %v", err)
	}
	if code := exitCode(t, command); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}

func TestItIgnoresTheEndIfItIsToldToIgnoreIt(t *testing.T) {
	command, out := probe(t, nil, "PORT=18475", "IGNORE_TERM=1")
	awaitLine(t, out, "listening")
	_ = command.Process.Signal(syscall.SIGTERM)
	awaitLine(t, out, "ignores it")
	if command.ProcessState != nil || command.Process.Signal(syscall.Signal(0)) != nil {
		t.Error("it ended")
	}
}

func TestItListensOnlyAfterItsDelay(t *testing.T) {
	began := time.Now()
	_, out := probe(t, nil, "PORT=18476", "START_DELAY=200ms")
	awaitLine(t, out, "listening")
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("it listened after %s", took)
	}
}

func awaitLine(t *testing.T, out *bufio.Reader, part string) {
	t.Helper()
	line, err := out.ReadString('\n')
	if err != nil || !strings.Contains(line, part) {
		t.Fatalf("%q instead of %q: %v", line, part, err)
	}
}
