#!/usr/bin/env bash
# Every reader of foreign bytes, with any bytes: `make fuzz`. So many seconds each, beginning with what releases and
# registries really look like; what was reached is kept in fuzz/corpus for the next run.
#
#   SLIPWAY_FUZZ_SECONDS=20   for each target        SLIPWAY_FUZZ_TARGETS="process challenge"   only these
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.."
seconds=${SLIPWAY_FUZZ_SECONDS:-20}
examples=examples/releases
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The readers are safe Rust: what a sanitizer would find they cannot do, and without one the pinned compiler is enough.
fuzz() { cargo fuzz "$1" --sanitizer none "${@:2}"; }

seed() {
  local corpus=fuzz/corpus/$1
  mkdir -p "$corpus"
  [ ! -d "fuzz/seeds/$1" ] || cp "fuzz/seeds/$1"/* "$corpus"
  case $1 in
    release_zip) cp "$examples"/surveys/1.zip "$corpus" ;;
    process) for file in "$examples"/*/*/processes/*.xml; do cp "$file" "$corpus/$(sha256sum <"$file" | cut -c1-12)"; done ;;
    connector) for file in "$examples"/*/*/connectors/*.json; do cp "$file" "$corpus/$(sha256sum <"$file" | cut -c1-12)"; done ;;
  esac
}

fuzz build
passed=0 failed=0
for target in ${SLIPWAY_FUZZ_TARGETS:-$(cargo fuzz list)}; do
  seed "$target"
  # A reader that takes seconds or hundreds of megabytes for a small input has failed, too.
  if fuzz run "$target" "fuzz/corpus/$target" -- -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 \
    -max_len=65536 -verbosity=0 -print_final_stats=1 >"$log" 2>&1; then
    passed=$((passed + 1))
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s"
  else
    failed=$((failed + 1))
    cat "$log"
    echo "$target: FAILED; the input is in fuzz/artifacts/$target"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
