#!/usr/bin/env bash
# Two tiny rounds over a register: made, copied for a set and for loops in one process, read, searched, imported into.
# Usage: smoke_register.sh SOURCE BINARY_FOLDER
set -euo pipefail
source=$1 bin=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/build" "$folder/data"
ln -s "$bin" "$folder/build/bin"

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

sides=(register-get-1 register-number-1 register-reference-1 register-prefix-1 register-name-1-small register-get-64
  register-import-500x2 register-rows-500 look-get look-number look-reference look-name look-prefix)
"$bin/bench-driver" --source "$source" --build "$folder/build" --data "$folder/data" --rounds 2 --seconds 0.1 \
  --people 1000 --registrants 3000 --only "^($(IFS='|' && echo "${sides[*]}"))$" >"$folder/out" 2>&1 ||
  fail "the bench: $(cat "$folder/out")"
for side in "${sides[@]}"; do
  grep -q "^$side: " "$folder/out" || fail "no figures of $side"
done
grep -q 'bare LMDB load of the same rows .* register-import-500x2 / register-rows-500$' "$folder/out" || fail "no ratio"
[[ -s $folder/build/results/growth.svg ]] || fail "no plot of the growth"
compgen -G "$folder/build/run-*" >/dev/null && fail "a run's folder is left behind"

# A register that is none fails its sides, and they are named.
printf none >"$(echo "$folder"/data/register-3000-*/11.register)"
"$bin/bench-driver" --source "$source" --build "$folder/build" --data "$folder/data" --rounds 2 --seconds 0.1 \
  --people 1000 --registrants 3000 --only '^(look-get|echo-1x1)$' >"$folder/failed" 2>&1 &&
  fail "a failed side does not fail the bench"
grep -q '^FAILED: look-get$' "$folder/failed" || fail "the failed side is not named: $(cat "$folder/failed")"
grep -q '^echo-1x1: ' "$folder/failed" || fail "the other side was not measured"
echo "bench smoke, register: ok"
