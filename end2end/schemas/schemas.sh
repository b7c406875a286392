#!/usr/bin/env bash
# Every operation of the REST interface, with values that nobody thinks of, against a console of its own: no answer may
# be a failure of the server, or other than the OpenAPI document says. SLIPWAY_TEST_SCHEMA_EXAMPLES (25) values for each,
# and others with each SLIPWAY_TEST_SCHEMA_SEED (1).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"
cd "$here/../.."

version=4.32.5
venv=$SLIPWAY_TEST_CACHE/tools/schemathesis-$version
program=$(realpath "${SLIPWAY_TEST_PROGRAM:-target/debug/slipway}")
folder=$(mktemp -d) url=http://127.0.0.1:$(free_port)
server=

end() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" || true; }
  rm -rf "$folder"
}
trap end EXIT

# ask METHOD PATH DOCUMENT
ask() { curl -fsS -b "$folder/cookies" -X "$1" -H 'content-type: application/json' -d "$3" "$url$2"; }

if [ ! -x "$venv/bin/st" ]; then
  say "installing schemathesis $version from PyPI"
  python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "schemathesis==$version"
fi
env -i PATH="$PATH" NO_COLOR=1 SLIPWAY_ADDR="${url#http://}" SLIPWAY_DATA_DIR="$folder/var" SLIPWAY_RELEASES_DIR=examples/releases \
  SLIPWAY_ADMIN_PASSWORD=correct-horse-battery SLIPWAY_SANDBOX_PACE_MS=5 "$program" serve >"$folder/log" 2>&1 &
server=$!
wait_for "the console serves" 30 curl -fsS -o /dev/null "$url/healthz"
curl -fsS -c "$folder/cookies" -d 'name=admin&password=correct-horse-battery' "$url/auth/sign-in"
for name in shop leaving; do
  ask POST /api/v1/applications "{\"name\": \"$name\", \"project\": \"welcome\", \"version\": 1, \"admins\": [\"ana\"]}" >/dev/null
done
SLIPWAY_TOKEN=$(ask POST /api/v1/tokens '{"name": "any", "scopes": ["read", "change", "remove", "audit", "tokens"], "days": 1}' | sed 's/.*"secret":"\([^"]*\)".*/\1/')
export SLIPWAY_TOKEN
cd "$folder" # it keeps notes where it runs
"$venv/bin/st" --config-file "$here/schemathesis.toml" run "$here/../../docs/openapi.json" --url "$url" \
  --phases coverage,fuzzing --max-examples "${SLIPWAY_TEST_SCHEMA_EXAMPLES:-12}" --seed "${SLIPWAY_TEST_SCHEMA_SEED:-1}" --warnings off --no-color \
  || { grep -v ' INFO ' "$folder/log" | tail -20; exit 1; }
kill -0 "$server" || fail "the console has ended: $(tail -1 "$folder/log")"
