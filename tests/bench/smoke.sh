#!/usr/bin/env bash
# Two tiny rounds of a bench with a running set: every kind of load, results as JSON, plots; nothing is left behind.
# Usage: smoke.sh SOURCE BINARY_FOLDER
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

bench() { # bench NAME OPTION...: output in $folder/NAME
  local name=$1
  shift
  "$bin/bench-driver" --source "$source" --build "$folder/build" --data "$folder/data" --rounds 2 --seconds 0.1 \
    --people 1000 "$@" >"$folder/$name" 2>&1
}

sides='^(match-unary-1|match-unary-1-beside|match-unary-1-beside-queued|match-unary-64|match-unary-64-unrecorded|match-stream-256x32|match-stream-256x32-rotating|match-stream-256x32-backup|mixed-64|login-8|login-8-matches|match-unary-64-logins|argon2-1|enroll-2000x2|lmdb-rows-2000x2|open-match-25|echo-1x1|store-.*|fdatasync)$'
bench out --only "$sides" || fail "the bench: $(cat "$folder/out")"
for side in match-unary-64 match-unary-64-unrecorded match-stream-256x32 \
  match-unary-1-beside match-unary-1-beside-queued match-stream-256x32-rotating match-stream-256x32-backup mixed-64 \
  login-8 login-8-matches match-unary-64-logins argon2-1 enroll-2000x2 lmdb-rows-2000x2 open-match-25 store-call-256x4; do
  grep -q "^$side: " "$folder/out" || fail "no figures of $side"
done
grep -q 'streamed Match, 256 / store loop without ledger .* match-stream-256x32 / store-match-256x1$' "$folder/out" ||
  fail "no ratio"
[[ $(grep -c '"match-unary-64": {' "$folder/build/results.json") == 2 ]] || fail "not every run is in the JSON"
for plot in throughput latency open-loop; do
  [[ -s $folder/build/results/$plot.svg ]] || fail "no plot $plot"
done
compgen -G "$folder/build/run-*" >/dev/null && fail "a run's folder is left behind"

# A side that fails is told, and the bench fails with it: here the store is no store.
rm -rf "$folder/data"/people-*/people.table
bench failed --only '^(store-match-256x1|echo-1x1)$' && fail "a failed side does not fail the bench"
grep -q '^FAILED: store-match-256x1$' "$folder/failed" || fail "the failed side is not named: $(cat "$folder/failed")"
grep -q '^echo-1x1: ' "$folder/failed" || fail "the other sides were not measured"

# A part that does not start is told, too: the data of the store is gone.
rm -rf "$folder/data"/people-*/data.mdb
bench unstarted --only '^(store-match-256x1|echo-1x1)$' && fail "a part that does not start does not fail the bench"
grep -q '^FAILED: store-match-256x1$' "$folder/unstarted" || fail "its side is not named: $(cat "$folder/unstarted")"
grep -q '^echo-1x1: ' "$folder/unstarted" || fail "the other sides were not measured then"

bench none --only '^nothing$' && fail "no side at all is no failure"
grep -q 'no side to run' "$folder/none" || fail "no side to run is not told"
echo "bench smoke: ok"
