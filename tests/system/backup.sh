#!/usr/bin/env bash
# F053: a backup is taken while everything goes on, and restored into a new set: whoever was acknowledged before is there,
# whoever was erased stays erased; a damaged one is named; nothing is left of one that broke off.
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
set_account owner01 OWN
store=$folder/set/store
log_in() {
  local desk
  for desk in reception:reception01 review:reviewer01 approval:approver01 audit:owner01; do
    wants 0 set_login "${desk%:*}" "${desk#*:}" --replace-session
  done
}
found() { # found FILE: how many of its people are found; asks again when a busy machine has left rows unanswered
  local code
  for _ in 1 2 3; do
    code=0
    rm -f "$folder/found"
    as review sekisho lookup --purpose change --input "$1" --output "$folder/found" --quiet >/dev/null 2>&1 || code=$?
    ((code > 1)) || break
  done
  outcomes "$folder/found" FOUND
}
references() { cut -d, -f3 "$1" | sed '1s/.*/reference/'; } # references ENROLLED
backup() { as audit sekisho backup "$@"; }
restore() { # restore BACKUP: into the set's store
  sekisho restore --input "$1" --backup-key "$folder/backup.key" --root-key "$folder/set/root.key" --store "$store"
}

# ---- no key, no right, no good key
set_start || fail "the set did not start"
log_in
wants 1 backup --output "$folder/none"
says NO_BACKUP_KEY
wants 5 as review sekisho backup --output "$folder/none"
[[ ! -e $folder/none ]] || fail "a refused backup left a file"
set_stop || fail "the set did not stop cleanly"

sekisho keygen backup --output "$folder/backup.key" >"$folder/line" 2>/dev/null
[[ $(stat -c %a "$folder/backup.key") == 400 ]] || fail "the private key has another mode"
wants 2 sekisho keygen backup --output "$folder/backup.key"
cp "$folder/set/sekisho.conf" "$folder/conf"
echo "backup_public_key = 0123" >>"$folder/set/sekisho.conf"
wants 74 sekisho-warden --check-config "$folder/set/sekisho.conf"
says "backup_public_key must be 64 lower-case hex digits"
{ cat "$folder/conf" && printf 'backup_public_key = 01%062d\n' 0; } >"$folder/set/sekisho.conf"
! set_start || fail "a key that nothing can be sealed to is taken"
wait "$warden" || true
grep -q "cannot use the public key of backups" "$folder/warden.log" || fail "the log does not name the key"
cat "$folder/conf" "$folder/line" >"$folder/set/sekisho.conf"
set_start || fail "the set did not start with a backup key"
log_in

# ---- the vault dies in the middle of one: nothing is left
people 20000 5 "$folder/people.csv"
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv" --quiet
break_backup() { # stops the vault in the middle of a backup; fails when the backup was faster
  local vault part
  vault=$(set_process vault)
  rm -f "$folder"/broken.backup*
  (
    . "$folder/set/clients/audit.env"
    exec sekisho backup --output "$folder/broken.backup" --quiet
  ) >"$folder/broken.out" 2>&1 &
  broken=$!
  until part=$(compgen -G "$folder/broken.backup.part-*") && [[ -s $part ]]; do
    kill -0 "$broken" 2>/dev/null || return 1
  done
  kill -STOP "$vault"
  sleep 0.3
  if [[ -e $folder/broken.backup ]]; then
    kill -CONT "$vault"
    wait "$broken" || true
    return 1
  fi
  kill -KILL "$vault"
}
tries=0
until break_backup; do
  tries=$((tries + 1))
  ((tries < 30)) || fail "no backup could be broken off"
done
code=0
wait "$broken" || code=$?
((code == 3 || code == 7)) || { cat "$folder/broken.out"; fail "a backup whose vault was killed ended with $code"; }
[[ -z $(compgen -G "$folder/broken.backup*") ]] || fail "a broken backup left a file"
set_wait_ready 2 || fail "the set did not come back"
log_in

