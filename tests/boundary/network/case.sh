# What the network cases share: a set with one person in it, and what must hold after every attack.
# shellcheck shell=bash
attack=$2
# shellcheck source=../../system/case.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../system/case.sh"

MEMORY_MAX_KB=2097152 # half of the front's RLIMIT_AS: what no attack here may come near to
SERVICE_S=5

set_create "$folder" >/dev/null
set_start || fail "the set did not start"
people 1 1 "$folder/people.csv"
wants 0 set_login reception reception01
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv"
wants 0 set_login review reviewer01
printf 'reference,number\n%s,%s\n' "$(sed -n 2p "$folder/enrolled.csv" | cut -d, -f3)" \
  "$(sed -n 2p "$folder/people.csv" | cut -d, -f1)" >"$folder/known.csv"
subjects=$(status_count subjects)
leaves=$(status_count ledger_leaves)
pids="$(set_process front) $(set_process vault)"

attacks() { as reception "$attack" "$@" >"$folder/attack" 2>&1 || { cat "$folder/attack"; fail "attack $* did not run"; }; }
value() { sed -n "s/^$1 //p" "$folder/attack" | tail -n 1; }
peak_kb() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(set_process front)/status"; }

# holds NAME: after the attack, or during it, a person who is known is matched soon; nothing has changed; nobody restarted.
holds() {
  local began=$SECONDS took
  until as review sekisho match --purpose change --input "$folder/known.csv" --quiet >"$folder/out" 2>&1; do
    ((SECONDS - began <= SERVICE_S)) || { cat "$folder/out"; fail "$1: no service for $SERVICE_S s"; }
    sleep 0.2
  done
  took=$((SECONDS - began))
  leaves=$((leaves + 1))
  [[ $(status_count subjects) == "$subjects" ]] || fail "$1: the numbers changed"
  [[ $(status_count ledger_leaves) == "$leaves" ]] || fail "$1: the ledger has other leaves than the uses there were"
  [[ "$(set_process front) $(set_process vault)" == "$pids" ]] || fail "$1: a process was restarted"
  (($(peak_kb) < MEMORY_MAX_KB)) || fail "$1: the front's memory went to $(peak_kb) kB"
  echo "$1: service within $took s, front's peak $(($(peak_kb) / 1024)) MiB"
}
