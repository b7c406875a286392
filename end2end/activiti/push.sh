#!/usr/bin/env bash
# Pushes the images of a real process application to a registry, over plain HTTP; builds those that are not there yet.
# Prints the references.
#
#   push.sh HOST:PORT     slipway/runtime-bundle, slipway/example-connector, slipway/postgres, slipway/rabbitmq
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"
[ $# = 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2; }

archives=$("$here/build.sh")
tool=$("$here/build.sh" tool)
for archive in $archives; do
  # localhost/slipway/postgres:15.18, by which a cluster imports the archive without a registry.
  name=$(cat "$(dirname "$archive")/name")
  digest=$("$tool/image" push "$archive" "$1/${name#*/}")
  say "pushed ${name#*/} ($digest)"
  echo "$1/${name#*/}"
done
