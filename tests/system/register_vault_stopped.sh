#!/usr/bin/env bash
# INV-02: with the vault stopped, a reissue goes from its form to COMPLETED, and every list, enquiry, fee and read of the
# register is answered; a number is not, in time. The vault goes on where it was.
. "$(dirname "$0")/case.sh"
. "$(dirname "$0")/office.sh"

set_create "$folder" >/dev/null
set_account cashier01 CSH
set_account cards01 CRT
set_start || fail "the set did not start"
# A desk may have several sessions; the command's is that of the last.
for account in cards01 cashier01 privacy01 reception01 approver01 reviewer01; do
  office_login review "$account"
done
office take_over || fail "no register to begin with"

kill -STOP "$(set_process vault)"
office without_vault || fail "the office's day stands still without the vault"
people 1 1 "$folder/one.csv"
code=0
as review sekisho lookup --purpose change --input "$folder/one.csv" --quiet >"$folder/out" 2>&1 || code=$?
((code == 3 || code == 7)) || { cat "$folder/out"; fail "a look-up without a vault ended with $code"; }
kill -CONT "$(set_process vault)"

wants 1 as review sekisho lookup --purpose change --input "$folder/one.csv" --output "$folder/found.csv"
(($(outcomes "$folder/found.csv" NOT_FOUND) == 1)) || fail "the vault did not go on"
[[ $(grep -c '^ready:' "$folder/warden.log") == 1 ]] || fail "the set was restarted"
set_stop || fail "the set did not end well"
