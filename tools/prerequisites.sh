#!/usr/bin/env bash
# Names every missing system program that the tests need, with the command that installs it. With --packages
# it prints only the missing Debian packages, for .ci/run. With --deploy it names what a deployment needs.
set -uo pipefail

packages=()
problems=()

missing() { # PACKAGE PROBLEM
	packages+=("$1")
	problems+=("$2: apt-get install -y $1")
}

go_is_new_enough() {
	local version
	version=$(go env GOVERSION 2>/dev/null) || return 1
	version=${version#go}
	[ "${version%%.*}" -gt 1 ] || [ "$(cut -d. -f2 <<<"${version%%[a-z]*}")" -ge 26 ]
}

java_is_new_enough() {
	local version
	version=$(java -version 2>&1 | sed -n 's|.* version "\([0-9]*\).*|\1|p')
	[ "${version:-0}" -ge 17 ]
}

go_is_new_enough ||
	problems+=("Go 1.26 or newer is missing; Debian's is too old: get it from https://go.dev/dl and put its bin folder in PATH")
"${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
	missing python3 "Python 3.11 or newer is missing (SAM CLI, MiniStack, checkov)"
"${PYTHON:-python3}" -c 'import venv, ensurepip' 2>/dev/null || missing python3-venv "Python's venv is missing"
if [ "${1:-}" = --deploy ]; then
	what='make deploy'
else
	what='make test'
	command -v git >/dev/null || missing git "git is missing (two builds of the same source are compared)"
	command -v gcc >/dev/null || missing gcc "a C compiler is missing (the race detector needs it)"
	printf '#include <stdlib.h>\n' | gcc -E - >/dev/null 2>&1 || missing libc6-dev "the C headers are missing (the race detector needs them)"
	java_is_new_enough || missing default-jre-headless "Java 17 or newer is missing (DynamoDB Local)"
	command -v mvn >/dev/null || missing maven "Maven is missing (it fetches DynamoDB Local)"
	command -v chromium-headless-shell chromium chromium-browser google-chrome >/dev/null ||
		missing chromium-headless-shell "Chromium is missing (it opens the page of disputectl report)"
fi

if [ "${1:-}" = --packages ]; then
	[ ${#packages[@]} -eq 0 ] || printf '%s\n' "${packages[@]}"
	exit 0
fi
[ ${#problems[@]} -eq 0 ] && exit 0
echo "$what needs programs that this machine does not have:" >&2
printf '  - %s\n' "${problems[@]}" >&2
exit 1
