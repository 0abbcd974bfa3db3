#!/usr/bin/env bash
# Installs what the tests and checks need into .tools/, pinned by hash. With names of parts it installs only those.
# A part whose pins have not changed is left as it is, so a second run needs no network.
#
# Each part is installed in a folder of its own, .tools/parts/NAME-HASH, where it stays: the scripts of a Python
# environment name their own path. Only when it is whole does the link .tools/NAME change, in one step, to name it.
# One process at a time works on a part. So two runs at once, or one that was killed, leave no half of a part.
set -euo pipefail
cd "$(dirname "$0")/.."

export LC_ALL=C
PYTHON=${PYTHON:-python3}
PARTS=(bin checkov dynamodb-local ministack sam) # and sbom, which only a release needs

# pins NAME prints the files that say what the part consists of.
pins() {
	case $1 in
	bin | sbom) local module; for module in $(go_modules "$1"); do echo "$module/go.mod" "$module/go.sum"; done ;;
	dynamodb-local) ls tools/dynamodb-local/pom.xml tools/dynamodb-local/files.sha256 ;;
	*) echo "tools/$1/requirements.txt" ;;
	esac
}

go_modules() {
	case $1 in
	bin) printf 'tools/go/%s\n' golangci-lint govulncheck actionlint ;;
	sbom) echo tools/go/cyclonedx-gomod ;;
	esac
}

# installer NAME prints the version of the program that installs the part: another one installs it again.
installer() {
	case $1 in
	bin | sbom) go env GOVERSION ;;
	dynamodb-local) echo maven ;;
	*) "$PYTHON" -c 'import sys; print("python%d.%d" % sys.version_info[:2])' ;;
	esac
}

fill() { # NAME FOLDER
	case $1 in
	bin | sbom) go_tools "$1" "$2" ;;
	dynamodb-local) jars "$2" ;;
	*) venv "tools/$1/requirements.txt" "$2" ;;
	esac
}

go_tools() {
	local module
	for module in $(go_modules "$1"); do
		(cd "$module" && CGO_ENABLED=0 GOFLAGS=-mod=readonly GOBIN=$2 go install tool) || return 1
	done
}

jars() {
	mvn -q -B -C -f tools/dynamodb-local/pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$1" ||
		return 1
	(cd "$1" && checksums *) | diff tools/dynamodb-local/files.sha256 - || {
		echo "Maven brought other files than tools/dynamodb-local/files.sha256 lists; nothing of it is used"
		return 1
	}
}

checksums() {
	if command -v sha256sum >/dev/null; then sha256sum -- "$@"; else shasum -a 256 -- "$@"; fi
}

# venv installs exactly the listed packages: without --no-deps, pip would add packages and change versions. A package
# that would have to be built is refused, because what builds it is not pinned.
venv() {
	"$PYTHON" -m venv "$2" &&
		"$2/bin/pip" install -q --disable-pip-version-check --require-hashes --only-binary :all: --no-deps -r "$1" &&
		"$2/bin/pip" check -q
}

# link NAME TARGET changes the link .tools/NAME in one step, and removes what it named before.
link() {
	if [ -d ".tools/$1" ] && [ ! -L ".tools/$1" ]; then # of an earlier way to install
		mv ".tools/$1" ".tools/parts/$1-before"
	fi
	"$PYTHON" - "$1" "$2" <<-'PYTHON'
		import os, sys
		name, target = sys.argv[1:]
		new = f".tools/parts/{name}.link"
		if os.path.lexists(new):
		    os.remove(new)
		os.symlink(target, new)
		os.replace(new, f".tools/{name}")
	PYTHON
	find .tools/parts -maxdepth 1 -name "$1-*" ! -path ".tools/$2" -exec rm -rf {} +
}

# part NAME runs while the part is locked.
part() {
	local name=$1 hash target
	hash=$({ cat $(pins "$name") && installer "$name"; } | checksums | cut -c1-16)
	target=parts/$name-$hash
	if [ "$(readlink ".tools/$name")" = "$target" ]; then
		return
	fi
	echo "installing (once; pinned in $(pins "$name" | head -n 1 | cut -d' ' -f1))"
	rm -rf ".tools/$target"
	mkdir -p ".tools/$target"
	if ! fill "$name" "$(cd ".tools/$target" && pwd -P)"; then
		rm -rf ".tools/$target"
		echo "could not be installed. It needs the network once; try again with: make tools"
		return 1
	fi
	link "$name" "$target"
	echo "installed in $SECONDS s"
}

if [ "${1:-}" = --locked ]; then
	part "$2"
	exit
fi

[ $# -gt 0 ] || set -- "${PARTS[@]}"
for name; do
	[[ " ${PARTS[*]} sbom " = *" $name "* ]] || { echo "tools: no part is called $name; there are ${PARTS[*]} sbom" >&2; exit 1; }
done
mkdir -p .tools/parts
running=()
for name; do
	"$PYTHON" tools/locked.py ".tools/parts/$name.lock" bash tools/install.sh --locked "$name" 2>&1 |
		sed -e $'s/\x1b\\[[0-9;]*m//g' -e "s/^/tools: $name: /" >&2 &
	running+=($!)
done
status=0
for pid in "${running[@]}"; do
	wait "$pid" || status=1
done
exit $status
