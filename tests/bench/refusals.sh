#!/usr/bin/env bash
# scripts/bench measures optimised builds only. Usage: refusals.sh SOURCE
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/bin"
printf '#!/bin/sh\necho "measured: $*"\n' >"$folder/bin/bench-driver"
chmod +x "$folder/bin/bench-driver"

try() { # try TYPE SANITIZERS: runs it on a build that says so
  printf 'CMAKE_BUILD_TYPE:STRING=%s\nSEKISHO_SANITIZE:STRING=%s\n' "$1" "$2" >"$folder/CMakeCache.txt"
  "$source/scripts/bench" --no-build --build "$folder" --data "$folder/data" --rounds 3 2>&1
}
source=$1

for type in Release RelWithDebInfo; do
  try "$type" '' | grep -q 'measured: .*--rounds 3' || { echo "FAIL: $type is not measured"; exit 1; }
done
for build in 'Debug ' ' ' 'RelWithDebInfo address;undefined'; do
  if try "${build% *}" "${build#* }" >"$folder/out"; then
    echo "FAIL: measured a build of '$build'"
    exit 1
  fi
  grep -q 'refusing to measure' "$folder/out" || { echo "FAIL: not told why"; exit 1; }
done
rm "$folder/CMakeCache.txt"
if "$source/scripts/bench" --no-build --build "$folder" >"$folder/out" 2>&1; then
  echo "FAIL: measured no build"
  exit 1
fi
grep -q 'there is no build' "$folder/out"
echo "bench refusals: ok"
