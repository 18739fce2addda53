#!/bin/sh
# fetch-source.sh PACKAGE: fetches the source of the installed iptables or nftables, as Debian packages it, into the current
# folder: its own tests are read by the tests and kept nowhere else. Uses apt's own sources with deb for deb-src, in lists of its own.
set -eu
package=$1
apt=$(mktemp -d)
mkdir -p "$apt/parts" "$apt/lists/partial"
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] && grep -qi 'debian' "$file" && sed 's/^Types: deb$/Types: deb-src/' "$file" > "$apt/parts/${file##*/}"
done
: > "$apt/sources.list"
[ -f /etc/apt/sources.list ] && sed -n 's/^deb /deb-src /p' /etc/apt/sources.list > "$apt/sources.list"
set -- -o "Dir::Etc::sourcelist=$apt/sources.list" -o "Dir::Etc::sourceparts=$apt/parts" -o "Dir::State::lists=$apt/lists"
apt-get "$@" update
apt-get "$@" source --download-only "$package=$(dpkg-query -W -f '${source:Version}' "$package")"
tar -xf "$package"_*.orig.tar.*
rm -rf "$apt" "$package"_*
