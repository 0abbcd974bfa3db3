#!/usr/bin/env bash
# Installs what the tests and checks need into .tools/, pinned. With a part's name it installs only that part.
# A part whose pinned input has not changed is left as it is, so a second run needs no network.
set -euo pipefail
cd "$(dirname "$0")/.."

TOOLS=$PWD/.tools
PYTHON=${PYTHON:-python3}
ONLY=${1:-}

# part NAME INPUT VERSION FUNCTION empties .tools/NAME and runs FUNCTION to fill it, unless the stamp in it
# already names INPUT's content and VERSION, the version of the program that installs it.
part() {
	local name=$1 input=$2 version=$3 install=$4 dir=$TOOLS/$1 stamp
	[ "${ONLY:-$name}" = "$name" ] || return 0
	stamp=$(printf '%s %s\n' "$(sha256sum <"$input")" "$version")
	if [ "$(cat "$dir/.stamp" 2>/dev/null)" = "$stamp" ]; then
		return
	fi
	echo "tools: installing $name (once; pinned in $input)"
	rm -rf "$dir"
	mkdir -p "$dir"
	if ! "$install" "$input" "$dir"; then
		echo "tools: $name could not be installed. It needs the network once; try again with: make tools" >&2
		exit 1
	fi
	printf '%s\n' "$stamp" >"$dir/.stamp"
}

jars() {
	mvn -q -B -f "$1" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$2"
}

# venv installs exactly the listed packages: without --no-deps, pip would add packages and change versions.
venv() {
	"$PYTHON" -m venv "$2" &&
		"$2/bin/pip" install -q --no-deps -r "$1" &&
		"$2/bin/pip" check -q
}

go_tools() {
	local line
	while read -r line; do
		case $line in '' | '#'*) continue ;; esac
		GOFLAGS='' GOBIN=$2 go install "$line" || return 1
	done <"$1"
}

python_version=$("$PYTHON" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
part bin tools/go-tools.txt "$(go env GOVERSION)" go_tools
part dynamodb-local tools/dynamodb-local/pom.xml maven jars
part sam tools/sam/requirements.txt "$python_version" venv
part ministack tools/ministack/requirements.txt "$python_version" venv
part checkov tools/checkov/requirements.txt "$python_version" venv
