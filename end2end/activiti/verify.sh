#!/usr/bin/env bash
# Shows that the images work together: PostgreSQL, RabbitMQ, the runtime bundle and the connector are started from
# their unpacked root file systems, as their images say, with a real identity provider; a process is run through the
# connector and a person's task. Needs root, for namespaces of its own: nothing that runs on this machine is touched,
# and when this ends nothing of it is left.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"

if [ "${1:-}" != inside ]; then
  [ "$(id -u)" = 0 ] || fail "this needs root"
  (cd "$here/tools/image" && go vet ./... && go test ./...)
  archives=$("$here/build.sh")
  tool=$("$here/build.sh" tool)
  mkdir -p "$SLIPWAY_TEST_CACHE"
  SLIPWAY_TEST_STATE=$(mktemp -d "$SLIPWAY_TEST_CACHE/verify-activiti.XXXX")
  trap 'rm -rf "$SLIPWAY_TEST_STATE"' EXIT
  trap 'exit 130' INT TERM
  # An own network, so that ports are free; an own table of processes, so that all end with this one.
  # shellcheck disable=SC2086
  unshare --net --mount --pid --fork --kill-child --mount-proc "$0" inside "$tool/image" $archives
  exit
fi

image=$2
declare -A archive=([runtime-bundle]=$3 [connector]=$4 [postgres]=$5 [rabbitmq]=$6)
roots=$SLIPWAY_TEST_STATE/roots
ip link set lo up
SLIPWAY_TEST_IDENTITY_PORT=18080
export SLIPWAY_TEST_IDENTITY_PORT
keycloak=http://127.0.0.1:18080
app=hello

# container NAME IMAGE NAME=VALUE... : the image of that name in a root of its own, with more environment.
container() {
  local name=$1 kind=$2 root=$roots/$1 lines env=() run=() line; shift 2
  if [ ! -d "$root" ]; then
    mkdir -p "$root"
    "$image" unpack "${archive[$kind]}" "$root" >/dev/null
    mount --bind /proc "$root/proc"
    mount --bind /dev "$root/dev"
    printf '127.0.0.1 localhost postgres rabbitmq\n' >"$root/etc/hosts"
    cp -r "$here/release" "$root/" && chmod -R a+rX "$root/release"
  fi
  mapfile -t lines < <("$image" settings "${archive[$kind]}")
  for line in "${lines[@]}"; do
    case $line in env\ *) env+=("${line#env }") ;; run\ *) run+=("${line#run }") ;; esac
  done
  start "$name" chroot --userspec=10001:10001 --groups=10001 "$root" /usr/bin/env -i "${env[@]}" "$@" "${run[@]}"
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
healthy() { [ "$(curl -s -o /dev/null -w '%{http_code}' "$1")" = 200 ]; }
or_ended() { ! running "$1" || "${@:2}"; }
log() { cat "$SLIPWAY_TEST_STATE/log/$1.log"; }
# up WHAT SECONDS NAME CONDITION... : waits no longer for what has ended.
up() {
  wait_for "$1" "$2" or_ended "${@:3}" || true
  "${@:4}" || { log "$3" | tail -n 60 >&2; fail "$3 did not start"; }
}
ok() { echo "ok     $*"; }
# memory NAME : MiB that it and what it started hold, shared pages counted once.
memory() {
  local session; session=$(cat "$SLIPWAY_TEST_STATE/run/$1.pid")
  pgrep -s "$session" | while read -r p; do cat "/proc/$p/smaps_rollup" 2>/dev/null || true; done |
    awk '/^Pss:/ { kib += $2 } END { print int(kib / 1024) }'
}

"$here/../identity/identity.sh" up >/dev/null
"$here/keycloak.mjs" "$keycloak" "$app"

database=(POSTGRES_DB=rb POSTGRES_USER=rb POSTGRES_PASSWORD=s3cret)
broker=(RABBITMQ_DEFAULT_USER=app RABBITMQ_DEFAULT_PASS=s3cret)
uses=(SPRING_RABBITMQ_HOST=rabbitmq SPRING_RABBITMQ_USERNAME=app SPRING_RABBITMQ_PASSWORD=s3cret
  ACTIVITI_CLOUD_APPLICATION_NAME="$app" ACT_KEYCLOAK_URL="$keycloak" ACT_KEYCLOAK_REALM=alfresco ACT_KEYCLOAK_RESOURCE=activiti)
