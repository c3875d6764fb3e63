#!/usr/bin/env bash
# F108: keys are exchanged while the set serves, through kill -9 of the vault; then the root key of the stopped store.
. "$(dirname "$0")/case.sh"

set_create "$folder"
set_account owner01 OWN
set_start || fail "the set does not start"
set_login reception reception01
set_login review reviewer01
set_login approval owner01

people 20000 5 "$folder/people.csv"
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv"
# pairs of reference and number, in the order of the input
paste -d, <(tail -n +2 "$folder/enrolled.csv" | cut -d, -f3) <(tail -n +2 "$folder/people.csv" | cut -d, -f1) |
  sed '1i reference,number' >"$folder/pairs.csv"

rotation() { as review sekisho status --json | grep -o '"rotation":"[a-z]*"' | cut -d'"' -f4; }
rows() { as review sekisho status --json | grep -o '"rotated_rows":[0-9]*' | cut -d: -f2; }
all_match() {
  wants 0 as review sekisho match --purpose change --input "$folder/pairs.csv" --output "$folder/matched.$1"
  (($(outcomes "$folder/matched.$1" MATCHED) == 20000)) || fail "not everybody matches ($1)"
}
desks_log_in() {
  set_login review reviewer01 --replace-session
  set_login approval owner01 --replace-session
}

wants 5 as review sekisho key rotate
[[ $(rotation) == none ]] || fail "a reviewer has begun a rotation"
wants 0 as approval sekisho key rotate
wants 1 as approval sekisho key rotate
says "going on already"

# Killed in the middle, it goes on where it was.
for _ in $(seq 200); do (($(rows) > 2000)) && break; done
[[ $(rotation) == running ]] || fail "the rotation was over too soon to be interrupted"
before=$(rows)
kill -9 "$(set_process vault)"
set_wait_ready 2 || fail "the set does not come back"
desks_log_in
(($(rows) >= before)) || fail "the rotation has begun anew"
all_match during
for _ in $(seq 600); do [[ $(rotation) == waiting ]] && break; sleep 0.1; done
wants 0 as review sekisho status --json
says '"record_key_version":2'
says '"index_key_version":2'
says '"rotation":"waiting"'
all_match after
wants 0 as review sekisho lookup --purpose change --input "$folder/people.csv" --quiet

# Root key: not while the server runs, not from a wrong one; then the old one opens nothing.
set_conf=$folder/set/sekisho.conf
store=$(sed -n 's/^store *= *//p' "$set_conf")
root_key=$(sed -n 's/^root_key *= *//p' "$set_conf")
wants 2 sekisho key rotate-root --store "$store" --root-key "$root_key" --output "$folder/next.key"
says "is in use"
set_stop || fail "the set does not stop cleanly"
(umask 077 && head -c 32 /dev/urandom >"$folder/wrong.key")
wants 2 sekisho key rotate-root --store "$store" --root-key "$folder/wrong.key" --output "$folder/next.key"
says "not the root key"
[[ ! -e $folder/next.key ]] || fail "a key of nothing is left behind"
wants 2 sekisho key rotate-root --store "$folder/set" --root-key "$root_key" --output "$folder/next.key"
wants 0 sekisho key rotate-root --store "$store" --root-key "$root_key" --output "$folder/next.key"
! grep -qw "1 prefectures" "$folder/out" || fail "one prefecture is several"
wants 2 sekisho key rotate-root --store "$store" --root-key "$root_key" --output "$folder/third.key"
! set_start || fail "the former root key still opens the store"
wait "$warden" || true
sed -i "s#^root_key *=.*#root_key = $folder/next.key#" "$set_conf"
set_start || fail "the set does not start with the new root key"
desks_log_in
all_match "under the new root key"
