#!/usr/bin/env bash
# The whole life of applications on paper, with the number, by officers with accounts of their own, over the shipped set.
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
set_account cashier01 CSH
set_start || fail "the set did not start"

# one number a file; nothing of it is ever an argument
people 3 1 "$folder/people.csv"
for row in 1 2 3; do
  (umask 077 && sed -n "$((row + 1))p" "$folder/people.csv" | cut -d, -f1 >"$folder/number$row")
done

# text NAME: a field of the last answer (--json)
text() { grep -o "\"$1\": *\"[^\"]*\"" "$folder/out" | head -n 1 | sed 's/.*: *"\(.*\)"/\1/'; }
expect() { [[ $(text "$1") == *"$2" ]] || { cat "$folder/out"; fail "$1 is '$(text "$1")', not $2"; }; }
step() { # step DESK COMMAND...: of the application in work, as JSON
  local desk=$1
  shift
  wants 0 as "$desk" sekisho application "$@" --application "$id" --json --quiet
}
take_in() { # take_in NAME KANA BIRTH: a new registration on paper
  wants 0 as reception sekisho application new --kind NEW --identity-checked --json --quiet --set "person.name.text=$1" \
    --set "person.kana=$2" --set "person.birth_date=$3" --set person.sex=FEMALE --set person.honseki_prefecture=11 \
    --set "person.address=埼玉県さいたま市浦和区高砂3-15-1" --set route=SCHOOL --set qualified_month=2010-03 \
    --set no_disqualification_declared=true
  id=$(text name)
  id=${id##*/}
  expect state RECEIVED
}
log_in() {
  wants 0 set_login reception reception01 --replace-session
  wants 0 set_login review reviewer01 --replace-session
  wants 0 set_login approval approver01 --replace-session
  wants 0 set_login office cashier01 --replace-session
}
subjects() { status_count subjects; }

log_in

# F001, F071, F025, F061, F083: paper, acceptance with the number, checks, review, fee, approval, entry
take_in "関所　花子" "セキショ　ハナコ" 1988-04-01
first=$id
step reception accept --documents-complete --number-file "$folder/number1"
expect state ACCEPTED
expect number_state PROVISIONAL
[[ $(subjects) == 1 ]] || fail "$(subjects) numbers in the vault"
step review check --sources CANCELLED_DATABASE,RESIDENT_NETWORK
expect state CHECKING
step review result --source CANCELLED_DATABASE --result MATCH
step review result --source RESIDENT_NETWORK --result SOFT --decision VARIANT_CHARACTER
expect state IN_REVIEW
# INV-01: without the fee no approval
step review review --route-evidence GRADUATION_CERTIFICATE --no-disqualification
expect state WAIT_PAYMENT
wants 1 as approval sekisho application approve --application "$id" || true
says UNPAID
wants 0 as office sekisho fee receive --application "$id" --method POSTAL_TRANSFER --slip-number A-1 --amount-yen 4200 \
  --received-on "$(TZ=Asia/Tokyo date +%F)"
step approval approve
expect state COMPLETED
expect number_state CONFIRMED
registration=$(text registration)
[[ $registration == prefectures/11/registrations/000001 ]] || fail "registered as '$registration'"
wants 0 as review sekisho register get --registration 1 --json
says '関所　花子'

# F005, F085: a rewrite is matched with the number and compared with the register
wants 0 as reception sekisho application new --kind REWRITE --registration 1 --identity-checked --json --quiet \
  --set "person.name.text=出島　花子" --set "person.kana=デジマ　ハナコ" --set person.birth_date=1988-04-01 \
  --set person.sex=FEMALE --set person.honseki_prefecture=11 --set "person.address=埼玉県さいたま市浦和区高砂3-15-1" \
  --set "cause=婚姻による氏名の変更" --set event_date=2026-01-15 --set reporter=本人
id=$(text name) id=${id##*/}
step reception accept --documents-complete
step review match --number-file "$folder/number1"
expect number_state MATCHED
step review check
step review compare
step review decide --with register --decision MARRIAGE
step review review
wants 0 as office sekisho fee receive --application "$id" --method POSTAL_TRANSFER --slip-number A-2 --amount-yen 1600 \
  --received-on "$(TZ=Asia/Tokyo date +%F)"
step approval approve
wants 0 as review sekisho register get --registration 1 --json
says '出島　花子'
[[ $(subjects) == 1 ]] || fail "a rewrite enrolled a number"

# a wrong guess is a wrong guess, and the number of an application is not the register's to show
wants 0 as reception sekisho application new --kind DELETE --registration 1 --identity-checked --json --quiet \
  --set "person.name.text=出島　花子" --set "person.kana=デジマ　ハナコ" --set person.birth_date=1988-04-01 \
  --set person.sex=FEMALE --set person.honseki_prefecture=11 --set "person.address=埼玉県さいたま市浦和区高砂3-15-1"
id=$(text name) id=${id##*/}
step reception accept --documents-complete
as review sekisho application match --application "$id" --number-file "$folder/number2" --json --quiet >"$folder/out" 2>&1 || true
expect number_state NOT_MATCHED
step review match --number-file "$folder/number1"
expect number_state MATCHED
step reception withdraw --reason "申請者の申出による"

# a return forgets the number: it can be enrolled again
take_in "返却　次郎" "ヘンキャク　ジロウ" 1990-01-31
step reception accept --documents-complete --number-file "$folder/number2"
[[ $(subjects) == 2 ]] || fail "$(subjects) numbers in the vault"
step review check --sources CANCELLED_DATABASE
step review result --source CANCELLED_DATABASE --result MATCH
wants 2 as review sekisho application return --application "$id" || true
step review return --reason "卒業証明書が確認できません。"
expect state RETURNED
expect number_state RELEASED
[[ $(subjects) == 1 ]] || fail "the number of a returned application is still in the vault"

# F004: an enquiry that stays inconclusive is corrected and goes on as the same application
take_in "再開　三郎" "サイカイ　サブロウ" 1985-07-07
step reception accept --documents-complete --number-file "$folder/number2"
step review check --sources CANCELLED_DATABASE,RESIDENT_NETWORK
step review result --source CANCELLED_DATABASE --result MATCH
step review result --source RESIDENT_NETWORK --result NOT_FOUND
expect state MANUAL_CHECK
step review correction --reason "住所をご確認ください。" --deadline 2099-12-31
expect state CORRECTION_WAIT
step reception corrected --set "person.name.text=再開　三郎" --set "person.kana=サイカイ　サブロウ" --set kind=NEW \
  --set person.birth_date=1985-07-07 --set person.sex=MALE --set person.honseki_prefecture=11 \
  --set "person.address=埼玉県川越市元町1-3-1" --set route=SCHOOL --set qualified_month=2010-03
expect state IN_REVIEW
step review check --sources RESIDENT_NETWORK
step review result --source CANCELLED_DATABASE --result MATCH
step review result --source RESIDENT_NETWORK --result MATCH
expect state IN_REVIEW

# F023: a file in pieces, and the same bytes back
(printf '%%PDF-1.7\n' && head -c 300000 /dev/urandom) >"$folder/form.pdf"
take_in "添付　四郎" "テンプ　シロウ" 1979-12-24
wants 0 as reception sekisho application attach --application "$id" --file "$folder/form.pdf" --title 申請書.pdf
wants 0 as review sekisho application download --application "$id" --attachment 1 --output "$folder/back.pdf"
cmp -s "$folder/form.pdf" "$folder/back.pdf" || fail "the file came back changed"

# nothing is left to be done, and nobody's number is in the register
wants 0 as review sekisho application pending --json --quiet
[[ ! -s $folder/out ]] || fail "something is left to be done in the vault"
[[ -s $folder/set/register/11.register ]] || fail "the register is somewhere else"
for row in 1 2 3; do
  ! grep -qrFf "$folder/number$row" "$folder/set/register" || fail "a number is in the register's files"
done
set_stop || fail "the set did not end well"
echo "registered: $first"
