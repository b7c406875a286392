#!/usr/bin/env bash
# Every reader of foreign bytes, with any bytes: `make fuzz`. So many seconds each, beginning with what releases and
# registries really look like; what was reached is kept in fuzz/corpus for the next run.
#
#   SLIPWAY_TEST_FUZZ_SECONDS=20   for each target        SLIPWAY_TEST_FUZZ_TARGETS="process challenge"   only these
#
# One input again:   fuzz/target/<host>/release/process fuzz/artifacts/process/crash-…
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.."
seconds=${SLIPWAY_TEST_FUZZ_SECONDS:-20}
examples=examples/releases
log=$(mktemp)
trap 'rm -f "$log"' EXIT

type -P g++ >/dev/null || { echo "g++ is missing; install a C++ compiler (Debian: apt-get install g++)"; exit 1; }

# LLVM counts what was reached. These are the flags of cargo-fuzz without a sanitizer, which the pinned compiler takes:
# the readers are safe Rust, and what a sanitizer would find they cannot do.
flags=(-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
  -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0
  -Cdebug-assertions -Ccodegen-units=1 --cfg fuzzing)
# With a target named, the flags are not for build scripts and macros.
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS=${flags[*]} CARGO_TARGET_DIR=fuzz/target \
  cargo build --quiet --release --locked --target "$host" --manifest-path fuzz/Cargo.toml

# The examples by what is in them, so that the same one is there once.
seed() {
  local corpus=fuzz/corpus/$1 files=() file
  mkdir -p "$corpus" "fuzz/artifacts/$1"
  case $1 in
    release_zip) files=("$examples"/*/*.zip) ;;
    process) files=("$examples"/*/*/processes/*.xml) ;;
    connector) files=("$examples"/*/*/connectors/*.json) ;;
  esac
  [ ! -d "fuzz/seeds/$1" ] || files+=("fuzz/seeds/$1"/*)
  for file in "${files[@]}"; do cp "$file" "$corpus/$(sha256sum <"$file" | cut -c1-40)"; done
}

passed=0 failed=0
for target in ${SLIPWAY_TEST_FUZZ_TARGETS:-$(sed -n 's/^name = "\([a-z_]*\)"$/\1/p' fuzz/Cargo.toml)}; do
  seed "$target"
  # A reader that takes seconds or hundreds of megabytes for a small input has failed, too.
  if "fuzz/target/$host/release/$target" "fuzz/corpus/$target" -artifact_prefix="fuzz/artifacts/$target/" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -verbosity=0 -print_final_stats=1 >"$log" 2>&1; then
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
