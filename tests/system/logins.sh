#!/usr/bin/env bash
# Logins of the whole set: guessing across restarts and kill -9, several logins at once, sessions that nobody uses, roles
# with a second factor, new terms of use. (F092, F102, F165, INV-14)
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
printf 'lock_failures = 1\nsession_idle_s = 30\notp_roles = PRV\n' >>"$folder/set/sekisho.conf"
set_start || fail "the set did not start"
alive() { as "$1" sekisho account show --session "$2" --quiet >/dev/null 2>&1; } # alive DESK SESSION

echo "guessing: refused after one bad login, also with the right password, a restart, and a kill -9"
started=$(date +%s)
echo 'Wrong-Password-12345' >"$folder/wrong"
refused() {
  wants 4 login approval approver01
  says LOGIN_REFUSED
}
login() { set_login "$1" "$2" --replace-session "${@:3}"; }
wants 4 as approval sekisho login --prefecture 11 --account approver01 --password-file "$folder/wrong"
refused
set_stop || fail "the set did not end well"
set_start || fail "the set did not start again"
refused
kill -9 "$(set_process auth)"
set_wait_ready 2 || fail "the set did not come back"
refused
wants 0 login review reviewer01 # nobody else is shut out

echo "eight logins at once: one session (F102)"
for n in $(seq 8); do
  set_login review reviewer01 --session "$folder/one.$n" --quiet >/dev/null 2>&1 &
  logins[n]=$!
done
good=0 living=0
for n in $(seq 8); do
  if wait "${logins[n]}"; then good=$((good + 1)); fi
  if [[ -e $folder/one.$n ]] && alive review "$folder/one.$n"; then living=$n; fi
done
((good >= 1)) || fail "no login was good"
count=0
for n in $(seq 8); do
  if [[ -e $folder/one.$n ]] && alive review "$folder/one.$n"; then count=$((count + 1)); fi
done
((count == 1)) || fail "$count sessions of one account are alive"
alive review "$folder/one.$living" || fail "the session that was alive has ended"

echo "a role that needs a second factor"
wants 0 login audit privacy01
says "sekisho account otp"
wants 5 as audit sekisho unlock --account reviewer01
says NOT_PERMITTED
wants 0 as audit sekisho account otp --password-file "$folder/privacy01.password" --json
secret=$(grep -o '"secret":"[A-Z2-7]*"' "$folder/out" | cut -d'"' -f4)
code() { # code STEPS-AHEAD: RFC 6238
  python3 - "$secret" "$1" <<'PYTHON'
import base64, hashlib, hmac, struct, sys, time
digest = hmac.new(base64.b32decode(sys.argv[1]), struct.pack(">Q", int(time.time()) // 30 + int(sys.argv[2])), hashlib.sha1).digest()
at = digest[-1] & 15
print("%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7fffffff) % 1000000))
PYTHON
}
code 0 >"$folder/code"
wants 0 as audit sekisho account otp --otp --password-file - <"$folder/code"
code 1 >"$folder/code"
wants 0 login audit privacy01 --otp <"$folder/code"
wants 1 as audit sekisho unlock --account reviewer01 # may, and there is nothing to unlock

echo "a session that nobody uses ends, one that is used does not, be it for the register alone (30 s)"
wants 0 login reception reception01
for _ in $(seq 5); do
  sleep 10
  wants 0 as review sekisho account show --session "$folder/one.$living"
  wants 0 as audit sekisho operation list
done
wants 4 as reception sekisho account show
says UNKNOWN_SESSION

echo "the delay ends (60 s)"
left=$((started + 63 - $(date +%s)))
((left <= 0)) || sleep "$left"
wants 0 login approval approver01

echo "new terms of use: nothing before they are agreed to (F165)"
set_stop || fail "the set did not end well"
echo "Version two." >>"$folder/set/terms.txt"
sed -i 's/^terms_version *=.*/terms_version = 2/' "$folder/set/sekisho.conf"
set_start || fail "the set did not start with new terms"
wants 0 login reception reception01
says "sekisho account terms"
people 3 1 "$folder/people.csv"
wants 5 as reception sekisho enroll --input "$folder/people.csv" --quiet
wants 1 as reception sekisho account terms --agree 1
wants 0 as reception sekisho account terms --agree 2
grep -q "Version two." "$folder/out" || fail "the text was not shown"
wants 5 as reception sekisho enroll --input "$folder/people.csv" --quiet # this session was opened before
wants 0 login reception reception01
wants 0 as reception sekisho enroll --input "$folder/people.csv" --quiet
set_stop || fail "the set did not end well"
