#!/usr/bin/env bash
# The online way from the portal to the register: F002, F003, F023, F024, F026, F050, F051, F052, F059, F060, F061, INV-03,
# INV-04. The portal, an applicant's client and cards of a trial hierarchy are sekisho-portal-simulator and
# sekisho-jpki-trial; officers use the command.
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
set_account portal01 SYS
set_account admin01 ADM
set_account cashier01 CSH

# ---- authorities, cards, content ----
jpki=$folder/jpki portal=$folder/portal
mkdir -m 700 "$jpki"
wants 0 sekisho-jpki-trial authorities "$jpki"
cp "$folder/set/sekisho.conf" "$folder/plain.conf"
configure() { # configure SIGN AUTH POLICIES
  (cat "$folder/plain.conf" && printf '%s = %s\n' sign_authorities "$1" auth_authorities "$2" crl "$jpki/crl.pem" \
    sign_policies "$3") >"$folder/set/sekisho.conf"
}
# What cannot be used starts nothing: policies of another hierarchy, authorities that are no certificates, one key twice.
trial=1.2.392.200149.8.5.1.0.20
for wrong in "$jpki/sign.pem $jpki/auth.pem 1.2.392.200149.8.5.1.1.20" "$jpki/crl.pem $jpki/auth.pem $trial" \
  "$jpki/sign.pem $jpki/sign.pem $trial"; do
  # shellcheck disable=SC2086
  configure $wrong
  ! set_start || fail "started with $wrong"
  grep -q "authorities of card signatures" "$folder/warden.log" || fail "does not say what is wrong"
  set_stop || true
done
configure "$jpki/sign.pem" "$jpki/auth.pem" "$trial"
people 3 77 "$folder/people.csv"
column=$(head -n 1 "$folder/people.csv" | sed 's/^\xef\xbb\xbf//' | tr ',' '\n' | grep -nxE 'number|個人番号' | cut -d: -f1)
mapfile -t numbers < <(sed 1d "$folder/people.csv" | cut -d, -f"$column")
address=埼玉県さいたま市浦和区高砂３丁目１５番１号
for who in 0:hanako:浦和　花子 1:jiro:大宮　次郎 2:saburo:川越　三郎; do
  IFS=: read -r index card name <<<"$who"
  printf %s "${numbers[$index]}" | sekisho-jpki-trial card "$jpki" "$card" "$name" 420010403 2 "$address" || fail "no card"
done
content() { # content FILE KIND NAME [LINE...]
  local file=$1 kind=$2 name=$3
  shift 3
  printf '%s\n' "kind=$kind" "person.name.text=$name" person.kana=カナ person.birth_date=2001-04-03 person.sex=FEMALE \
    "person.address=$address" person.honseki_prefecture=11 "$@" >"$folder/$file"
}
content new NEW 浦和　花子 route=SCHOOL qualified_month=2023-03 no_disqualification_declared=true
content reissue REISSUE 大宮　次郎 registration_number=埼玉県-000001 cause=紛失のため
content delete DELETE 川越　三郎 registration_number=埼玉県-000001 cause=廃業のため
printf '%%PDF-1.4\nsynthetic certificate\n' >"$folder/certificate.pdf"

set_start || fail "the set did not start"
pin=$(cat "$folder/set/store/11.citizen.pin")
for desk in reception:reception01 review:reviewer01 approval:approver01 office:portal01 audit:admin01; do
  wants 0 set_login "${desk%:*}" "${desk#*:}"
done
simulator() { as office sekisho-portal-simulator "$@"; }
apply() { # apply CARD CONTENT [OPTION...]
  local card=$1 file=$2
  shift 2
  simulator apply --folder "$portal" --card "$jpki/cards/$card" --applicant "p-$card" --content "$folder/$file" \
    --citizen-pin "$pin" "$@"
}
last_name() { tail -n 1 "$folder/out" | cut -d' ' -f1; }

