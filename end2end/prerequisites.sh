#!/usr/bin/env bash
# What a fresh Debian machine with rustup, Node, make, gcc and git lacks. Installs it, saying so; on other systems
# names what is missing and how to get it.
#
#   prerequisites.sh build   what a build needs        prerequisites.sh test   and what tests need
#   prerequisites.sh deny    cargo-deny               prerequisites.sh bindgen   what makes the glue of the islands
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
cd "$here/.."

# Not command -v, which would take the functions below for the programs.
need() { type -P "$1" >/dev/null || fail "$1 is missing; $2"; }

rust() {
  need rustup "install it from rustup.rs"
  need gcc "install a C compiler (Debian: apt-get install gcc)"
  local version; version=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  # Asked of the file system: rustup takes longer to answer than everything else here.
  local toolchain; toolchain=$(echo "${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$version"-*)
  if [ ! -d "$toolchain/lib/rustlib/wasm32-unknown-unknown" ] || [ ! -x "$toolchain/bin/cargo-clippy" ]; then
    say "installing Rust $version with the wasm target"
    rustup toolchain install "$version" --profile minimal -c clippy -c rustfmt -t wasm32-unknown-unknown
  fi
}

node() {
  need node "install Node 20 or newer (nodejs.org, or your distribution)"
  need npm "it comes with Node"
  # Asked only when there is something to install, because Node takes longer to answer than everything else here.
  local major
  if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    major=$(command node -p 'process.versions.node.split(".")[0]')
    [ "$major" -ge 20 ] || fail "Node $major is too old; install Node 20 or newer (nodejs.org, or your distribution)"
    say "installing build tools from npm"
    npm ci --no-fund --no-audit --loglevel=error
    touch node_modules/.package-lock.json
  fi
}

# install CRATE VERSION FOLDER : a light profile, because these tools run for seconds and compile for minutes.
install() {
  say "installing $1 $2 (a few minutes, once a machine)"
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=64 \
    cargo install --quiet "$1" --version "$2" --root "$3"
}

# The glue must be made by the version that the code was compiled against.
bindgen() {
  local version; version=$(sed -n '/name = "wasm-bindgen"/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
  local place=$SLIPWAY_TEST_CACHE/tools/wasm-bindgen-$version
  [ -x "$place/bin/wasm-bindgen" ] || install wasm-bindgen-cli "$version" "$place"
}

deny() { [ -x "$SLIPWAY_TEST_CACHE/tools/bin/cargo-deny" ] || install cargo-deny 0.20.2 "$SLIPWAY_TEST_CACHE/tools"; }

debian() {
  command -v apt-get >/dev/null || { elsewhere; return; }
  local wanted missing=() package
  mapfile -t wanted < <(sort -u "$here/packages.txt" "$here"/*/packages.txt)
  for package in "${wanted[@]}"; do
    # dpkg's own files: a list per package, with the architecture in its name where several may be installed.
    compgen -G "/var/lib/dpkg/info/$package.list" >/dev/null || compgen -G "/var/lib/dpkg/info/$package:*.list" >/dev/null ||
      missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  local root=()
  [ "$(id -u)" = 0 ] || root=(sudo -n)
  "${root[@]}" true 2>/dev/null || fail "installing needs root; run: sudo apt-get install ${missing[*]}"
  say "installing Debian packages: ${missing[*]}"
  "${root[@]}" apt-get -qq update
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# Not Debian or its like: says what is missing, one line a tool, and leaves installing to the person.
elsewhere() {
  local complete=yes program how
  while read -r program how; do
    command -v "$program" >/dev/null || { say "missing: $program ($how)"; complete=no; }
  done <<TOOLS
${CHROMIUM:-chromium-headless-shell} Chromium; where it has another name, set CHROMIUM to it
java a Java runtime, 17 or newer
mvn Apache Maven
pg_ctl the PostgreSQL server, 15 or newer, with its programs on PATH
shellcheck shellcheck.net
skopeo github.com/containers/skopeo
pgrep procps
etcd etcd.io
containerd containerd.io
runc opencontainers/runc
docker-registry the registry of the distribution project
htpasswd the Apache utilities
iptables iptables
conntrack conntrack-tools
ip iproute2
openssl openssl.org
python3 Python with its venv module
TOOLS
  [ $complete = yes ] || fail "install these with your system's package manager; make test is made for Debian 12"
}

case ${1:-build} in
  build) rust; node ;;
  bindgen) rust; bindgen ;;
  test) debian; rust; node ;;
  deny) rust; deny ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
