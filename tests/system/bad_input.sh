#!/usr/bin/env bash
# Bad input from every side gets a reason or a closed connection; the set stays up and its data unchanged.
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
set_start || fail "the set did not start"
people 10 1 "$folder/people.csv"
wants 0 set_login reception reception01
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv"
wants 0 set_login review reviewer01
subjects=$(status_count subjects)
reference=$(sed -n 2p "$folder/enrolled.csv" | cut -d, -f3)
number=$(sed -n 2p "$folder/people.csv" | cut -d, -f1)

echo "rows"
printf 'number\n%s\n' 123456789010 12345678901 １２３４５６７８９０１８ 12345678901X 000000000000 >"$folder/wrong.csv"
wants 1 as reception sekisho enroll --input "$folder/wrong.csv" --quiet
for reason in INVALID_NUMBER TOO_SHORT FULL_WIDTH NOT_DIGITS; do says "$reason"; done
printf 'reference,number\n%s,%s\n' 00000000000000000000000000000001 "$number" >"$folder/unknown.csv"
wants 1 as review sekisho match --purpose change --input "$folder/unknown.csv" --quiet
says UNKNOWN_REFERENCE
printf 'reference,number\n%s,%s\n' not-a-reference "$number" >"$folder/malformed.csv"
wants 1 as review sekisho match --purpose change --input "$folder/malformed.csv" --quiet
says REFERENCE_MALFORMED

echo "arguments"
wants 2 as review sekisho lookup --purpose change "$number"
grep -qF "$number" "$folder/out" && fail "a refused number is repeated"
wants 2 as review sekisho match --purpose nonsense --input "$folder/unknown.csv"
wants 2 as review sekisho nonsense
wants 2 as review sekisho match --purpose change --input "$folder/absent.csv"
says "absent.csv: No such file or directory"
wants 2 as review sekisho match --purpose change --input "$folder"
says "Is a directory"
printf '参照番号,個人番号\n' | iconv -f UTF-8 -t SHIFT_JIS >"$folder/shift_jis.csv"
wants 2 as review sekisho match --purpose change --input "$folder/shift_jis.csv"
says "Shift_JIS"
wants 2 as review sekisho match --purpose change --input "$folder/unknown.csv" --output "$folder/enrolled.csv"
says "enrolled.csv: File exists"
wants 2 as review sekisho receipt verify --trust-first-use --receipt "$folder"
says "Is a directory"
first() { # first OPTION...: an administrator of a register that has none
  sekisho account first --store "$folder/new-accounts" --prefecture 11 --account new01 --person Mori \
    --organisation Office --terminal local "$@"
}
wants 2 first --role REV
says "OWN, ADM"
wants 2 first --role OWN --password-file "$folder/absent.password"
says "absent.password: No such file or directory"
export -f first
wants 2 setsid -w bash -c 'first --role OWN'
says "--password-file"
wants 2 sekisho account first --store "$folder/set/accounts" --prefecture 11 --account new01 --role OWN --person Mori \
  --organisation Office --terminal local --password-file "$folder/reviewer01.password"
says "in use"
for listen in nonsense 127.0.0.1 127.0.0.1:0 localhost:7600 :7600 '[127.0.0.1]:7600'; do
  wants 2 sekisho keygen --out "$folder/unlistened" --prefecture 11 --listen "$listen"
  says "--listen"
done
[[ ! -e $folder/unlistened ]] || fail "a refused keygen left a folder"
wants 3 as review sekisho status --address 127.0.0.1:1
says "is the server running"

echo "sessions"
wants 5 as review sekisho enroll --input "$folder/people.csv" --quiet
wants 4 set_login reception nobody --replace-session --password-file "$folder/reviewer01.password"
echo "Wrong-password-12345" >"$folder/wrong.password"
wants 4 as reception sekisho login --prefecture 11 --account reception01 --password-file "$folder/wrong.password" \
  --session "$folder/other.session"
says LOGIN_REFUSED
wants 7 as reception sekisho login --prefecture 13 --account reception01 --password-file "$folder/wrong.password" \
  --session "$folder/other.session"
says UNKNOWN_PREFECTURE
# another certificate on the reviewer's session: the command itself sees it (tests/tools/sekisho-attack goes further)
. "$folder/set/clients/review.env"
wants 2 sekisho match --purpose change --input "$folder/unknown.csv" --quiet \
  --cert "$folder/set/clients/reception.crt.pem" --key "$folder/set/clients/reception.key.pem"
says WRONG_CERTIFICATE
# a login key that is not the pinned one
wants 8 sekisho login --prefecture 11 --account reviewer01 --password-file "$folder/reviewer01.password" \
  --session "$folder/other.session" --pin "$(printf '%064d' 0)"

echo "the port"
port=${SEKISHO_ADDRESS##*:}
for _ in $(seq 20); do
  (head -c 4096 /dev/urandom >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || true
done
(printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || true
(printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || true
# no client certificate, and one of a foreign authority
timeout 5 openssl s_client -connect "127.0.0.1:$port" -CAfile "$SEKISHO_CA" -alpn h2 </dev/null >"$folder/out" 2>&1 || true
sekisho keygen --out "$folder/foreign" --prefecture 11 --client intruder >/dev/null 2>&1
wants 3 sekisho status --cert "$folder/foreign/clients/intruder.crt.pem" --key "$folder/foreign/clients/intruder.key.pem"

echo "afterwards"
wants 0 set_login review reviewer01 --replace-session
printf 'reference,number\n%s,%s\n' "$reference" "$number" >"$folder/good.csv"
wants 0 as review sekisho match --purpose change --input "$folder/good.csv" --quiet
[[ $(status_count subjects) == "$subjects" ]] || fail "the data changed"
[[ $(grep -c '^ready:' "$folder/warden.log") == 1 ]] || fail "the set was restarted"
