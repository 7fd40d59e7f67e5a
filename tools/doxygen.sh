#!/bin/sh
# Make the pages of the public headers in a folder. Fails when a public function has no comment, and when Doxygen warns.
set -eu
cd "$(dirname "$0")/.."
out=$1
command -v doxygen >/dev/null || { echo "doxygen is not installed" >&2; exit 1; }
# shellcheck disable=SC2046
awk -v check=1 -f tools/doxyfilter.awk $(find include -name '*.h') >&2
mkdir -p "$out"
{ cat docs/Doxyfile; printf 'OUTPUT_DIRECTORY = "%s"\nPROJECT_NUMBER = %s\n' "$out" "${VERSION:-}"; } | doxygen -
echo "$out/html/index.html"
