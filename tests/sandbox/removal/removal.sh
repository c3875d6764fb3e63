#!/usr/bin/env bash
# Takes one row at a time out of every policy and wants something to break: a death that is no longer its own
# (dying.c), or the workload of a whole set (workload.sh). A row that nothing misses is one too many.
#
#   removal.sh BIN [--policies "NAME..."] [--sample N] [--jobs N]
#
# BIN: the folder of the build's executables. --sample N: N rows, others every day. Ends with 1 when a row is not missed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$1 processes=$1/../tests/sandbox/removal/bin
shift
policies="vault auth front warden unseal" sample=0 jobs=2
while (($#)); do
  case $1 in
  --policies) policies=$2 ;;
  --sample) sample=$2 ;;
  --jobs) jobs=$2 ;;
  *) echo "unknown: $1" >&2 && exit 2 ;;
  esac
  shift 2
done
work=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-removal-XXXXXX")
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT

rows() { # "POLICY ROW" a line
  local policy
  for policy in $policies; do
    seq 0 $(($(wc -l <"$here/../golden/$policy.txt") - 1)) | sed "s/^/$policy /"
  done
}

try() { # try POLICY ROW: what misses the row
  local mine=$work/$1-$2 found
  mkdir "$mine"
  cp -l "$processes"/sekisho-* "$mine" 2>/dev/null || cp "$processes"/sekisho-* "$mine"
  echo "$1 $2" >"$mine/removed-row"
  if ! "$processes/dying" "$1" "$2"; then
    found="a crash"
  elif ! timeout 100 "$here/workload.sh" "$bin" "$mine" >"$mine/said" 2>/dev/null; then
    found="the workload: $(grep -B 1 -m 1 '^FAILED' "$mine/said" | head -n 1)"
  else
    found="NOTHING"
  fi
  printf '%-7s %2d  %-58s %s\n' "$1" "$2" "$(sed -n "$(($2 + 1))p" "$here/../golden/$1.txt")" "$found" | tee "$work/$1-$2.result"
  rm -rf "$mine"
}
export -f try
export work here bin processes

echo "none 0" >"$processes/removed-row"
"$here/workload.sh" "$bin" "$processes" >"$work/whole" 2>&1 || {
  cat "$work/whole"
  echo "the workload breaks under the whole policies"
  exit 1
}
if ((sample > 0)); then
  rows | shuf -n "$sample" --random-source=<(yes "$(date +%F)")
else
  rows
fi | xargs -P "$jobs" -L 1 bash -c 'try "$@"' try

kept=$(cat "$work"/*.result | grep -c ' NOTHING$' || true)
echo "$(cat "$work"/*.result | wc -l) rows taken out, $kept not missed"
((kept == 0))
