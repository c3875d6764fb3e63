#!/usr/bin/env bash
# The access records as a reviewer sees them: every login, failure, logout and operation is a leaf; failed logins are
# reported and signed off; who could use numbers on a day, from which terminals, and who did, takes two commands; a
# change behind their back is noticed. (F022, F095-F097, F103, F107, INV-12, INV-13)
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
for account in owner01:OWN admin01:ADM; do set_account "${account%:*}" "${account#*:}"; done
sekisho keygen --out "$folder/other" --prefecture 11 --client x >/dev/null 2>&1
set_start || fail "the set did not start"
wants 0 set_login audit owner01
wants 0 set_login approval admin01
records() { as audit sekisho record show --json --limit 100000 --quiet "$@"; }
count() { records "$@" | wc -l; }
# has PATTERN OPTION...: a record that is listed fits
has() {
  records "${@:2}" >"$folder/listed"
  grep -qE -- "$1" "$folder/listed"
}
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
is() { (($1 == $2)) || fail "$3: $1, not $2"; }

echo "whose key?"
wants 0 as audit sekisho record verify
wants 0 as audit sekisho record verify --full
says "The root was computed again"
wants 8 as audit sekisho record verify --record-pin "$(cat "$folder/other/records.pin")"
says LEDGER_KEY_CHANGED
wants 8 as audit sekisho ledger verify --ledger-pin "$(cat "$folder/set/records.pin")" # another ledger, another key
wants 0 as reception env -u SEKISHO_SESSION sekisho record verify --full --prefecture 11
says "; 0 records were read"

echo "INV-13: login, failed login, logout, operation"
wants 0 set_login review reviewer01
wants 0 as review sekisho account show --quiet
wants 5 as review sekisho account list --quiet
wants 0 as review sekisho logout
echo 'wrong-Password-1' >"$folder/wrong"
for _ in 1 2 3; do wants 4 as review sekisho login --prefecture 11 --account reviewer01 --password-file "$folder/wrong"; done
wants 4 as review sekisho login --prefecture 11 --account nobody --password-file "$folder/wrong"
is "$(count --account reviewer01 --event login)" 1 "logins of the reviewer"
is "$(count --account reviewer01 --event logout)" 1 "logouts of the reviewer"
is "$(records --account reviewer01 --event operation | grep -c '"account":"reviewer01"')" 1 "operations of the reviewer"
is "$(count --account reviewer01 --event method_refused)" 1 "refused methods of the reviewer"
is "$(count --account reviewer01 --event login_failed)" 3 "failed logins of the reviewer"
is "$(count --account nobody)" 1 "records of nobody"
has '"terminal":"review"' --account reviewer01 --event login || fail "a login without its terminal"
has '"operation":"SHOW_OWN","result":"DONE"' --account reviewer01 --event operation || fail "no operation"
is "$(count --terminal review)" "$(count --terminal review --from 2020-01-01)" "records of the terminal"
is "$(count --terminal review --until 2020-01-01)" 0 "records of the past"
# who asked about whom
has '"account":"owner01".*"LIST_ACCESS_RECORDS".*"object":"reviewer01"' --account reviewer01 --event operation ||
  fail "reading is not recorded"
records >"$folder/listed"
grep -qF -e wrong-Password-1 -f "$folder/reviewer01.password" "$folder/listed" && fail "a password in the records"
wants 0 as audit sekisho record show --event login_failed --lang ja
says WRONG_PASSWORD
says 対象
wants 2 as audit sekisho record show --event nothing

echo "who may"
wants 5 as approval sekisho record show # ADM: signs off, does not read
wants 0 set_login review reviewer01
wants 5 as review sekisho record show
wants 5 as review sekisho record rights --from 2020-01-01
wants 5 as review sekisho record review --from 2020-01-01 --until 2020-02-01
wants 0 as review sekisho record verify

