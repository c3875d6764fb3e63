#!/usr/bin/env bash
# F049, F103: a number that has been erased does not come back with an older copy of the store.
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
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
wants 0 as approval sekisho erase --purpose delete --input "$folder/erase.csv" --quiet
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
set_stop || fail "the set did not stop cleanly"

mv "$store/erasures" "$folder/erasures"
! set_start || fail "the set starts without its erasure journal"
wait "$warden" || true
grep -q "erasure journal" "$folder/warden.log" || fail "the log does not say what is missing"
wants 0 sekisho store accept-lost-erasures --store "$store"
set_start || fail "the set did not start with a new erasure journal"
log_in
(($(found "$folder/ten.csv") == 0)) || fail "an erased number is found under the new journal"
