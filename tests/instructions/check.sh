#!/usr/bin/env bash
# Counts the instructions of the hot paths under callgrind and holds them to the bounds in the file beside this one, so
# that a slow-down is seen without a clock. check.sh FOLDER: where hot-vault and hot-front are. 77: there is no valgrind.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
programs=$1

command -v valgrind >/dev/null || {
  echo "valgrind is missing (Debian: valgrind)"
  exit 77
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch

failed=0
printf '%-10s %-6s %14s %8s\n' program path 'instructions' 'bound'
while read -r program path bound; do
  if ! times=$(valgrind --tool=callgrind --callgrind-out-file="$scratch/out" --toggle-collect="path_$path" \
    "$programs/$program" "$path" 2>"$scratch/log"); then
    echo "$program $path does not run:" && tail -n 20 "$scratch/log"
    exit 1
  fi
  total=$(sed -nE 's/^==[0-9]+== Collected : ([0-9]+)$/\1/p' "$scratch/log")
  if ! [[ $total =~ ^[1-9][0-9]*$ && $times =~ ^[1-9][0-9]*$ ]]; then
    echo "$program $path: nothing was counted"
    exit 1
  fi
  each=$((total / times))
  verdict=
  ((each <= bound)) || { verdict='TOO MANY' failed=1; }
  printf '%-10s %-6s %14d %8d %s\n' "$program" "$path" "$each" "$bound" "$verdict"
done < <(grep -v '^#' "$here/bounds")
exit "$failed"