# ---- while everything goes on
sed -n '1p;2,21p' "$folder/people.csv" >"$folder/erased.csv"
references "$folder/enrolled.csv" | sed -n '1p;2,21p' >"$folder/erase.csv"
wants 0 as approval sekisho erase --purpose delete --input "$folder/erase.csv" --quiet
touch "$folder/go-on"
load_enroll() {
  local n=0
  while [[ -e $folder/go-on ]]; do
    n=$((n + 1))
    people 60 $((1000 + n)) "$folder/new-$n.csv"
    as reception sekisho enroll --input "$folder/new-$n.csv" --output "$folder/made-$n.csv" --quiet >/dev/null 2>&1 || true
    # acknowledged before the backup was asked for
    [[ -e $folder/asked ]] || mv "$folder/made-$n.csv" "$folder/before-$n.csv"
  done
}
load_erase() { # from the end of the list
  local n=0
  while [[ -e $folder/go-on ]]; do
    n=$((n + 1))
    references "$folder/enrolled.csv" | sed -n "1p;$((20001 - 10 * n)),$((20010 - 10 * n))p" >"$folder/erase-$n.csv"
    as approval sekisho erase --purpose delete --input "$folder/erase-$n.csv" --quiet >/dev/null 2>&1 || true
  done
}
load_match() {
  paste -d, <(references "$folder/enrolled.csv" | sed -n '1p;3000,4000p') <(cut -d, -f1 "$folder/people.csv" | sed -n '1p;3000,4000p') >"$folder/pairs.csv"
  while [[ -e $folder/go-on ]]; do
    rm -f "$folder/matched"
    as review sekisho match --purpose change --input "$folder/pairs.csv" --output "$folder/matched" --quiet >/dev/null 2>&1 || true
    # a busy machine may leave rows unanswered; none may be answered wrongly
    if (($(outcomes "$folder/matched" NOT_MATCHED) != 0)); then echo bad >"$folder/match-failed"; fi
  done
}
load_enroll & loads=$!
load_erase & loads="$loads $!"
load_match & loads="$loads $!"
sleep 2
touch "$folder/asked"
wants 0 backup --output "$folder/first.backup" --json
subjects_then=$(grep -o '"tree_size": *[0-9]*' "$folder/out" | grep -o '[0-9]*$')
sleep 1
wants 2 backup --output "$folder/first.backup" # never overwritten
says "File exists"
# a disk that is full: nothing is left
(
  ulimit -f 1000
  trap '' XFSZ
  wants 2 backup --output "$folder/full.backup"
  says "cannot write"
) || fail "a backup onto a full disk"
[[ -z $(compgen -G "$folder/full.backup*") ]] || fail "a backup that did not fit left a file"
rm -f "$folder/go-on"
for load in $loads; do wait "$load" || true; done
[[ ! -e $folder/match-failed ]] || fail "a match was answered wrongly while the backup was taken"
# erased after the backup: the journal alone knows
sed -n '1p;22,31p' "$folder/people.csv" >"$folder/later.csv"
references "$folder/enrolled.csv" | sed -n '1p;22,31p' >"$folder/erase-later.csv"
wants 0 as approval sekisho erase --purpose delete --input "$folder/erase-later.csv" --quiet
set_stop || fail "the set did not stop cleanly"

# ---- what is wrong with a backup is said, and nothing is made of it
mv "$store" "$folder/old-store"
size=$(stat -c %s "$folder/first.backup")
refused() { # refused TEXT: of $folder/bad.backup
  wants 2 restore "$folder/bad.backup"
  says "$1"
  [[ -z $(compgen -G "$store*") ]] || fail "a refused restore left something"
}
for length in 0 1 100 112 113 5000 $((size / 3)) $((size / 2)) $((size - 145)) $((size - 144)) $((size - 143)) $((size - 1)); do
  head -c "$length" "$folder/first.backup" >"$folder/bad.backup"
  refused "is truncated"
done
flip() { # flip OFFSET TEXT
  cp "$folder/first.backup" "$folder/bad.backup"
  local byte
  byte=$(od -An -tu1 -j"$1" -N1 "$folder/bad.backup")
  printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$folder/bad.backup" bs=1 seek="$1" conv=notrunc 2>/dev/null
  refused "$2"
}
flip 0 "is not a backup"
flip 16 "of a version that is not known"
flip 24 "its head or its first chunk"
flip 50 "sealed to another key"
flip 100 "its head or its first chunk"
flip 5000 "its head or its first chunk"
flip $((size / 2)) "is damaged: chunk"
flip $((size - 145)) "is damaged: chunk"
flip $((size - 100)) "is damaged: its end"
flip $((size - 1)) "is damaged: its end"
{ cat "$folder/first.backup" && echo; } >"$folder/bad.backup"
refused "something behind it"
head -c 32 /dev/urandom >"$folder/other.key"
wants 2 sekisho restore --input "$folder/first.backup" --backup-key "$folder/other.key" --root-key "$folder/set/root.key" --store "$store"
says "sealed to another key"
wants 2 sekisho restore --input "$folder/first.backup" --backup-key "$folder/backup.key" --root-key "$folder/other.key" --store "$store"
says "is not the root key of this backup"
wants 2 sekisho restore --input "$folder/first.backup" --backup-key "$folder/backup.key" --root-key "$folder/set/root.key" --store "$folder/old-store"
says "is not an empty folder"
(
  ulimit -f 1000
  trap '' XFSZ
  wants 2 restore "$folder/first.backup"
  says "cannot write"
) || fail "a restore onto a full disk"
[[ -z $(compgen -G "$store*") ]] || fail "a restore that did not fit left something"

# ---- restored
wants 0 restore "$folder/first.backup"
says "Every number opens"
wants 2 restore "$folder/first.backup"
says "is not an empty folder"
! set_start || fail "the set starts without its erasure journal"
wait "$warden" || true
grep -q "erasure journal" "$folder/warden.log" || fail "the log does not say what is missing"
cp -p "$folder/old-store/erasures" "$store/erasures"
set_start || fail "the set did not start with the restored store"
log_in
(($(found "$folder/erased.csv") == 0)) || fail "somebody erased before the backup is found"
(($(found "$folder/later.csv") == 0)) || fail "somebody erased after the backup is found"
for file in "$folder"/before-*.csv; do
  n=${file##*-}
  (($(found "$folder/new-$n") == $(outcomes "$file" DONE))) || fail "somebody acknowledged before the backup is not there"
done
rm -f "$folder/matched"
wants 0 as review sekisho match --purpose change --input "$folder/pairs.csv" --output "$folder/matched" --quiet
(($(outcomes "$folder/matched" MATCHED) == 1001)) || fail "matches do not answer"
wants 0 as audit sekisho ledger verify --trust-first-use --prefecture 11 --full
(($(status_count ledger_leaves) >= subjects_then)) || fail "the ledger is shorter than the backup's receipt"
wants 0 as audit sekisho ledger show --account owner01 --trust-first-use --prefecture 11
says BACKUP
wants 0 backup --output "$folder/again.backup" # a restored store is a store like any other
wants 0 as review sekisho attest --check
