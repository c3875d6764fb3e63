#!/usr/bin/env bash
# F049, F103: a number that has been erased does not come back with an older copy of the store.
. "$(dirname "$0")/case.sh"
verify=$(dirname "$0")/../interop/ledger/verify.py

set_create "$folder" >/dev/null
set_account auditor02 AUD
store=$(sed -n 's/^store *= *//p' "$folder/set/sekisho.conf")
log_in() {
  local desk
  for desk in reception:reception01 review:reviewer01 approval:approver01; do
    wants 0 set_login "${desk%:*}" "${desk#*:}" --replace-session
  done
}
found() { # found FILE: how many of its people are found
  as review sekisho lookup --purpose change --input "$1" --output "$folder/found" --quiet >/dev/null 2>&1 || true
  outcomes "$folder/found" FOUND
  rm -f "$folder/found"
}

set_start || fail "the set did not start"
log_in
people 100 3 "$folder/people.csv"
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv"
set_stop || fail "the set did not stop cleanly"
cp "$store/data.mdb" "$folder/backup.mdb"

set_start || fail "the set did not start again"
log_in
sed -n '1p;2,11p' "$folder/people.csv" >"$folder/ten.csv"
sed -n '2,11p' "$folder/enrolled.csv" | cut -d, -f3 | sed '1i reference' >"$folder/erase.csv"

# ---- receipts: one an erasure, which anybody with the ledger's key can check, and nobody can forge ----
wants 0 set_login audit auditor01
wants 0 as audit sekisho ledger verify --trust-first-use
pin=$(grep -o 'Compare: .*' "$folder/out" | cut -d' ' -f2)
reader=$folder/reader.session # of another auditor, at the approver's terminal
wants 0 set_login approval auditor02 --session "$reader"
wants 5 as approval sekisho erase --input "$folder/erase.csv" --receipts "$folder/none" --ledger-pin "$pin"
says "Nothing was erased"
(($(found "$folder/ten.csv") == 10)) || fail "erased without the right to a receipt"
wants 0 as approval sekisho erase --purpose delete --input "$folder/erase.csv" --quiet --receipts "$folder/receipts" \
  --reader-session "$reader" --ledger-pin "$pin"
(($(find "$folder/receipts" -name '*.receipt' | wc -l) == 10)) || fail "not one receipt an erasure"
for reference in $(sed 1d "$folder/erase.csv"); do
  wants 0 sekisho receipt verify --receipt "$folder/receipts/$reference.receipt" --ledger-pin "$pin"
done
receipt=$folder/receipts/$reference.receipt
wants 2 sekisho receipt verify --receipt "$receipt"
wants 8 sekisho receipt verify --receipt "$receipt" --ledger-pin "$(printf '0%.0s' {1..64})"
says "another key"
wants 0 as audit sekisho receipt verify --receipt "$receipt" --online
wants 2 sekisho receipt verify --receipt "$folder/none" --ledger-pin "$pin"
sed -n 's/^vkey //p' "$receipt" >"$folder/vkey"
wants 0 "$verify" receipt "$receipt" @"$folder/vkey"
for line in $(seq "$(wc -l <"$receipt")"); do # every line forged, one at a time
  sed "${line}y/0123456789abcdefgASE/1234567890bcdefahZTU/" "$receipt" >"$folder/forged"
  cmp -s "$receipt" "$folder/forged" && continue # the empty line
  wants 8 sekisho receipt verify --receipt "$folder/forged" --ledger-pin "$pin"
  [[ $(sed -n "${line}p" "$receipt") == vkey* ]] || wants 1 "$verify" receipt "$folder/forged" @"$folder/vkey"
done
wants 0 as audit sekisho receipt write --out "$folder/again" --reference "$reference"
wants 0 sekisho receipt verify --receipt "$folder/again/$reference.receipt" --ledger-pin "$pin"
(($(found "$folder/ten.csv") == 0)) || fail "an erased number is found"
set_stop || fail "the set did not stop cleanly"

cat "$folder/backup.mdb" >"$store/data.mdb"
set_start || fail "the set did not start with the backup"
log_in
(($(found "$folder/ten.csv") == 0)) || fail "the backup has brought an erased number back"
(($(found "$folder/people.csv") == 90)) || fail "the backup has lost somebody"
(($(status_count subjects) == 90)) || fail "erased people are counted"
wants 2 sekisho store accept-lost-erasures --store "$store"
says "is in use"
wants 2 sekisho store compact --store "$store"
says "is in use"
set_stop || fail "the set did not stop cleanly"
wants 0 sekisho store compact --store "$store"

wants 2 sekisho store accept-lost-erasures --store "$store"
says "is not lost"
[[ ! -e $store/erasures.lost ]] || fail "a whole erasure journal was put aside"
mv "$store/erasures" "$folder/erasures"
! set_start || fail "the set starts without its erasure journal"
wait "$warden" || true
grep -q "erasure journal" "$folder/warden.log" || fail "the log does not say what is missing"
wants 0 sekisho store accept-lost-erasures --store "$store"
set_start || fail "the set did not start with a new erasure journal"
log_in
(($(found "$folder/ten.csv") == 0)) || fail "an erased number is found under the new journal"