bundle=("${uses[@]}" "SERVER_SERVLET_CONTEXTPATH=/$app/rb" APPLICATION_VERSION=1
  SPRING_ACTIVITI_PROCESSDEFINITIONLOCATIONPREFIX=file:/release/processes/ ACTIVITI_CONNECTORS_DIR=file:/release/connectors/
  PROJECT_MANIFEST_FILE_PATH=file:/release/hello.json ACTIVITI_KEYCLOAK_CLIENT_ID="$app-runtime-bundle" ACTIVITI_KEYCLOAK_CLIENT_SECRET=hello-secret
  SPRING_DATASOURCE_URL=jdbc:postgresql://postgres:5432/rb SPRING_DATASOURCE_USERNAME=rb SPRING_DATASOURCE_PASSWORD=s3cret)
rb=http://127.0.0.1:8080/$app/rb
greeter=http://127.0.0.1:8081/actuator/health

container postgres postgres "${database[@]}"
container rabbitmq rabbitmq "${broker[@]}"
up "PostgreSQL listens" 60 postgres listens 5432
up "RabbitMQ listens" 60 rabbitmq listens 5672
container connector connector "${uses[@]}" SERVER_PORT=8081 CONNECTOR_NAME=example-connector GREETING_WORD=Welcome
up "the connector is healthy" 240 connector healthy "$greeter"
container runtime-bundle runtime-bundle "${bundle[@]}"
up "the runtime bundle is healthy" 300 runtime-bundle healthy "$rb/actuator/health"
ok "the first start on an empty database needs no second one"

RB=$rb KEYCLOAK="$keycloak" node "$here/verify.mjs" run || { log runtime-bundle | tail -n 80; log connector | tail -n 30; fail "the process did not run"; }
queues=$(chroot --userspec=10001:10001 "$roots/rabbitmq" /usr/bin/env -i PATH=/usr/lib/rabbitmq/bin:/usr/bin LANG=C.UTF-8 HOME=/var/lib/rabbitmq \
  RABBITMQ_LOG_BASE=/tmp rabbitmqctl -n rabbit@localhost -q list_queues name messages durable)
grep -q '^example-connector.GREET' <<<"$queues" || fail "no queue is named like the action: $queues"
ok "the connector's queue is named like its action"
say "queues, messages, durable: $(tr '\n\t' ', ' <<<"$queues")"
for one in postgres rabbitmq connector runtime-bundle; do ok "memory of $one: $(memory $one) MiB"; done

say "stopping all and starting the backing services again"
for one in runtime-bundle connector rabbitmq postgres; do
  began=$(date +%s); stop "$one" 40; ok "$one stopped in $(($(date +%s) - began)) s"
done
container postgres postgres "${database[@]}"
container rabbitmq rabbitmq "${broker[@]}"
up "PostgreSQL listens again" 60 postgres listens 5432
up "RabbitMQ listens again" 60 rabbitmq listens 5672
container runtime-bundle runtime-bundle "${bundle[@]}"
up "the runtime bundle is healthy again" 300 runtime-bundle healthy "$rb/actuator/health"
RB=$rb KEYCLOAK="$keycloak" node "$here/verify.mjs" again || { log runtime-bundle | tail -n 80; fail "data did not outlive a restart"; }

say "bringing the connector back, and the next version of the release"
stop runtime-bundle 40
sed -i 's/"version":"1"/"version":"2"/' "$roots/runtime-bundle/release/hello.json"
container connector connector "${uses[@]}" SERVER_PORT=8081 CONNECTOR_NAME=example-connector GREETING_WORD=Welcome
container runtime-bundle runtime-bundle "${bundle[@]}" APPLICATION_VERSION=2
up "the upgraded runtime bundle is healthy" 300 runtime-bundle healthy "$rb/actuator/health"
up "the connector is healthy again" 240 connector healthy "$greeter"
RB=$rb KEYCLOAK=$keycloak node "$here/verify.mjs" upgraded || { log runtime-bundle | tail -n 80; fail "the upgrade did not work"; }
"$here/../identity/identity.sh" down
