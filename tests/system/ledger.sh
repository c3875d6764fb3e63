#!/usr/bin/env bash
# The ledger as a reader sees it: every use of a number is a leaf, found by person, account, purpose and time, proven to
# third parties, continued over kill -9, and a change behind its back is noticed. (F103, INV-06, INV-12, INV-13)
. "$(dirname "$0")/case.sh"
verify=$(dirname "$0")/../interop/ledger/verify.py

set_create "$folder" >/dev/null
set_start || fail "the set did not start"
people 300 1 "$folder/people.csv"
wants 0 set_login reception reception01
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv"
wants 0 set_login review reviewer01
wants 0 set_login approval approver01
wants 0 set_login audit auditor01

reference() { sed -n "$(($1 + 1))p" "$folder/enrolled.csv" | cut -d, -f3; }
number() { sed -n "$(($1 + 1))p" "$folder/people.csv" | cut -d, -f1; }
rows() { # rows REFERENCE NUMBER...: an input for match and replace
  echo reference,number
  while (($#)); do echo "$1,$2" && shift 2; done
}
leaves() { status_count ledger_leaves; }
# entries OPTION...: how many uses `ledger show` finds, readings of the ledger left out
entries() { as audit sekisho ledger show --json --limit 100000 --quiet "$@" | grep -vc '"operation":"READ_LEDGER"' || true; }

# ---- whose key? ----
wants 2 as audit sekisho ledger verify
says LEDGER_KEY_UNKNOWN
wants 8 as audit sekisho ledger verify --ledger-pin "$(printf '0%.0s' {1..64})"
says LEDGER_KEY_CHANGED
wants 0 as audit sekisho ledger verify --full --trust-first-use
pin=$(grep -o 'Compare: .*' "$folder/out" | cut -d' ' -f2)
wants 0 as review sekisho ledger verify --ledger-pin "$pin"
wants 8 as audit sekisho ledger verify --ledger-pin "${pin/[0-9]/f}"

# ---- one person's life: enrolled, matched, guessed wrong, replaced, erased ----
subject=$(reference 1)
rows "$subject" "$(number 1)" "$(reference 2)" "$(number 2)" >"$folder/match.csv"
wants 0 as review sekisho match --purpose change --input "$folder/match.csv" --quiet
rows "$subject" "$(number 2)" >"$folder/wrong.csv"
wants 1 as review sekisho match --purpose delete --input "$folder/wrong.csv" --quiet
sekisho synth --prefecture 11 --count 1 --seed 777 2>/dev/null | tail -n 1 | cut -d, -f1 >"$folder/new"
rows "$subject" "$(cat "$folder/new")" >"$folder/replace.csv"
wants 0 as approval sekisho replace --purpose change --input "$folder/replace.csv" --quiet
middle=$(date -u +%Y-%m-%dT%H:%M:%SZ -d '+1 second')
sleep 1.1
wants 0 as approval sekisho erase --reference "$subject" --json
cp "$folder/out" "$folder/erased.json"
rows "$(reference 2)" "$(number 2)" >"$folder/other.csv"
wants 5 as review sekisho match --purpose register --input "$folder/other.csv" --quiet # no right: a leaf too

# ---- show: by person, account, purpose, time ----
before=$(leaves)
all=$(as audit sekisho ledger show --json --limit 100000 --quiet | wc -l)
((all == before)) || fail "$all entries of $before leaves are shown"
(($(entries --reference "$subject") == 5)) || fail "$(entries --reference "$subject") entries of the person, not 5"
(($(entries --reference "$subject" --account reviewer01) == 2)) || fail "entries of the person by the reviewer"
(($(entries --account approver01) == 2)) || fail "entries of the approver"
(($(entries --account approver01 --purpose delete) == 1)) || fail "entries of the approver to delete"
(($(entries --reference "$subject" --from "$middle") == 1)) || fail "entries of the person after the pause"
(($(entries --reference "$subject" --until "$middle") == 4)) || fail "entries of the person before the pause"
(($(entries --account nobody) == 0)) || fail "entries of nobody"
as audit sekisho ledger show --json --quiet --account reviewer01 | grep -q '"permitted":false' || fail "the refusal is not a leaf"
wants 0 as audit sekisho ledger show --reference "$subject" --lang ja
says REPLACE
says 番号法7条2項
says 参照番号
wants 2 as audit sekisho ledger show --from yesterday
# who asked about whom is in the ledger too, and so is who may not
as audit sekisho ledger show --json --quiet --reference "$subject" >"$folder/out"
grep -q '"account":"auditor01".*"operation":"READ_LEDGER"' "$folder/out" || fail "who asked about the person is not in the ledger"
# a person whom nothing was done to but the enrolment
(($(entries --reference "$(reference 3)") == 1)) || fail "entries of another person"

# ---- who may ----
wants 5 as reception sekisho ledger show --trust-first-use
says NOT_PERMITTED
wants 5 as review sekisho ledger show
[[ -z $(as review sekisho ledger show 2>/dev/null) ]] || fail "a refused list has a heading"
wants 5 as review sekisho ledger prove --reference "$subject"
wants 0 as review sekisho ledger verify --full
says "Entries were not read"
wants 7 as audit sekisho ledger verify --prefecture 12 --trust-first-use --ledger-state "$folder/other.ledger"
says UNKNOWN_PREFECTURE

# ---- a receipt, later ----
wants 0 as audit sekisho ledger verify --receipt "$folder/erased.json"
sed 's/"ledger_index":\([0-9]*\)\(.*"receipt":{"ledger_index":\)[0-9]*/"ledger_index":\1\20/' "$folder/erased.json" \
  >"$folder/forged.json"
wants 8 as audit sekisho ledger verify --receipt "$folder/forged.json"
says LEDGER_LEAF_MISSING
wants 2 as audit sekisho ledger verify --receipt "$folder/people.csv"

# ---- proofs for third parties ----
wants 0 as audit sekisho ledger prove --reference "$subject" --full --output "$folder/proof.json"
grep -q '"complete": true' "$folder/proof.json" || fail "the proof is not complete"
(($(grep -cE '"operation": "(ENROLL|MATCH|REPLACE|ERASE)"' "$folder/proof.json") == 5)) || fail "the proof has not 5 uses"
wants 0 as audit sekisho ledger prove --reference "$subject" --output "$folder/listed.json"
wants 0 as audit sekisho ledger export --out "$folder/tiles"
wants 0 "$verify" tiles "$folder/tiles" @"$folder/tiles/vkey"
wants 0 "$verify" proof "$folder/proof.json" @"$folder/tiles/vkey"
wants 0 "$verify" same "$folder/tiles" "$folder/proof.json"
sed 's/"account": "approver01"/"account": "approver02"/' "$folder/proof.json" >"$folder/proof-lie.json"
wants 1 "$verify" proof "$folder/proof-lie.json" @"$folder/tiles/vkey"
sed '0,/"head": "0200/s//"head": "0201/' "$folder/proof.json" >"$folder/proof-bit.json"
wants 1 "$verify" proof "$folder/proof-bit.json" @"$folder/tiles/vkey"
sed 's/"outcome": "MATCHED"/"outcome": "NOT_MATCHED"/' "$folder/proof.json" >"$folder/proof-outcome.json"
wants 1 "$verify" proof "$folder/proof-outcome.json" @"$folder/tiles/vkey"
# of a batch only this person's item is shown
grep -q "$(reference 2)" "$folder/proof.json" && fail "the proof shows another person of the batch"
asked=$(awk -F'[:,]' '/"asked"/ {sum += $2} END {print sum}' "$folder/proof.json")
(($(grep -c '"hash"' "$folder/proof.json") == asked - $(grep -c '"inclusion"' "$folder/proof.json"))) || fail "the proof has not one hash for each other item"
wants 0 as review sekisho ledger export --out "$folder/hashes" # without the right: no entry bundles
wants 0 "$verify" tiles "$folder/hashes" @"$folder/tiles/vkey"
[[ ! -e $folder/hashes/tile/entries ]] || fail "entries without the right to them"
printf '\1' | dd of="$(find "$folder/tiles/tile/0" -type f | head -n 1)" bs=1 seek=40 conv=notrunc status=none
wants 1 "$verify" tiles "$folder/tiles" @"$folder/tiles/vkey"

# ---- more than a tile, and kill -9 in the middle: the continuation of every head seen ----
seen=$(leaves)
number 4 | awk '{print "number"; for (i = 0; i < 300000; i++) print}' >"$folder/same.csv"
as review sekisho lookup --purpose change --input "$folder/same.csv" --quiet >/dev/null 2>&1 &
client=$!
for _ in $(seq 600); do
  (($(leaves) > 300)) && break
  sleep 0.05
done
wants 0 as audit sekisho ledger verify
kill -9 "$(set_process vault)"
wait "$client" || true
set_wait_ready 2 || fail "no restart after kill -9 of the vault"
wants 0 set_login audit auditor01 --replace-session
wants 0 as audit sekisho ledger verify --full
says "It continues the"
wants 0 as audit sekisho ledger verify --receipt "$folder/erased.json"
(($(leaves) >= seen + 300)) || fail "leaves are missing after kill -9"

# ---- unlock: by another account, and in the ledger ----
wants 0 set_login review reviewer01 --replace-session
rows "$(reference 5)" "$(number 6)" >"$folder/guess.csv"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
  as review sekisho match --purpose change --input "$folder/guess.csv" --quiet >"$folder/out" 2>&1 || true
  grep -q BUDGET_SPENT "$folder/out" && break
done
says BUDGET_SPENT
wants 5 as review sekisho unlock --reference "$(reference 5)"
wants 0 set_login approval privacy01 --replace-session
wants 2 as approval sekisho unlock
wants 0 as approval sekisho unlock --reference "$(reference 5)"
wants 1 as approval sekisho unlock --reference "$(reference 7)"
says NOT_LOCKED
wants 1 as approval sekisho unlock --account privacy01
says OWN_ACCOUNT
rows "$(reference 5)" "$(number 5)" >"$folder/right.csv"
wants 0 as review sekisho match --purpose change --input "$folder/right.csv" --quiet
as audit sekisho ledger show --json --quiet --account privacy01 --limit 1000 >"$folder/out"
(($(grep -c '"operation":"UNLOCK"' "$folder/out") == 3)) || fail "the unlocks are not in the ledger"
wants 0 as audit sekisho ledger verify --full
wants 0 as audit sekisho ledger export --out "$folder/after"
wants 0 "$verify" same "$folder/after" "$folder/proof.json"

# ---- a change behind the ledger's back: one bit of an entry in the stopped store ----
wants 0 as audit sekisho ledger show --json --limit 1 --quiet
salt=$(grep -o '"data":"[0-9a-f]*"' "$folder/out" | cut -d'"' -f4 | cut -c209-256)
set_stop || fail "the set ended with $?"
store=$folder/set/store/data.mdb
python3 - "$store" "$salt" <<'PYTHON' || fail "the entry is not in the store"
import sys
path, salt = sys.argv[1], bytes.fromhex(sys.argv[2])
with open(path, "r+b") as store:
    data = store.read()
    at = data.find(salt)
    assert at >= 0
    while at >= 0:
        store.seek(at)
        store.write(bytes([salt[0] ^ 1]))
        at = data.find(salt, at + 1)
PYTHON
if set_start; then
  wants 0 set_login audit auditor01 --replace-session
  wants 8 as audit sekisho ledger verify --full
  says LEDGER_ENTRY_CHANGED
  wants 8 as audit sekisho ledger show
  says LEDGER_LEAF_MISSING
  echo "a changed entry: the set starts, verify and show name it"
else
  echo "a changed entry: the vault does not start"
fi

# ---- a store of yesterday: fewer leaves than were seen ----
set_stop || true
cp "$folder/set/clients/audit.ledger" "$folder/audit.ledger"
rm -rf "${store%/*}"/*
set_start || fail "the set did not start with an empty store"
wants 0 set_login audit auditor01 --replace-session
wants 8 as audit sekisho ledger verify
grep -qE 'LEDGER_(KEY_CHANGED|ROLLED_BACK)' "$folder/out" || fail "an emptied ledger is not noticed"
cmp "$folder/set/clients/audit.ledger" "$folder/audit.ledger" || fail "the last good head was overwritten"
