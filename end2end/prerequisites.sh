#!/usr/bin/env bash
# What a fresh Debian machine with rustup, Node, make, gcc and git lacks. Installs it, saying so; on other systems
# names what is missing and how to get it.
#
#   prerequisites.sh build   what a build needs        prerequisites.sh test   and what tests need
#   prerequisites.sh deny    cargo-deny
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
cd "$here/.."

need() { command -v "$1" >/dev/null || fail "$1 is missing; $2"; }

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
  if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "installing build tools from npm"
    npm ci --no-fund --no-audit --loglevel=error
    touch node_modules/.package-lock.json
  fi
}

# install CRATE VERSION FOLDER : a light profile, because these tools run for seconds and compile for minutes.
install() {
  say "installing $1 $2 (a few minutes, once a machine)"
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
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
  local missing=() package
  for package in $(sort -u "$here/packages.txt" "$here"/*/packages.txt); do
    [ -e "/var/lib/dpkg/info/$package.list" ] || [ -n "$(echo /var/lib/dpkg/info/"$package":*.list | grep -v '\*')" ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || fail "these Debian packages, or what your system calls them, are missing: ${missing[*]}"
  local root=()
  [ "$(id -u)" = 0 ] || root=(sudo -n)
  "${root[@]}" true 2>/dev/null || fail "installing needs root; run: sudo apt-get install ${missing[*]}"
  say "installing Debian packages: ${missing[*]}"
  "${root[@]}" apt-get -qq update
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}

case ${1:-build} in
  build) rust; node; bindgen ;;
  test) debian; rust; node; bindgen ;;
  deny) rust; deny ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
