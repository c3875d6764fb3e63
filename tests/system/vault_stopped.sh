#!/usr/bin/env bash
# INV-02: what has nothing to do with numbers works while the vault is stopped; a number call gets a status in time, and
# the vault goes on where it was.
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
set_start || fail "the set did not start"
people 50 1 "$folder/people.csv"
wants 0 set_login reception reception01
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv"
wants 0 set_login review reviewer01

kill -STOP "$(set_process vault)"
wants 0 as review sekisho attest --check
as review sekisho status --json >"$folder/out"
grep -q '"vault_available": *false' "$folder/out" || { cat "$folder/out"; fail "status does not say that the vault is away"; }
head -n 2 "$folder/people.csv" >"$folder/one.csv"
began=$SECONDS
code=0
as review sekisho lookup --purpose change --input "$folder/one.csv" --quiet >"$folder/out" 2>&1 || code=$?
((code == 3 || code == 7)) || { cat "$folder/out"; fail "a look-up without a vault ended with $code"; }
((SECONDS - began < 25)) || fail "no answer for $((SECONDS - began)) s"
says VAULT_UNAVAILABLE
kill -CONT "$(set_process vault)"

wants 0 as review sekisho lookup --purpose change --input "$folder/people.csv" --output "$folder/found.csv"
(($(outcomes "$folder/found.csv" FOUND) == 50)) || fail "look-ups are missing after the vault went on"
[[ $(grep -c '^ready:' "$folder/warden.log") == 1 ]] || fail "the set was restarted"
