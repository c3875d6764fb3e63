#!/usr/bin/env bash
# F017, F069, F103, INV-12, INV-13: an officer's reads, search and refusals at the register through python3-grpcio.
. "$(dirname "$0")/case.sh"
. "$(dirname "$0")/office.sh"

set_create "$folder" >/dev/null
set_account cashier01 CSH
set_start || fail "the set did not start"
office_login review reviewer01
office_login approval approver01
office_login reception cashier01
office_login audit auditor01
office reads || fail "the register does not answer as its API says"
set_stop || fail "the set did not end well"
