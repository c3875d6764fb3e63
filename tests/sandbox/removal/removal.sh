#!/usr/bin/env bash
# Takes one row at a time out of every policy and wants something to break: a death that is no longer its own
# (missing.c), the workload of a whole set (workload.sh), the same with blocks that are large sooner, or at last memory
# that cannot grow (missing.c); what is still not missed gets a longer rush of calls. A row that nothing misses is one too many.
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

# What a missing row does is kill by SIGSYS; a workload that breaks otherwise proves nothing.
killed='outside its policy|code 159|with 159'
works() { # works FOLDER: false when a process was killed
  timeout 100 "$here/workload.sh" "$bin" "$1" >"$1/said" 2>&1 && return 0
  if grep -qE "$killed" "$1/said"; then
    found="the workload: $(grep -oE '^(a start at a terminal|a start|calls|many at once|calls of every kind|stopped and continued|the end)$' "$1/said" | tail -n 1)"
    return 1
  fi
  grep -A 12 '^FAILED' "$1/said" >&2 || tail -n 3 "$1/said" >&2
}
try() { # try POLICY ROW: what misses the row
  local mine=$work/$1-$2 found needed
  mkdir "$mine"
  cp -l "$processes"/sekisho-* "$mine" 2>/dev/null || cp "$processes"/sekisho-* "$mine"
  needed=$("$processes/missing" "$1" "$2")
  found=${needed:-NOTHING}
  for round in "usual 3" "large 3" "usual 20"; do
    [[ $found == "a crash" || ($round == "usual 20" && $found != NOTHING) ]] && break
    echo "$1 $2 ${round% *}" >"$mine/removed-row"
    SEKISHO_BUSY=${round#* } works "$mine" || break
  done
  printf '%-6s %2d  %-72s %s\n' "$1" "$2" "$(sed -n "$(($2 + 1))p" "$here/../golden/$1.txt")" "$found" | tee "$work/$1-$2.result"
  rm -rf "$mine"
}
export -f try works
export work here bin processes killed

echo "none 0 usual" >"$processes/removed-row"
"$here/workload.sh" "$bin" "$processes" >"$work/whole" 2>&1 || {
  cat "$work/whole"
  echo "the workload breaks under the whole policies"
  exit 1
}
if ((sample > 0)); then
  # of those that a run of all has found to be needed
  rows | grep -xFf <(awk '!/^#/ && !/NOTHING$/ { print $1, $2 }' "$here/results.txt") | shuf -n "$sample" --random-source=<(yes "$(date +%F)")
else
  rows
fi | xargs -P "$jobs" -L 1 bash -c 'try "$@"' try

kept=$(cat "$work"/*.result | grep -c ' NOTHING$' || true)
echo "$(cat "$work"/*.result | wc -l) rows taken out, $kept not missed"
((kept == 0))
