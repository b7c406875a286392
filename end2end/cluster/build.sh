#!/usr/bin/env bash
# Builds the programs that the test cluster consists of and that Debian does not have: Kubernetes, CoreDNS,
# Traefik, and the test application. Each is built once a machine, into the cache, keyed by what it is made of.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"

KUBERNETES=v1.33.13
# Without these kubectl and clients see v0.0.0.
version_flags="-X k8s.io/component-base/version.gitVersion=$KUBERNETES -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=33"

# key TOOL : what the tool is made of, as a short hash.
key() {
  (cd "$here/tools/$1" && find . -type f \( -name '*.go' -o -name 'go.*' \) -print0 | sort -z | xargs -0 sha256sum; echo "$version_flags") |
    sha256sum | cut -c1-12
}

# without_dns_services FOLDER : makes a go.mod there by which Traefik is built without them.
without_dns_services() {
  local module=github.com/go-acme/lego/v4 tool=$here/tools/traefik
  mkdir -p "$1"
  cp "$tool/go.mod" "$tool/go.sum" "$1"
  (cd "$tool" && go mod download $module && cp -r --no-preserve=mode "$(go list -m -f '{{.Dir}}' $module)" "$1/lego")
  cp "$tool/without/dns.go" "$1/lego/providers/dns/zz_gen_dns_providers.go"
  go mod edit -replace "$module=$1/lego" "$1/go.mod"
}

# build TOOL WHAT... : builds into a folder of its own and renames it, so that a killed build leaves no half result.
build() {
  local tool=$1 target new began; shift
  target=$SLIPWAY_TEST_CACHE/bin/$tool-$(key "$tool")
  [ -d "$target" ] && return
  ensure_go
  began=$(date +%s)
  say "building $tool (once a machine)"
  mkdir -p "$SLIPWAY_TEST_CACHE/bin"
  new=$(mktemp -d "$target.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$new'" EXIT
  # No build information of the repository: it would make another image digest with every commit.
  local flags=(-mod=readonly -trimpath -buildvcs=false -ldflags="-s -w $version_flags")
  if [ "$tool" = traefik ]; then without_dns_services "$new/source"; flags+=(-modfile="$new/source/go.mod"); fi
  (cd "$here/tools/$tool" && CGO_ENABLED=0 go build "${flags[@]}" -o "$new/" "$@")
  rm -rf "$new/source"
  if [ "$tool" = probe ]; then
    (cd "$here/tools/probe" && CGO_ENABLED=0 GOARCH=arm64 go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$new/probe-arm64" ./cmd/probe)
  fi
  chmod 755 "$new"
  # Another build of the same may have been faster.
  [ -d "$target" ] || mv -T "$new" "$target"
  rm -rf "$new"; trap - EXIT
  say "built $tool in $(($(date +%s) - began)) s"
}

build kubernetes tool
build coredns ./...
build traefik tool
build local-path tool
build probe ./cmd/...
for tool in kubernetes coredns traefik local-path probe; do echo "$SLIPWAY_TEST_CACHE/bin/$tool-$(key "$tool")"; done
