# Root file systems of Debian packages, without root and without touching the machine's own package database.
# Sourced by build.sh.
# shellcheck shell=bash disable=SC2154

# isolated COMMAND... : apt with the machine's sources and lists, as if nothing were installed.
isolated() {
  mkdir -p "$cache/apt/archives/partial"
  : >"$cache/apt/status"
  apt-get -qq -o Dir::State::status="$cache/apt/status" -o Dir::Cache::archives="$cache/apt/archives" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Debug::NoLocking=1 -o APT::Install-Recommends=0 \
    -o APT::Sandbox::User= "$@"
}

# closure PACKAGE... : lines "package version file size hash" of these and all they depend on, sorted.
closure() {
  isolated -y --print-uris install "$@" 2>/dev/null | sed -n "s/^'[^']*' //p" |
    awk '{ split($1, p, "_"); gsub("%3a", ":", p[2]); gsub("%2b", "+", p[2]); print p[1], p[2], $1, $2, $3 }' | sort
}

wanted() { sed -n '/^[^#-]/p' "$1"; }

# needed FILE : the closure of the packages that the file names, without those that it takes out.
needed() {
  local lines patterns name rest
  mapfile -t patterns < <(sed -n 's/^-//p' "$1")
  mapfile -t lines < <(wanted "$1")
  closure "${lines[@]}" | while read -r name rest; do
    local pattern out=
    # shellcheck disable=SC2053
    for pattern in "${patterns[@]}"; do [[ $name != $pattern ]] || out=yes; done
    [ -n "$out" ] || echo "$name $rest"
  done
}

# unpack FILE ROOT : the packages of a list of needed, into a folder; without documentation and translations.
unpack() {
  local name version file specs=() files=()
  while read -r name version file _; do specs+=("$name=$version"); files+=("$file"); done <"$1"
  mkdir -p "$cache/debs" "$2/usr/bin" "$2/usr/lib" "$2/usr/lib64" "$2/usr/sbin" "$2/tmp" "$2/etc" "$2/proc" "$2/dev" "$2/sys"
  chmod 1777 "$2/tmp"
  # It verifies what is there and fetches what is missing.
  (cd "$cache/debs" && isolated download "${specs[@]}" >&2)
  local folder
  for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$2/$folder"; done
  for file in "${files[@]}"; do
    dpkg-deb --fsys-tarfile "$cache/debs/$file" | tar -x --no-same-owner --keep-directory-symlink -C "$2" \
      --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
      --exclude='./usr/share/lintian/*' --exclude='./usr/share/bug/*' --exclude='./usr/share/bash-completion/*' \
      --exclude='./lib/systemd/*' --exclude='./etc/init.d/*' --exclude='./etc/cron*' --exclude='./etc/logrotate.d/*'
  done
  commands "$2"
}

# commands ROOT : a shell and the usual small programs, all of them one.
commands() {
  local applet
  mv "$1/bin/busybox" "$1/usr/bin/busybox.new" && mv "$1/usr/bin/busybox.new" "$1/usr/bin/busybox"
  for applet in sh ash awk basename cat chmod chown cp cut date df dirname echo env expr false find grep head hostname id kill ln ls \
    mkdir mktemp mv nc od ps pwd printf readlink realpath rm rmdir sed seq sleep sort stat tail tar tee test '[' touch tr true \
    tty uname uniq vi wc which whoami xargs; do
    [ -e "$1/usr/bin/$applet" ] || ln -s busybox "$1/usr/bin/$applet"
  done
}

# people ROOT NAME UID HOME : the one user it runs as.
people() {
  printf 'root:x:0:0:root:/:/bin/sh\n%s:x:%s:%s:%s:%s:/bin/sh\n' "$2" "$3" "$3" "$2" "$4" >"$1/etc/passwd"
  printf 'root:x:0:\n%s:x:%s:\n' "$2" "$3" >"$1/etc/group"
  echo 'hosts: files dns' >"$1/etc/nsswitch.conf"
}

# complete ROOT : fails if a program or library lacks one that it needs.
complete() {
  local have lacking
  have=$(find "$1" \( -type f -o -type l \) -name '*.so*' -printf '%f\n' | sort -u)
  # It refuses scripts, and goes on.
  lacking=$({ find "$1" -type f \( -perm -100 -o -name '*.so*' \) -print0 | xargs -0 objdump -p 2>/dev/null || true; } |
    awk '/NEEDED/ { print $2 }' | sort -u | comm -23 - <(echo "$have"))
  [ -z "$lacking" ] || fail "the root file system $1 lacks $(echo "$lacking" | tr "\n" " ")"
}