# ---- F003, F023, F024, F059: entered, sealed, read, signed, received ----
wants 0 apply hanako new --attach "$folder/certificate.pdf"
says "氏名:浦和　花子"
says "添付書類の名称:certificate.pdf"
says "暗号化した個人番号のSHA-256:"
says " RECEIVED -"
received=$(last_name)
id=${received##*/}
wants 0 apply jiro reissue --raw # the card's own signature; no number at all (INV-02)
says "個人番号:(なし)"
says " RECEIVED -"

# ---- F002: what is not signed by its applicant is refused ----
wants 0 apply saburo delete --other-text
says " REJECTED_SIGNATURE DIGEST_MISMATCH"
content stranger DELETE 別人　太郎 registration_number=埼玉県-000001 cause=廃業のため
wants 0 apply saburo stranger
says " REJECTED_SIGNATURE SUBJECT_MISMATCH"

# ---- a card that is revoked; lists come while the server runs ----
wants 0 sekisho-jpki-trial list "$jpki" "$folder/list.crl" saburo
wants 5 as review sekisho revocation update --file "$folder/list.crl"
wants 0 as audit sekisho revocation update --file "$folder/list.crl" --json
wants 0 apply saburo delete
says " REJECTED_SIGNATURE CERT_REVOKED"
set_stop || fail "the set did not end"
set_start || fail "the set did not start again"
for desk in reception:reception01 review:reviewer01 approval:approver01 office:portal01 audit:admin01; do
  wants 0 set_login "${desk%:*}" "${desk#*:}" --replace-session
done
wants 0 apply saburo delete # the list outlives a restart
says " REJECTED_SIGNATURE CERT_REVOKED"
wants 0 as audit sekisho revocation list --json
(($(grep -c '"partial"' "$folder/out") == 3)) || fail "not three lists"

# ---- F051: applicants are apart; F050, F061: how it stands, and nothing else ----
wants 0 simulator status --folder "$portal" "$received"
[[ $(cat "$folder/out") == "$received RECEIVED -" ]] || fail "the status says more or less: $(cat "$folder/out")"
wants 1 simulator status --folder "$portal" "prefectures/11/applicants/p-jiro/applications/$id"
wants 0 simulator list --folder "$portal" --applicant p-hanako
(($(wc -l <"$folder/out") == 1)) || fail "not one application of this applicant"
wants 5 as office sekisho application show --application "$id"

# ---- INV-03: nothing of the portal's, and no log, has number and pseudonym together ----
wide() { sed 'y/0123456789/０１２３４５６７８９/' <<<"$1"; }
no_number_in() { # no_number_in WHAT FILE...
  local what=$1 number
  shift
  for number in "${numbers[@]}"; do
    ! grep -rqaF -e "$number" -e "$(wide "$number")" "$@" || fail "a number is in $what"
  done
}
[[ -s $portal/copies/$id ]] || fail "the portal has no copy"
grep -qF p-hanako "$portal/log" || fail "the portal's log does not name its applicants: the scan proves nothing"
no_number_in "the portal's folder" "$portal"
no_number_in "the register" "$(sed -n 's/^register *= *//p' "$folder/set/sekisho.conf")"
no_number_in "the log" "$folder/warden.log"
! grep -rqaF -e p-hanako -e p-jiro "$folder/warden.log" "$folder/set/store" "$folder/set/accounts" || fail "a pseudonym is beside numbers"

# ---- INV-04, F026: the copy is purged, with a receipt ----
wants 0 simulator purge --folder "$portal" "$received"
says " purged"
[[ ! -e $portal/copies/$id ]] || fail "the copy is still there"
[[ -s $portal/receipts/$id ]] || fail "there is no receipt"
! grep -rqF 浦和　花子 "$portal/log" "$portal/copies" "$portal/receipts" || fail "something of the content is left at the portal"
wants 1 simulator purge --folder "$portal" "$received"

# ---- F024, F060: a correction that the office asks for is made online, in the same application ----
content corrected NEW 浦和　花子 route=SCHOOL qualified_month=2023-03 no_disqualification_declared=true person.kana=ハナコ
wants 1 simulator correct --folder "$portal" --card "$jpki/cards/hanako" --content "$folder/corrected" \
  --citizen-pin "$pin" "$received"
wants 0 as reception sekisho application correction --application "$id" --reason フリガナの誤り \
  --deadline "$(TZ=Asia/Tokyo date -d '+7 days' +%F)"
wants 0 simulator correct --folder "$portal" --card "$jpki/cards/hanako" --content "$folder/corrected" \
  --citizen-pin "$pin" --other-text "$received"
says " CORRECTION_WAIT DIGEST_MISMATCH"
wants 0 as reception sekisho application show --application "$id" --json
says '"カナ"'
wants 0 simulator correct --folder "$portal" --card "$jpki/cards/hanako" --content "$folder/corrected" \
  --citizen-pin "$pin" --attach "$folder/certificate.pdf" "$received"
says "補正の求め:フリガナの誤り"
says "個人番号:変更しません"
says " IN_REVIEW -"
wants 0 as reception sekisho application show --application "$id" --json
says '"ハナコ"'
wants 0 simulator purge --folder "$portal" "$received"
says " purged"

# ---- F025, F061: the office goes on; the number is opened in the vault alone ----
wants 0 as reception sekisho application show --application "$id" --json
says '"SEALED"'
says '"portal_purged":true'
wants 0 as reception sekisho application accept --application "$id" --documents-complete --json
says '"PROVISIONAL"'
wants 0 as review sekisho application check --application "$id" --sources RESIDENT_NETWORK,CANCELLED_DATABASE
for source in RESIDENT_NETWORK CANCELLED_DATABASE; do
  wants 0 as review sekisho application result --application "$id" --source "$source" --result MATCH
done
wants 0 as review sekisho application review --application "$id" --route-evidence graduation-certificate \
  --no-disqualification
wants 0 simulator status --folder "$portal" "$received"
says " WAIT_PAYMENT - purged"
wants 0 set_login audit cashier01 --replace-session
wants 0 as audit sekisho fee receive --application "$id" --method COUNTER --slip-number K-1 --amount-yen 4200 \
  --received-on "$(TZ=Asia/Tokyo date +%F)"
wants 0 as approval sekisho application approve --application "$id" --json
says '"CONFIRMED"'
wants 0 simulator status --folder "$portal" "$received"
[[ $(cat "$folder/out") == "$received COMPLETED - purged" ]] || fail "the portal sees more or less: $(cat "$folder/out")"
wants 0 as approval sekisho register search --name 浦和　花子
says 埼玉県-000001
echo "${numbers[0]}" | (echo number; cat) >"$folder/who.csv"
wants 0 as review sekisho lookup --purpose change --input "$folder/who.csv" --output "$folder/found.csv"
(($(outcomes "$folder/found.csv" FOUND) == 1)) || fail "the vault does not have the applicant's number"

# ---- the applicant withdraws what has not been decided ----
wants 0 simulator list --folder "$portal" --applicant p-jiro
wants 0 simulator withdraw --folder "$portal" "$(last_name)"
says " WITHDRAWN"
set_stop || fail "the set did not end well"
