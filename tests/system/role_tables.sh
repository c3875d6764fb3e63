#!/usr/bin/env bash
# F022, INV-06: every cell of the table of roles and methods (server/services/methods.def), allowed and refused, through
# gRPC, by an account of each role that has accounts.
. "$(dirname "$0")/case.sh"

# HLD has no account: holders come through the portal.
roles="OWN ADM REC REV APR CSH CRT JUK NWO CEN OPS PRV AUD TPV SYS"
set_create "$folder" >/dev/null
for role in $roles; do set_account "a${role,,}" "$role"; done
set_start || fail "the set did not start"

cells=0 refused_in_all=0
for role in $roles; do
  wants 0 set_login audit "a${role,,}" --replace-session
  wants 0 as audit role-probe
  read -r _ allowed _ refused <"$folder/out"
  cells=$((cells + allowed + refused)) refused_in_all=$((refused_in_all + refused))
  echo "$role: $allowed allowed, $refused refused"
done
methods=$(grep -c '^METHOD(' "$(dirname "$0")/../../server/services/methods.def")
((cells == methods * $(wc -w <<<"$roles"))) || fail "$cells cells of $methods methods"

# What the front refused is in the access records (F103).
wants 0 set_login audit aaud --replace-session
wants 5 as audit sekisho terminal remove --terminal audit --note test
says ROLE_NOT_PERMITTED
wants 0 as audit sekisho record show --event method_refused --limit 100000 --json --quiet
refusals=$(grep -c '"METHOD_REFUSED"' "$folder/out")
((refusals == refused_in_all + 1)) || fail "$refusals refusals are recorded of $((refused_in_all + 1))"
set_stop || fail "the set did not end well"