echo "failed logins: report, sign-off (F096)"
begin=2020-01-01
end=$(now)
sleep 1.1
wants 0 as audit sekisho record report --from "$begin" --until "$end"
says "4 failed logins"
says "Nobody has signed"
grep -qE 'reviewer01 +reviewer01 +review +WRONG_PASSWORD +3 ' "$folder/out" || fail "no line of the reviewer"
grep -qE 'nobody +- +review +NO_SUCH_ACCOUNT +1 ' "$folder/out" || fail "no line of nobody"
wants 2 as approval sekisho record review --from "$begin"
wants 2 as approval sekisho record review --from "$begin" --until "$end" --count 2
wants 7 as approval sekisho record review --from "$begin" --until 2099-01-01
says BAD_FIELD
wants 0 as approval sekisho record review --from "$begin" --until "$end" --count 1 --note "端末の設定を見直す"
wants 0 as audit sekisho record report --from "$begin" --until "$end"
says "Looked at by admin01"
says "1 findings. 端末の設定を見直す"
wants 0 as audit sekisho record report --from "$begin" --until "$end" --json
grep -q '"id":"nobody","known":false' "$folder/out" || fail "JSON of the report"

echo "who could use numbers, from which terminals, and who did (F022, F097): two commands"
wants 0 as approval sekisho account request --account rec09 --role REC --person "受付 九子" --organisation "県庁" \
  --note "受付" --quiet
wants 0 as audit sekisho account approve --account rec09 --quiet
as approval sekisho account issue --account rec09 --quiet >"$folder/rec09.password" 2>/dev/null || fail "no issue"
chmod 600 "$folder/rec09.password"
wants 0 as audit sekisho record rights --json --quiet --from 2020-01-01 --until 2099-01-01
grep -q rec09 "$folder/out" && fail "a temporary password is a right"
before=$(now)
sleep 1.1
wants 0 set_login reception rec09
echo 'Asagao-77-kumori' >"$folder/new"
wants 0 as reception sekisho account password --password-file "$folder/rec09.password" --new-password-file "$folder/new"
wants 0 as reception sekisho account terms --agree 1
mv "$folder/new" "$folder/rec09.password"
wants 0 set_login reception rec09 --replace-session
people 3 5 "$folder/people.csv"
wants 0 as reception sekisho enroll --input "$folder/people.csv" --quiet
sleep 1.1
after=$(now)
sleep 1.1
wants 0 as approval sekisho account lock --account rec09 --note "試験" --quiet
wants 0 as audit sekisho record rights --from "$before" --until "$after"
grep -qE '^rec09 +REC +yes +reception' "$folder/out" || { cat "$folder/out"; fail "rec09 could, from reception"; }
grep -qE '^admin01' "$folder/out" && fail "an administrator can use numbers"
says "sekisho ledger show --from"
wants 0 as audit sekisho record rights --from "$after" --until 2099-01-01
grep -qE '^rec09 +REC +no more' "$folder/out" || { cat "$folder/out"; fail "rec09 could, and was locked"; }
sleep 1.1
as audit sekisho record rights --json --quiet --from "$(now)" --until 2099-01-01 >"$folder/out"
grep -q rec09 "$folder/out" && fail "a locked account can use numbers"
as audit sekisho record rights --json --quiet --from 2019-01-01 --until 2020-01-01 >"$folder/out"
[[ ! -s $folder/out ]] || fail "rights before there was anybody"
wants 0 as audit sekisho ledger show --trust-first-use --from "$before" --until "$after" --json
grep -q '"account":"rec09".*"operation":"ENROLL"' "$folder/out" || fail "who did is not in the ledger"

echo "kill -9 of auth: the continuation of what was seen"
wants 0 as audit sekisho record verify
kill -9 "$(set_process auth)"
set_wait_ready 2 || fail "no restart after kill -9 of auth"
wants 0 set_login audit owner01 --replace-session
wants 0 as audit sekisho record verify --full
says "They continue the"

echo "a change behind the records' back: one bit of a record in the stopped store"
wants 0 as audit sekisho record show --json --quiet --event login_failed --account nobody
salt=$(grep -o '"data":"[0-9a-f]*"' "$folder/out" | cut -d'"' -f4 | cut -c481-528)
set_stop || fail "the set ended with $?"
python3 - "$folder/set/accounts/data.mdb" "$salt" <<'PYTHON' || fail "the record is not in the store"
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
set_start || fail "the set did not start"
wants 0 set_login audit owner01 --replace-session
wants 8 as audit sekisho record verify --full
says LEDGER_ENTRY_CHANGED
wants 8 as audit sekisho record show --account nobody
says LEDGER_LEAF_MISSING
set_stop || fail "the set did not end well"
