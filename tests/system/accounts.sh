#!/usr/bin/env bash
# The life of accounts as people live it: first administrators, request, approval, issue, first login, terms of use,
# lock, suspension, return; terminals, one session per account, second factor, import. (F022, F090-F102, F165, INV-14)
. "$(dirname "$0")/case.sh"

set_folder=$folder
for _ in $(seq 50); do
  port=$((20000 + RANDOM % 20000))
  (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
done
sekisho keygen --out "$folder/set" --prefecture 11 --client office --client desk1 --client desk2 \
  --listen "127.0.0.1:$port" >/dev/null 2>&1
store=$folder/set/accounts

password() { (umask 077 && echo "$2" >"$folder/$1.password"); } # password ACCOUNT TEXT
first() { # first ACCOUNT ROLE PERSON
  sekisho account first --store "$store" --prefecture 11 --account "$1" --role "$2" --person "$3" \
    --organisation "県庁 資格課" --terminal office --client-cert "$folder/set/clients/office.crt.pem" \
    --password-file "$folder/$1.password"
}
login() { set_login "$1" "$2" --replace-session "${@:3}"; } # login DESK ACCOUNT [OPTION...]
# begin DESK ACCOUNT NEW-PASSWORD: the first login: another password, and the terms of use
begin() {
  wants 0 login "$1" "$2"
  says "sekisho account password"
  password "$2.new" "$3"
  wants 0 as "$1" sekisho account password --password-file "$folder/$2.password" \
    --new-password-file "$folder/$2.new.password"
  says "log in again"
  wants 0 as "$1" sekisho account terms --agree 1
  mv "$folder/$2.new.password" "$folder/$2.password"
  wants 0 login "$1" "$2"
}
state() { as office sekisho account show --account "$1" --json | grep -o '"state":"[A-Z]*"' | cut -d'"' -f4; }
in_state() { [[ $(state "$1") == "$2" ]] || fail "$1 is $(state "$1"), not $2"; }
own() { wants "$1" as desk2 sekisho "${@:2}" --quiet; }    # as the responsible person
adm() { wants "$1" as office sekisho "${@:2}" --quiet; }   # as the administrator

echo "nobody is there by default (F099, INV-14)"
password admin 'admin'
set_start || fail "the set did not start"
wants 4 login office admin
set_stop || fail "the set did not end well"

echo "first administrators, on the stopped server (F090, F091)"
password own01 'Kikyou-7-sakaba'
password adm01 'Nadeshiko-8-eki'
wants 0 first own01 OWN "責任 一郎"
wants 0 first adm01 ADM "管理 二郎"
password own02 'Ajisai-99-mizu'
wants 2 first own02 OWN "責任 三郎"
says "already"
set_start || fail "the set did not start"
cp "$folder/own02.password" "$folder/adm02.password"
wants 2 first adm02 ADM "管理 四郎"
says "in use"

echo "first login: nothing but the password and the terms (F092, F165)"
wants 0 login office adm01
wants 5 as office sekisho account list
says NOT_PERMITTED
wants 5 as office sekisho terminal list
echo 'short-1A' >"$folder/weak"
wants 7 as office sekisho account password --password-file "$folder/adm01.password" --new-password-file "$folder/weak"
says PASSWORD_TOO_SHORT
echo 'onlylowercaseletters' >"$folder/weak"
wants 7 as office sekisho account password --password-file "$folder/adm01.password" --new-password-file "$folder/weak"
says PASSWORD_FEW_KINDS
echo 'P@ssw0rd12345' >"$folder/weak"
wants 7 as office sekisho account password --password-file "$folder/adm01.password" --new-password-file "$folder/weak"
says PASSWORD_COMMON
wants 7 as office sekisho account password --password-file "$folder/adm01.password" \
  --new-password-file "$folder/adm01.password"
says PASSWORD_USED
wants 4 as office sekisho account password --password-file "$folder/weak" --new-password-file "$folder/adm01.password"
says WRONG_PASSWORD
wants 0 as office sekisho account terms
grep -qF "Version 1" "$folder/out" || fail "no version of the terms"
wants 1 as office sekisho account terms --agree 2
begin office adm01 'Tsubaki-22-kawa'
in_state adm01 ACTIVE

echo "terminals (F097)"
adm 0 terminal add --terminal desk1 --client-cert "$folder/set/clients/desk1.crt.pem" --note "1F 窓口"
adm 0 terminal add --terminal desk2 --client-cert "$folder/set/clients/desk2.crt.pem" --kind centre --note "2F"
adm 1 terminal add --terminal desk3 --client-cert "$folder/set/clients/desk2.crt.pem" --note "twice"
wants 0 as office sekisho terminal list
says "1F 窓口"
begin desk2 own01 'Kaede-33-yamamichi'

echo "an account: request, approval by another, issue (F093, F094, F098)"
adm 0 account request --account rec01 --role REC --person "受付 花子" --organisation "県庁 窓口" --note "登録の受付"
in_state rec01 REQUESTED
adm 1 account request --account rec01 --role REC --person "受付 次郎" --organisation "県庁 窓口" --note "again"
says ALREADY_EXISTS
adm 1 account request --account rec02 --role REC --person "受付 花子" --organisation "県庁 窓口" --note "same person"
says ALREADY_EXISTS
adm 7 account request --account ops01 --role OPS --kind contractor --person "委託 五郎" --organisation "委託会社" \
  --note "no end (INV-20)"
says BAD_FIELD
adm 5 account approve --account rec01 # the front: an administrator does not approve
says ROLE_NOT_PERMITTED
adm 1 account issue --account rec01
says WRONG_STATE
own 0 account request --account rev01 --role REV --person "審査 太郎" --organisation "県庁 資格課" --note "審査"
own 5 account approve --account rev01 # whoever asks does not approve
says SAME_PERSON
own 0 account approve --account rec01
in_state rec01 APPROVED
adm 0 account issue --account rec01
password rec01 "$(cat "$folder/out")"
in_state rec01 ISSUED

echo "one door: wrong terminal, wrong password, unknown account look alike (F102)"
wants 4 login desk1 nobody --password-file "$folder/rec01.password"
says LOGIN_REFUSED
begin desk1 rec01 'Momiji-44-hashi'
in_state rec01 ACTIVE
sekisho synth --prefecture 11 --count 5 --output "$folder/people.csv" 2>/dev/null
wants 0 as desk1 sekisho enroll --input "$folder/people.csv" --quiet
wants 5 as desk1 sekisho account list
says ROLE_NOT_PERMITTED
wants 0 as desk1 sekisho account show
says "受付 花子"

echo "one session per account (F102), who is in (F095)"
wants 0 as office sekisho session list
says desk1
cp "$folder/set/clients/desk1.session" "$folder/former.session"
wants 0 login desk1 rec01
chmod 600 "$folder/former.session"
wants 4 as desk1 sekisho account show --session "$folder/former.session"
wants 0 as desk1 sekisho account show
adm 0 session end --account rec01 --note "test"
wants 4 as desk1 sekisho account show

echo "lock, suspension, reset"
wants 0 login desk1 rec01
adm 0 account lock --account rec01 --note "suspicion"
in_state rec01 LOCKED
wants 4 as desk1 sekisho account show
wants 4 login desk1 rec01
says LOGIN_REFUSED
adm 0 account unlock --account rec01 --note "cleared"
wants 0 login desk1 rec01
adm 0 account suspend --account rec01 --note "leave"
in_state rec01 SUSPENDED
wants 4 login desk1 rec01
adm 0 account resume --account rec01 --note "back"
adm 0 account reset --account rec01 --note "forgotten"
password rec01 "$(cat "$folder/out")"
in_state rec01 ISSUED
begin desk1 rec01 'Susuki-55-nohara'

echo "a second factor"
wants 0 as desk1 sekisho account otp --password-file "$folder/rec01.password" --json
secret=$(grep -o '"secret":"[A-Z2-7]*"' "$folder/out" | cut -d'"' -f4)
code() { # code STEPS-AHEAD: RFC 6238
  python3 - "$secret" "$1" <<'PYTHON'
import base64, hashlib, hmac, struct, sys, time
digest = hmac.new(base64.b32decode(sys.argv[1]), struct.pack(">Q", int(time.time()) // 30 + int(sys.argv[2])), hashlib.sha1).digest()
at = digest[-1] & 15
print("%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7fffffff) % 1000000))
PYTHON
}
otp() { code 0 | wants "$@"; }
otp 0 as desk1 sekisho account otp --otp --password-file -
wants 4 login desk1 rec01
code 0 >"$folder/code"
wants 4 login desk1 rec01 --otp <"$folder/code" # each code once, and the confirmation was one
code 1 >"$folder/code"
wants 0 login desk1 rec01 --otp <"$folder/code"

echo "import, with a result for each row"
cat >"$folder/accounts.csv" <<'CSV'
アカウント,役割,氏名,所属,用途,期限
imp01,REV,審査 一,県庁,審査,
imp02,REV,審査 二,県庁,審査,2030-03-31
imp01,APR,決裁 三,県庁,決裁,
IMP 3,REV,審査 四,県庁,審査,
imp04,XXX,審査 五,県庁,審査,
imp05,REV,審査 六,県庁,審査,tomorrow
CSV
wants 1 as office sekisho account import --input "$folder/accounts.csv" --output "$folder/imported.csv"
says "6 rows: 2 accounts"
grep -q '^1,imp01,REQUESTED,' "$folder/imported.csv" || fail "row 1"
grep -q '^3,imp01,REFUSED,ALREADY_EXISTS,' "$folder/imported.csv" || fail "row 3"
grep -q '^4,IMP 3,NOT_SENT,BAD_ACCOUNT,' "$folder/imported.csv" || fail "row 4"
grep -q '^5,imp04,NOT_SENT,BAD_FIELD,' "$folder/imported.csv" || fail "row 5"
grep -q '^6,imp05,NOT_SENT,BAD_FIELD,' "$folder/imported.csv" || fail "row 6"

echo "lists: filters, the ID ledger, JSON"
wants 0 as office sekisho account list --state requested
says "3 in all"
wants 0 as office sekisho account list --role REC --json
[[ $(wc -l <"$folder/out") == 2 ]] || fail "REC accounts" # and the line for a person
adm 0 account inspect --account rec01 --note "名簿と一致"
wants 0 as office sekisho account list --full --lang ja
says 払出番号
wants 0 as office sekisho account show --account rec01 --lang ja
says "名簿と一致"

echo "a terminal goes, and what was open from it"
adm 0 terminal remove --terminal desk1 --note "stolen"
wants 4 as desk1 sekisho account show
wants 4 login desk1 own01

echo "an account is returned for ever"
adm 0 account return --account rec01 --note "transfer"
in_state rec01 RETURNED
adm 1 account resume --account rec01 --note "no way back"
says WRONG_STATE
set_stop || fail "the set did not end well"
