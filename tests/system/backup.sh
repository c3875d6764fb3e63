#!/usr/bin/env bash
# A backup is taken while everything goes on, and restored into a new set: whoever was acknowledged before is there, whoever
# was erased stays erased; a damaged one is named; a vault that dies meanwhile leaves nothing behind.
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
printf 'keep it\n' >/dev/null
add_account() { # add_account NAME ROLE
  (umask 077 && head -c 12 /dev/urandom | base64 | sed 's/$/aA1!/' >"$folder/$1.password")
  wants 0 sekisho account add --accounts "$folder/set/accounts" --prefecture 11 --account "$1" --role "$2" \
    --password-file "$folder/$1.password"
}
add_account owner01 OWN
log_in() {
  local desk
  for desk in reception:reception01 review:reviewer01 approval:approver01 audit:owner01; do
    wants 0 set_login "${desk%:*}" "${desk#*:}" --replace-session
  done
}
found() { # found FILE: how many of its people are found
  as review sekisho lookup --purpose change --input "$1" --output "$folder/found" --quiet >/dev/null 2>&1 || true
  outcomes "$folder/found" FOUND
  rm -f "$folder/found"
}
backup() { as audit sekisho backup "$@"; }

# ---- no key, no right
set_start || fail "the set did not start"
log_in
wants 1 backup --output "$folder/none"
says NO_BACKUP_KEY
[[ ! -e $folder/none ]] || fail "a refused backup left a file"
wants 5 as review sekisho backup --output "$folder/none"
set_stop || fail "the set did not stop cleanly"

sekisho keygen backup --output "$folder/backup.key" >"$folder/line" 2>/dev/null
[[ $(stat -c %a "$folder/backup.key") == 400 ]] || fail "the private key has another mode"
cp "$folder/set/sekisho.conf" "$folder/conf"
echo "backup_public_key = 0123" >>"$folder/set/sekisho.conf"
wants 74 sekisho-warden --check-config "$folder/set/sekisho.conf"
says "backup_public_key must be 64 lower-case hex digits"
cat "$folder/conf" "$folder/line" >"$folder/set/sekisho.conf"
set_start || fail "the set did not start with a backup key"
log_in

# ---- a backup while everything goes on
people 3000 5 "$folder/people.csv"
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv" --quiet
sed -n '2,21p' "$folder/enrolled.csv" | cut -d, -f3 | sed '1i reference' >"$folder/erase.csv"
wants 0 as approval sekisho erase --purpose delete --input "$folder/erase.csv" --quiet
wants 0 backup --output "$folder/first.backup" --json
cat "$folder/out"
