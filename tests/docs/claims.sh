#!/usr/bin/env bash
# Every test that SECURITY.md names exists: the ctest entries (`suite.name`) and, behind them, the cases.
set -euo pipefail
source=$1 build=$2 ctest=$3
known=$("$ctest" --test-dir "$build" -N | sed -nE 's/^ *Test +#[0-9]+: ([^ ]+).*/\1/p')
bad=0 names=0

table=$(grep -E '^\| [0-9]+ \|' "$source/SECURITY.md" | awk -F' \\| ' '{print $NF}')
for name in $(grep -oE '`[a-z_]+\.[a-z_.]+`' <<<"$table" | tr -d '`' | sort -u); do
  names=$((names + 1))
  grep -qxF "$name" <<<"$known" || { echo "no such test: $name" && bad=1; }
done
# cases: words with an underscore outside of backticks and parentheses
for case in $(sed -E 's/`[^`]*`//g; s/\([^)]*\)//g' <<<"$table" | grep -oE '\b[a-z0-9]+(_[a-z0-9]+)+\b' | sort -u); do
  names=$((names + 1))
  grep -rqE "\b$case\b" "$source"/tests --include='*.c' --include='*.py' || { echo "no such case: $case" && bad=1; }
done
echo "$names names checked"
((names > 40)) || { echo "too few names were found" && bad=1; }
exit "$bad"
