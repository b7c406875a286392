# The suites of `make test`, and how one is run and counted. Sourced by test.sh, whose variables it uses.
# shellcheck shell=bash disable=SC2034,SC2154

suite_scripts() { shellcheck -x -P SCRIPTDIR -S warning end2end/*.sh end2end/*/*.sh fuzz/run.sh .ci/run; }
suite_lints() { cargo fmt --check && make --no-print-directory lint deny; }
# So that no suite waits for another's compiler.
suite_build() { make --no-print-directory test-rust TESTS=--no-run; }
# What the real platforms consist of: minutes, once a machine. Without root nothing could run the images.
suite_programs() { "$here/cluster/build.sh" && { [ "$(id -u)" != 0 ] || "$here/activiti/build.sh"; }; }
# Started when the build is over: before that it would only take a part of the machine from the compilers.
suite_platforms() {
  until has_ended build && has_ended programs; do sleep 0.2; done
  platforms >"$SLIPWAY_TEST_STATE/env"
}
has_ended() { [ -s "$SLIPWAY_TEST_STATE/suites/$1.result" ]; }
suite_go() { ensure_go; (cd "$here/cluster/tools/probe" && go vet ./... && go test -v ./...); }
# What asks the cluster all the time, and mostly waits for it.
suite_cluster() { make --no-print-directory test-rust TESTS="--test contract --test faults$(only_failed cluster)"; }
suite_rust() {
  local place name others=()
  for place in server/tests/* crates/*/tests/*; do
    name=$(basename "$place" .rs)
    case $name in contract | faults) ;; *) others+=(--test "$name") ;; esac
  done
  [ -n "$again" ] || others+=(--bench goals) # it counts, and counts the same on any machine
  make --no-print-directory test-rust TESTS="--lib --bins ${others[*]}$(only_failed rust)"
}
# The program that the Rust tests have built: to optimise one would take longer than all tests together.
played() { SLIPWAY_TEST_PROGRAM=${SLIPWAY_TEST_PROGRAM:-$PWD/target/debug/slipway} npx playwright test --config end2end/playwright.config.ts --project "$@"; }
suite_browser() { played console --workers 2 ${again:+--last-failed}; }
suite_activiti() { played activiti; }
suite_install() { played install; }
suite_schemas() { "$here/schemas/schemas.sh"; }

# Beside each other, because every one of the compilers works on one core for a good part of its time. Lints come after the
# build, of which they use what the compiler itself is made to run.
build_everything() { lanes "build lints" "scripts programs go" "platforms"; }

# Lanes of nearly the same length. The machine has always something to do, so there is nothing to win by more of them; and those
# who kill and those who paint are not beside each other, because both look at the clock.
run_suites() { lanes "cluster activiti install" "rust browser" "schemas"; }

# What failed while everything ran at once is run again when all else is over, to tell a machine that was too busy from a
# product that is wrong. Whoever passes then counts as passed, and the summary names it. Many failures are no accident.
run_again() {
  local name failures some=()
  for name in cluster rust browser activiti install; do
    failures=$(failures_in "$(log_of "$name")")
    if [ "$failures" -ge 1 ] && [ "$failures" -le 5 ]; then some+=("$name"); fi
  done
  [ ${#some[@]} = 0 ] || again=-again lanes "${some[*]}"
}
only_failed() { [ -z "$again" ] || echo " -- --exact $(again='' failed_tests "$1" | paste -sd' ')"; }
failed_tests() { sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p; s/^  *[0-9]*) \[[a-z]*\] › \(.*[^─ ]\)[─ ]*$/\1/p' "$(log_of "$1")" | sort -u; }

# lanes "SUITE..."... : the suites of a lane one after another, the lanes beside each other, each in a process group
# of its own and waited for, because bash acts on a signal only when a foreground command has ended.
lanes() {
  local lane
  for lane; do
    # shellcheck disable=SC2086
    set -m; in_order $lane </dev/null & children+=($!); set +m
  done
  for lane in "${children[@]}"; do
    wait "$lane"
    end_group "$lane" 0 || { say "a suite left processes behind"; broken=1; }
  done
  children=()
  # shellcheck disable=SC2206
  [ -n "$again" ] || for lane; do ran+=($lane); done
}

in_order() {
  local name
  trap - EXIT INT TERM # what was started is stopped by who started it
  for name; do suite "$name"; done
}

# Runs it, shows it, and writes down how it went.
suite() {
  local name=$1 log start verdict=ok
  log=$(log_of "$1")
  start=$(date +%s)
  printf '\n\033[1m== %s ==\033[0m\n' "$name${again:+, what failed, again}"
  shown "$name" "$log" || verdict=FAILED
  echo "$verdict $(($(date +%s) - start))" >"${log%.log}.result"
}

# Not through a pipe, which a process that was left behind would hold open. Every line says whose it is. The CPU is that
# of what has ended, so not that of the platforms.
shown() {
  local suite; : >"$2"
  { TIMEFORMAT='%U %S'; time "suite_$1" >"$2" 2>&1; } 2>"${2%.log}.cpu" & suite=$!
  tail -s 0.2 -n +1 -f "$2" --pid=$suite | sed -u "s/^/$(printf '%-9s' "$1")/"
  wait $suite
}

# Adds what it says about its tests to the summary.
count_in() {
  local name=$1 log verdict=FAILED took=0 p f s cpu second
  log=$(log_of "$name") second=$(again=-again log_of "$name")
  read -r verdict took 2>/dev/null <"${log%.log}.result"
  cpu=$(awk '{print int($1 + $2)}' "${log%.log}.cpu" 2>/dev/null)
  p=$(passes_in "$log") f=$(failures_in "$log") s=$(skips_in "$log")
  if [ "$verdict" != ok ] && passed_again; then verdict="ok, again" p=$((p + f + s)) f=0 s=0; fi
  case $name in scripts | lints | build | programs | platforms | schemas) ;; *) [ $((p + f + s)) -gt 0 ] || verdict=FAILED ;; esac
  # What fails without a failed test (a lint, a compiler error) must not end in "0 failed".
  if [ "$verdict" = FAILED ]; then broken=1; [ "$f" -gt 0 ] || f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  summary+=("$(printf '%-12s %-9s %4s passed %4s failed %4s skipped %5s s %5s s CPU' \
    "$name" "$verdict" "$p" "$f" "$s" "$took" "$cpu")")
  [ "$verdict" != "ok, again" ] || summary+=("$(failed_tests "$name" | sed 's/^/             only when run again: /')")
}

# Whether all that failed has passed by itself. A program that died has said nothing about the tests that it had yet to run.
passed_again() {
  [ "$(cut -d' ' -f1 "${second%.log}.result" 2>/dev/null)" = ok ] && [ "$(passes_in "$second")" -ge "$f" ] &&
    ! grep -q "process didn't exit successfully" "$log"
}

log_of() { echo "$SLIPWAY_TEST_STATE/suites/$1$again.log"; }
passes_in() { count 's/^test result:.* \([0-9]*\) passed;.*/\1/p; s/^ *\([0-9]*\) passed \?(.*/\1/p; s/^--- PASS: .*/1/p' "$1"; }
failures_in() { count 's/^test result:.* \([0-9]*\) failed;.*/\1/p; s/^ *\([0-9]*\) failed$/\1/p; s/^--- FAIL: .*/1/p' "$1"; }
skips_in() { count 's/^test result:.* \([0-9]*\) ignored;.*/\1/p; s/^ *\([0-9]*\) \(skipped\|did not run\)$/\1/p; s/^--- SKIP: .*/1/p' "$1"; }
count() { sed -n "$1" "$2" | awk '{n += $1} END {print n + 0}'; }
