#!/usr/bin/env bash
# A day of a set in a few seconds: everything that its processes do once they are locked down. Ends with 0 when all of
# it worked. workload.sh CLIENTS PROCESSES: the folders of the executables; PROCESSES holds "removed-row" too.
# SEKISHO_BUSY: seconds of many calls at once (3).
clients=$1
. "$(dirname "$0")/../../system/case.sh"
PATH=$2:$PATH

echo "keys"
set_create "$folder" >/dev/null
set_account owner01 OWN
(umask 077 && head -c 12 /dev/urandom | base64 | sed 's/$/aA1!/' >"$folder/phrase")
conf=$folder/set/sekisho.conf
sekisho key wrap --root-key "$folder/set/root.key" --output "$folder/set/root.wrapped" --memory-mib 64 \
  --password-file "$folder/phrase" >/dev/null 2>&1
sed -i '/^root_key/d' "$conf"
printf 'root_key = passphrase:%s\n' "$folder/set/root.wrapped" >>"$conf"
grep -q '^socket' "$conf" || echo "socket = $folder/set/socket/api" >>"$conf"

echo "a start at a terminal"
SEKISHO_LOG=$folder/warden.log python3 "$(dirname "$0")/at_terminal.py" "$conf" "$folder/phrase" ||
  fail "no start at a terminal"

echo "a start"
echo "root_key_secret = $folder/phrase" >>"$conf"
set_start || fail "the set does not start"

echo "calls"
for login in reception:reception01 review:reviewer01 approval:approver01 audit:auditor01; do
  set_login "${login%:*}" "${login#*:}" || fail "no login"
done
people 6000 1 "$folder/people.csv"
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv"
paste -d, <(cut -d, -f3 "$folder/enrolled.csv") <(cut -d, -f1 "$folder/people.csv") >"$folder/pairs.csv"
wants 0 as review sekisho match --purpose change --input "$folder/pairs.csv" --quiet

echo "many at once"
# so that gRPC's threads get into each other's way
many() {
  # shellcheck disable=SC2016
  as audit sh -c 'exec bench-load ping --method /sekisho.v1.SystemService/GetStatus --target "$SEKISHO_ADDRESS" \
    --ca "$SEKISHO_CA" --cert "$SEKISHO_CERT" --key "$SEKISHO_KEY" --in-flight 64 --warm-up 0 --seconds "${SEKISHO_BUSY:-3}"'
}
others=()
for i in 1 2 3 4; do
  many >"$folder/many.$i" 2>&1 &
  others+=($!)
done
for pid in "${others[@]}"; do wait "$pid" || { cat "$folder"/many.*; fail "many calls at once"; }; done

echo "calls of every kind"
head -n 3 "$folder/people.csv" >"$folder/some.csv"
wants 0 as review sekisho lookup --purpose change --input "$folder/some.csv" --quiet
paste -d, <(sed -n '1,2p' "$folder/pairs.csv" | cut -d, -f1) <(sed -n '1p;3p' "$folder/pairs.csv" | cut -d, -f2) >"$folder/guess.csv"
wants 1 as review sekisho match --purpose change --input "$folder/guess.csv" --quiet
sekisho synth --prefecture 11 --count 1 --seed 777 2>/dev/null | cut -d, -f1 >"$folder/new.csv"
paste -d, <(sed -n '1,2p' "$folder/pairs.csv" | cut -d, -f1) "$folder/new.csv" >"$folder/replace.csv"
wants 0 as approval sekisho replace --purpose change --input "$folder/replace.csv" --quiet
sed -n '1p;3p' "$folder/pairs.csv" | cut -d, -f1 >"$folder/erase.csv"
wants 0 as approval sekisho erase --purpose delete --input "$folder/erase.csv" --quiet
wants 0 as audit sekisho ledger verify --full --trust-first-use
wants 0 as audit sekisho ledger show --limit 10 --quiet
wants 0 as audit sekisho ledger export --out "$folder/tiles" --trust-first-use
wants 0 as review sekisho status --address "unix:$folder/set/socket/api"
wants 0 set_login approval owner01 --replace-session
wants 0 as approval sekisho key rotate
sekisho synth register --prefecture 11 --count 500 --seed 5 --output "$folder/register.csv" 2>/dev/null
wants 0 set_login approval approver01 --replace-session
wants 0 as approval sekisho register import --input "$folder/register.csv" --output "$folder/faults.csv" --quiet
wants 0 as review sekisho register search --limit 3
sed '2,3d' "$folder/pairs.csv" >"$folder/others.csv" # not the two that were changed and erased
for _ in 1 2 3; do wants 0 as review sekisho match --purpose change --input "$folder/others.csv" --quiet; done
wants 0 as review sekisho attest --check

echo "stopped and continued"
front=$(set_process front)
kill -STOP "$front" && sleep 0.2 && kill -CONT "$front"
wants 0 as review sekisho status
wants 0 as review sekisho logout

echo "the end"
set_stop || fail "the set ended with $?"
! grep -q 'killed' "$folder/warden.log" || fail "a process was killed"
