# What the system tests share: a set in a folder of its own, assertions that say what they wanted, cleaning up.
# Sourced with the folder of the executables as $1. shellcheck shell=bash
set -euo pipefail
PATH=$1:$PATH
# shellcheck source=../../scripts/set.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/set.sh"

folder=$(mktemp -d "${TMPDIR:-/tmp}/sekisho-system-XXXXXX")
finish() {
  local code=$?
  if ((code != 0 && code != 77)); then
    echo "--- failed; the warden's log:"
    cat "$folder/warden.log" 2>/dev/null || true
  fi
  set_stop || true
  if declare -F cleanup >/dev/null; then cleanup || true; fi # of a test that has more to undo
  rm -rf "$folder"
  exit "$code"
}
trap finish EXIT

fail() {
  echo "FAILED: $*"
  exit 1
}

# wants CODE COMMAND...: the command must end with this exit code; its output is kept in $folder/out
wants() {
  local wanted=$1 code=0
  shift
  "$@" >"$folder/out" 2>&1 || code=$?
  ((code == wanted)) || {
    cat "$folder/out"
    fail "'$*' ended with $code, not $wanted"
  }
}
says() { grep -qF -- "$1" "$folder/out" || { cat "$folder/out"; fail "the answer does not say '$1'"; }; }

people() { # people N SEED FILE
  sekisho synth --prefecture 11 --count "$1" --seed "$2" --output "$3" 2>/dev/null
}
# rows of a result with an outcome
outcomes() { grep -c ",$2," "$1" || true; }
# count NAME: a count of `sekisho status --json` (subjects, ledger_leaves, sessions)
status_count() { as review sekisho status --json | grep -o "\"$1\": *[0-9]*" | grep -o '[0-9]*$' | head -n 1; }
# images_possible: memory images need root and gdb, and a sanitizer's shadow memory would make them fill any disk
images_possible() {
  [[ $(id -u) == 0 ]] && command -v gdb >/dev/null && ! grep -qE '__(asan|tsan)_init' "$(command -v sekisho-vault)"
}
