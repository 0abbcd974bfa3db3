#!/usr/bin/env bash
# Builds a release in two folders and compares every file: twice.sh [zips]. With `zips` it compares only the functions'
# zips, built from what is in the folder now. Without, both are fresh clones of the last commit, and the second is
# compiled from nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

parent=$(mktemp -d)
trap 'chmod -R u+w "$parent"; rm -rf "$parent"' EXIT
first=$parent/one
second=$parent/a/longer/path
mkdir -p "$first" "$second"

# copy FOLDER lays out the project in a folder.
copy() {
	if [ "${what:-}" = zips ]; then
		git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
			[ ! -e "$file" ] || printf '%s\0' "$file"
		done | tar -c --null -T - | tar -x -C "$1"
	else
		git clone -q . "$1"
		ln -s "$PWD/.tools" "$1/.tools"
	fi
}

what=${1:-}
copy "$first"
(umask 022 && cd "$first" && tools/release.sh $what >/dev/null)
[ "$what" = zips ] || export GOCACHE=$parent/cache
copy "$second"
find "$second" -type f ! -path '*/.git/*' ! -path '*/.tools/*' -exec touch -t 200102030405.06 {} +
(umask 077 && cd "$second" && tools/release.sh $what >/dev/null)

if ! diff -r "$first/dist" "$second/dist"; then
	echo "two builds of the same source differ" >&2
	exit 1
fi
if grep -rlF "$parent" "$first/.build/release" "$second/.build/release"; then
	echo "these name the folder that they were built in" >&2
	exit 1
fi
cat "$first/dist/SHA256SUMS"
