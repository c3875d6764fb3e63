#!/usr/bin/env bash
# F017, F068, F069, F071, F072: the lists by pages and as CSV, read by Python's csv; the 保育士証 to the holder's hands.
. "$(dirname "$0")/case.sh"
. "$(dirname "$0")/office.sh"

set_create "$folder" >/dev/null
for account in cashier01:CSH certificate01:CRT centre01:CEN; do
  set_account "${account%:*}" "${account#*:}"
done
set_start || fail "the set did not start"
office_login reception reception01
office_login review reviewer01
office_login approval approver01
office_login office cashier01
office_login office certificate01
office_login office centre01
office lists || fail "the lists are not as their API says"
set_stop || fail "the set did not end well"
