#!/bin/sh
# Fetches the source of the installed iptables, as Debian packages it, into the current folder: its extension tests are
# read by the tests and kept nowhere else. Uses apt's own sources with deb for deb-src, in lists of its own.
set -eu
apt=$(mktemp -d)
mkdir -p "$apt/parts" "$apt/lists/partial"
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] && grep -qi 'debian' "$file" && sed 's/^Types: deb$/Types: deb-src/' "$file" > "$apt/parts/${file##*/}"
done
: > "$apt/sources.list"
[ -f /etc/apt/sources.list ] && sed -n 's/^deb /deb-src /p' /etc/apt/sources.list > "$apt/sources.list"
set -- -o "Dir::Etc::sourcelist=$apt/sources.list" -o "Dir::Etc::sourceparts=$apt/parts" -o "Dir::State::lists=$apt/lists"
apt-get "$@" update
apt-get "$@" source --download-only "iptables=$(dpkg-query -W -f '${source:Version}' iptables)"
tar -xf iptables_*.orig.tar.*
rm -rf "$apt" iptables_*
