# The suites of `make test`, and how one is run and counted. Sourced by test.sh, whose variables it uses.
# shellcheck shell=bash disable=SC2034,SC2154

# suite NAME COMMAND... : runs it, shows it, and counts what it says about its tests.
suite() {
  local name=$1 log=$SLIPWAY_TEST_STATE/suites/$1.log start verdict=ok p f s; shift
  start=$(date +%s)
  printf '\n\033[1m== %s ==\033[0m\n' "$name"
  guarded shown "$log" "$@" || verdict=FAILED
  end_group "$group" 0 || { say "$name left processes behind"; verdict=FAILED; }
  p=$(count 's/^test result:.* \([0-9]*\) passed;.*/\1/p; s/^ *\([0-9]*\) passed \?(.*/\1/p; s/^--- PASS: .*/1/p' "$log")
  f=$(count 's/^test result:.* \([0-9]*\) failed;.*/\1/p; s/^ *\([0-9]*\) failed$/\1/p; s/^--- FAIL: .*/1/p' "$log")
  s=$(count 's/^test result:.* \([0-9]*\) ignored;.*/\1/p; s/^ *\([0-9]*\) \(skipped\|did not run\)$/\1/p; s/^--- SKIP: .*/1/p' "$log")
  case $name in go | rust | browser) [ $((p + f)) -gt 0 ] || verdict=FAILED ;; esac
  # What fails without a failed test (a lint, a compiler error) must not end in "0 failed".
  if [ $verdict != ok ]; then broken=1; [ "$f" -gt 0 ] || f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  summary+=("$(printf '%-12s %-7s %4s passed %4s failed %4s skipped %5s s' "$name" "$verdict" "$p" "$f" "$s" $(($(date +%s) - start)))")
}

# Not through a pipe, which a process that was left behind would hold open.
shown() {
  local log=$1 suite; shift
  "$@" >"$log" 2>&1 & suite=$!
  tail -s 0.2 -n +1 -f "$log" --pid=$suite
  wait $suite
}
count() { sed -n "$1" "$2" | awk '{n += $1} END {print n + 0}'; }

scripts() { shellcheck -x -P SCRIPTDIR -S warning end2end/*.sh end2end/*/*.sh fuzz/run.sh .ci/run; }
lints() { cargo fmt --check && make --no-print-directory lint deny; }
go_suite() { (cd "$here/cluster/tools/probe" && go vet ./... && go test -v ./...); }
rust() { make --no-print-directory test-rust; }
# The program that the Rust tests have built: to optimise one would take longer than all tests together.
browser() { SLIPWAY_TEST_PROGRAM=${SLIPWAY_TEST_PROGRAM:-$PWD/target/debug/slipway} npx playwright test --config end2end/playwright.config.ts; }

run_suites() {
  suite scripts scripts
  suite lints lints
  suite go go_suite
  suite rust rust
  suite browser browser
}
