#!/usr/bin/env bash
# crash_campaign.sh BIN [ROUNDS [SEED [PROGRAM]]]: mixed load, kill -9 of a process of the set at random, a new start, a
# full audit of all that was ever acknowledged; again. The program puts the load and audits: sekisho-crash
# (tests/system/crash) numbers in the vault, sekisho-crash-register (tests/system/crash_register) applications, across
# register and vault. The seed gives victims, delays and load; what the processes were doing at that moment no seed gives.
rounds=${2:-10} seed=${3:-$((RANDOM * 32768 + RANDOM))} program=${4:-sekisho-crash}
. "$(dirname "$0")/case.sh"

# How much the journal grows before a kill; the records of applications are short, and each is a commit.
enough=20000
[[ $program == sekisho-crash-register ]] && enough=5000
echo "seed $seed, $rounds rounds"
RANDOM=$((seed % 32768))
set_create "$folder" >/dev/null
set_account cashier01 CSH
# One person's budget is what is audited; the others never run out.
wide="candidate_day:100000000 session:100000000 account_day:100000000 tenant_day:100000000"
for purpose in register change delete; do
  echo "guesses_$purpose = reference_day:5 reference_life:5 $wide" >>"$folder/set/sekisho.conf"
done

victims=(vault auth front set keeper)
declare -A kills=() interrupted=()
ready=0 counted=0 restarted=0

start_anew() {
  set_stop >/dev/null 2>&1 || true
  set_start || fail "the set did not start after $1"
  ready=1 counted=0
}

# pids of all that must end with the keeper
set_pids() {
  local set_warden
  set_warden=$(pgrep -P "$warden")
  echo "$set_warden" "$(pgrep -P "$set_warden" | tr '\n' ' ')"
}
all_gone() {
  local pid
  for pid in "$@"; do
    # a zombie that nobody has waited for yet is gone
    [[ -e /proc/$pid/stat && $(awk '{print $3}' "/proc/$pid/stat" 2>/dev/null) != Z ]] && return 1
  done
  return 0
}

kill_one() { # kill_one VICTIM: and sees to it that the set serves again
  local victim=$1 pids
  if [[ $victim == keeper ]]; then
    read -ra pids <<<"$(set_pids)"
    kill -9 "$warden"
    wait "$warden" 2>/dev/null || true
    warden=
    for _ in $(seq 100); do
      all_gone "${pids[@]}" && break
      sleep 0.05
    done
    all_gone "${pids[@]}" || fail "a process outlived the keeper"
    return
  fi
  kill -9 "$(set_process "$victim")"
  [[ $victim == front ]] || counted=$((counted + 1))
}

serve_again() { # the keeper restarts three times an hour at most, and waits longer each time
  if [[ -n $warden ]] && ((counted <= 1 && RANDOM % 2 == 0)); then
    ready=$((ready + 1)) restarted=$((restarted + 1))
    set_wait_ready "$ready" || fail "no restart after kill -9 of $1"
  else
    start_anew "kill -9 of $1"
  fi
}

start_anew "its making"
for round in $(seq "$rounds"); do
  victim=${victims[RANDOM % ${#victims[@]}]}
  delay=$((RANDOM % 700))
  size=$(stat -c %s "$folder/journal" 2>/dev/null || echo 0)
  as reception "$program" load "$folder" "$((seed + round))" >"$folder/load.log" 2>&1 &
  load=$!
  for _ in $(seq 1000); do
    [[ $(stat -c %s "$folder/journal" 2>/dev/null || echo 0) -gt $((size + enough)) ]] && break
    kill -0 "$load" 2>/dev/null || break
    sleep 0.01
  done
  sleep "$(printf '0.%03d' "$delay")"
  kill -0 "$load" 2>/dev/null || { cat "$folder/load.log"; fail "the load ended before the kill"; }
  kill_one "$victim"
  code=0
  wait "$load" || code=$?
  ((code == 0)) || { cat "$folder/load.log"; fail "round $round: the load ended with $code"; }
  kills[$victim]=$((${kills[$victim]:-0} + 1))
  serve_again "$victim"
  mode=audit
  ((round % 10 == 0 || round == rounds)) && mode=audit-entries
  code=0
  as reception "$program" "$mode" "$folder" "$seed" >"$folder/audit.log" 2>&1 || code=$?
  ((code == 0)) || { head -n 40 "$folder/audit.log"; fail "round $round, kill -9 of $victim after $delay ms: seed $seed"; }
  grep '^slow' "$folder/audit.log" || true
  echo "round $round: $victim after $delay ms: $(tail -n 1 "$folder/audit.log")"
  [[ $(tail -n 1 "$folder/audit.log") == *", 0 changes unanswered"* ]] || interrupted[$victim]=$((${interrupted[$victim]:-0} + 1))
done
for victim in "${victims[@]}"; do
  echo "killed $victim: ${kills[$victim]:-0} times, ${interrupted[$victim]:-0} with changes under way"
done
echo "restarted by the keeper: $restarted times, else started anew"
((${#interrupted[@]} > 0)) || fail "no kill came in the middle of anything: the test showed nothing"
