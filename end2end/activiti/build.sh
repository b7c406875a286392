#!/usr/bin/env bash
# Builds the images of a real process application: Activiti Cloud's runtime bundle, a connector, PostgreSQL and
# RabbitMQ. Without a container engine, from Maven Central and Debian packages. Each is built once a machine, into the
# cache, keyed by what it is made of; the same inputs give the same digest. Prints the paths of the OCI archives.
#
#   build.sh         all four
#   build.sh tool    only what packs and pushes images
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"
cache=$SLIPWAY_TEST_CACHE/activiti
# shellcheck source=debian.sh
. "$here/debian.sh"

ACTIVITI=7.1.0.M5
USER_ID=10001
# The JDK of Debian: later ones refuse what Activiti's libraries do, and its parts go into the images.
JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64
export JAVA_HOME
# Whatever the caller's umask is: it would be in the images.
umask 022

need() { type -P "$1" >/dev/null || fail "$1 is missing; install the packages of $here/packages.txt"; }

# key SEED FILE... : a short hash of a text and of files and folders below this one.
key() {
  local seed=$1; shift
  (echo "$seed"; cd "$here" && find "$@" -type f ! -path '*/target/*' -print0 | sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-12
}

# once TARGET FUNCTION... : makes a folder by a function that gets a new one, and renames it, so that a killed build
# leaves no half result.
once() {
  local target=$1 what=$2 new began; shift 2
  [ -d "$target" ] && return
  began=$(date +%s)
  new=$(mktemp -d "$target.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$new'" EXIT
  "$what" "$new" "$@"
  chmod 755 "$new"
  # Another build of the same may have been faster.
  [ -d "$target" ] || mv -T "$new" "$target"
  rm -rf "$new"; trap - EXIT
  say "made $(basename "$target") in $(($(date +%s) - began)) s"
}

make_tool() {
  say "building the packer"
  (cd "$here/tools/image" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$1/image" .)
}

# Compiled in a copy: the work tree stays clean.
make_applications() {
  need mvn
  say "building the applications (Maven fetches 100 MB the first time)"
  cp -r "$here/applications" "$1/source"
  (cd "$1/source" && mvn -B -q compile dependency:copy-dependencies dependency:build-classpath -DincludeScope=runtime \
    -DincludeTypes=jar -DoutputDirectory=target/lib -Dmdep.outputFile=target/classpath -Dmdep.prefix=/app/lib -Dmdep.fileSeparator=/ >"$1/log" 2>&1) ||
    { cat "$1/log" >&2; fail "Maven did not build the applications"; }
  "$JAVA_HOME/bin/javac" -nowarn --patch-module java.base="$here/applications/patch" -d "$1/patch" \
    "$here"/applications/patch/java/security/acl/*.java
  local app
  for app in runtime-bundle connector; do
    mkdir "$1/$app"
    mv "$1/source/$app/target/classes" "$1/source/$app/target/lib" "$1/source/$app/target/classpath" "$1/$app/"
  done
  rm -rf "$1/source" "$1/log"
}

layer() { "$tool/image" layer -out "$@" >/dev/null; }

# archive FOLDER NAME VERSION SETTINGS AND LAYERS... : the name is in a file beside the archive, too.
archive() {
  local folder=$1 name=localhost/slipway/$2:$3 title=$2 version=$3; shift 3
  "$tool/image" archive -out "$folder/image.tar" -name "$name" -user $USER_ID:$USER_ID -env LANG=C.UTF-8 \
    -label org.opencontainers.image.version="$version" -label org.opencontainers.image.title="$title" "$@" >"$folder/digest"
  echo "$name" >"$folder/name"
  rm -f "$folder"/own.tgz*
}

# Three layers: the Java runtime, the libraries that both applications use, and what is the runtime bundle's own. The
# first two are the same files, and so the same blobs, in the connector's image.
make_java() {
  say "cutting the Java runtime"
  local root=$1/root
  mkdir "$root"
  unpack "$lists/java" "$root"
  people "$root" app $USER_ID /tmp
  "$JAVA_HOME/bin/jlink" --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.management,jdk.zipfs \
    --strip-java-debug-attributes --no-header-files --no-man-pages --compress=2 --output "$root/usr/lib/java"
  # Sound, splash screens and windows.
  rm -f "$root"/usr/lib/java/lib/lib{awt_xawt,jawt,jsound,splashscreen}.so
  ln -s ../lib/java/bin/java "$root/usr/bin/java"
  mkdir -p "$root/etc/fonts"
  cp "$here/images/java/fonts.conf" "$root/etc/fonts/fonts.conf"
  rm -rf "$root"/usr/lib/x86_64-linux-gnu/{gconv,audit}
  complete "$root"
  layer "$1/layer.tgz" "$root"
  rm -rf "$root"
}

make_libraries() {
  say "packing the libraries that both applications use"
  mkdir -p "$1/root/app/lib"
  shared | while read -r jar; do cp "$applications/connector/lib/$jar" "$1/root/app/lib/"; done
  cp -r "$applications/patch" "$1/root/app/patch"
  cp "$here/images/java/options" "$1/root/app/options"
  cp "$here/images/java/start" "$1/root/app/start"
  layer "$1/layer.tgz" "$1/root"
  rm -rf "$1/root"
}

shared() { LC_ALL=C comm -12 <(names connector) <(names runtime-bundle); }
names() { (cd "$applications/$1/lib" && printf '%s\n' *.jar | LC_ALL=C sort); }

# make_application FOLDER NAME IMAGE MAIN
make_application() {
  say "packing $3"
  local root=$1/root
  mkdir -p "$root/app/lib" "$root/release"
  LC_ALL=C comm -23 <(names "$2") <(shared) | while read -r jar; do cp "$applications/$2/lib/$jar" "$root/app/lib/"; done
  cp -r "$applications/$2/classes" "$root/app/classes"
  layer "$1/own.tgz" "$root"
  rm -rf "$root"
  archive "$1" "$3" $ACTIVITI -folder /app -env PATH=/usr/bin -port 8080/tcp \
    -env CLASSPATH="/app/classes:$(cat "$applications/$2/classpath")" \
    -entrypoint /app/start -entrypoint "$4" "$java/layer.tgz" "$libraries/layer.tgz" "$1/own.tgz"
}

make_postgres() {
  say "packing PostgreSQL"
  local root=$1/root
  mkdir "$root"
  unpack "$lists/postgres" "$root"
  people "$root" postgres $USER_ID /var/lib/postgresql
  # The compiler of queries (100 MB with what it needs) and what only extensions in C want.
  rm -rf "$root"/usr/lib/postgresql/15/lib/{bitcode,llvmjit*,pgxs} "$root"/usr/share/postgresql/15/man "$root"/usr/share/postgresql-common
  rm -rf "$root"/usr/lib/x86_64-linux-gnu/{gconv,audit,perl*,sasl2} "$root"/usr/share/{perl*,postgresql/15/tsearch_data/hunspell*}
  mkdir -p "$root/var/lib/postgresql/data"
  cp "$here/images/postgres/start" "$root/start"
  complete "$root"
  layer "$1/own.tgz" -own "$USER_ID:/var/lib/postgresql" "$root"
  rm -rf "$root"
  archive "$1" postgres "$(version_of postgres postgresql-15)" -env PATH=/usr/lib/postgresql/15/bin:/usr/bin \
    -env PGDATA=/var/lib/postgresql/data/pgdata -volume /var/lib/postgresql/data -port 5432/tcp -entrypoint /start "$1/own.tgz"
}

make_rabbitmq() {
  say "packing RabbitMQ"
  local root=$1/root
  mkdir "$root"
  unpack "$lists/rabbitmq" "$root"
  people "$root" rabbitmq $USER_ID /var/lib/rabbitmq
  rm -rf "$root"/usr/lib/x86_64-linux-gnu/{gconv,audit,perl*} "$root"/usr/share/{perl*,python*} "$root"/usr/lib/python* "$root"/var/log/rabbitmq
  # Debian's wrappers want to be root; these are the programs themselves.
  rm -f "$root"/usr/sbin/rabbitmq*
  mkdir -p "$root/var/lib/rabbitmq"
  cp "$here/images/rabbitmq/start" "$root/start"
  complete "$root"
  layer "$1/own.tgz" -own "$USER_ID:/var/lib/rabbitmq" "$root"
  rm -rf "$root"
  archive "$1" rabbitmq "$(version_of rabbitmq rabbitmq-server)" -env PATH=/usr/lib/rabbitmq/bin:/usr/bin:/usr/sbin \
    -env HOME=/var/lib/rabbitmq -volume /var/lib/rabbitmq -port 5672/tcp -entrypoint /start "$1/own.tgz"
}

# version_of LIST PACKAGE : Debian's version without what a tag may not hold: 15.18, 3.10.8.
version_of() { awk -v p="$2" '$1 == p { sub(/^[0-9]+:/, "", $2); sub(/[-+].*/, "", $2); print $2 }' "$lists/$1"; }

# The lists that packages are chosen from; a machine may have thrown them away.
make_lists() {
  local one
  for one in java postgres rabbitmq; do
    needed "$here/images/$one/packages" >"$1/$one"
    [ -s "$1/$one" ] || fail "apt knows no packages for $one; run apt-get update"
  done
}

need apt-get; need dpkg-deb; need objdump
[ -x "$JAVA_HOME/bin/jlink" ] || fail "OpenJDK 17 of Debian is missing; install the packages of $here/packages.txt"
mkdir -p "$cache"
packages=$(cat "$here"/images/*/packages | sed -n '/^[^#-]/p' | sort -u)
state() {
  # shellcheck disable=SC2086
  closure $packages
}
known=$(state)
if [ -z "$known" ]; then
  say "fetching Debian's package lists"
  apt-get -qq update
  known=$(state)
fi
jdk=$("$JAVA_HOME/bin/java" -version 2>&1)

ensure_go
# The version is part of it: another one may compress otherwise.
tool=$cache/tool-$(key "$(go version)" tools)
lists=$cache/lists-$(key "$known" debian.sh images)
once "$tool" make_tool
if [ "${1:-}" = tool ]; then echo "$tool"; exit; fi
once "$lists" make_lists
applications=$cache/applications-$(key "$jdk" applications)
java=$cache/java-$(key "$jdk ${tool##*/} $(cat "$lists/java") $(declare -f make_java)" images/java debian.sh)
libraries=$cache/libraries-$(key "${applications##*/} ${tool##*/}" images/java)
runtime_bundle=$cache/runtime-bundle-$(key "${java##*/} ${libraries##*/} $(declare -f make_application archive)" applications)
connector=$cache/example-connector-$(key "${java##*/} ${libraries##*/} $(declare -f make_application archive)" applications)
postgres=$cache/postgres-$(key "${tool##*/} $(cat "$lists/postgres") $(declare -f make_postgres archive)" images/postgres debian.sh)
rabbitmq=$cache/rabbitmq-$(key "${tool##*/} $(cat "$lists/rabbitmq") $(declare -f make_rabbitmq archive)" images/rabbitmq debian.sh)

once "$applications" make_applications
once "$java" make_java
once "$libraries" make_libraries
once "$runtime_bundle" make_application runtime-bundle runtime-bundle org.slipway.activiti.runtimebundle.RuntimeBundle
once "$connector" make_application connector example-connector org.slipway.activiti.connector.Connector
once "$postgres" make_postgres
once "$rabbitmq" make_rabbitmq
for one in "$runtime_bundle" "$connector" "$postgres" "$rabbitmq"; do echo "$one/image.tar"; done
