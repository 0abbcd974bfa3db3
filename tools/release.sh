#!/usr/bin/env bash
# Builds what a release consists of in dist/: release.sh [zips]. With `zips` only the functions' zips are built, from
# whatever is in the folder; a whole release is built from a commit and nothing else, because disputectl names it.
#
# The same commit, the same tags and the same Go give the same bytes in any folder: see docs/decisions.md.
set -euo pipefail
cd "$(dirname "$0")/.."

export LC_ALL=C CGO_ENABLED=0 GOFLAGS=-mod=readonly GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT='' GOWORK=off
export GOTOOLCHAIN=local
SYSTEMS=(darwin/amd64 darwin/arm64 linux/amd64 linux/arm64 windows/amd64 windows/arm64)
BUILD=.build/release

go_is_the_pinned_one() {
	local pinned
	pinned=$(sed -n 's/^toolchain //p' go.mod)
	[ "$(go env GOVERSION)" = "$pinned" ] && return
	echo "release: go.mod names $pinned, and this is $(go env GOVERSION); another Go builds other bytes" >&2
	exit 1
}

nothing_is_changed() {
	[ -z "$(git status --porcelain)" ] && return
	echo 'release: there are changes that are in no commit; commit them, or take them away (git stash -u)' >&2
	exit 1
}

functions() {
	local arch
	for arch in arm64 x86_64; do
		make --no-print-directory -s ARCH=$arch BUILD="$BUILD" "$BUILD/$arch/bootstrap"
		"$BUILD/pack" "dist/functions-$arch.zip" "bootstrap=$BUILD/$arch/bootstrap"
	done
}

disputectl() {
	local system name
	for system in "${SYSTEMS[@]}"; do
		name=disputectl
		[ "${system%/*}" != windows ] || name=disputectl.exe
		GOOS=${system%/*} GOARCH=${system#*/} \
			go build -buildvcs=true -trimpath -ldflags '-s -w' -o "$BUILD/$system/$name" ./cmd/disputectl
		"$BUILD/pack" "dist/disputectl-${system/\//-}.zip" "$name=$BUILD/$system/$name" LICENSE
	done
}

# bom MAIN FLAGS NAME lists the modules that are linked, and the standard library, for Linux on arm64. It leaves out the
# hash of the program that made the list, which is another one on another machine.
bom() {
	GOOS=linux GOARCH=arm64 GOFLAGS="$GOFLAGS $2" .tools/sbom/cyclonedx-gomod app -json -std -noserial -notimestamp \
		-main "$1" -output "$BUILD/bom.json" . 2>"$BUILD/bom.log" || { cat "$BUILD/bom.log" >&2; exit 1; }
	python3 - "$BUILD/bom.json" "dist/$3.cdx.json" <<-'PYTHON'
		import json, sys
		with open(sys.argv[1], encoding="utf-8") as made:
		    bom = json.load(made)
		for tool in bom["metadata"]["tools"]:
		    tool.pop("hashes", None)
		with open(sys.argv[2], "w", encoding="utf-8") as out:
		    json.dump(bom, out, indent=1, ensure_ascii=False)
	PYTHON
}

go_is_the_pinned_one
[ "${1:-}" = zips ] || nothing_is_changed
rm -rf dist "$BUILD"
mkdir -p dist "$BUILD"
go build -trimpath -buildvcs=false -o "$BUILD/pack" ./tools/pack
functions
if [ "${1:-}" != zips ]; then
	disputectl
	"$BUILD/pack" dist/deployment.zip template.yaml samconfig.toml policy.yaml policy.schema.json events docs \
		README.md CHANGELOG.md SECURITY.md LICENSE
	bom functions -tags=lambda.norpc functions
	bom cmd/disputectl '' disputectl
fi
(cd dist && if command -v sha256sum >/dev/null; then sha256sum -- *; else shasum -a 256 -- *; fi) >"$BUILD/SHA256SUMS"
mv "$BUILD/SHA256SUMS" dist/
cat dist/SHA256SUMS
