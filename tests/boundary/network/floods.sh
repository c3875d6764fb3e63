#!/usr/bin/env bash
# Floods over authenticated connections: rapid reset, endless headers, control frames. The connection ends, not the front.
. "$(dirname "$0")/case.sh"

attacks resets 300000
[[ $(value closed) == 1 ]] || fail "300,000 resets on one connection were taken"
holds "rapid reset"
resetters=()
for _ in 1 2 3 4; do
  (for _ in 1 2 3 4 5; do as reception "$attack" resets 300000 >/dev/null 2>&1 || true; done) &
  resetters+=($!)
done
wait "${resetters[@]}"
holds "rapid reset, four at once, again and again"
attacks continuation 20000
[[ $(value closed) == 1 ]] || fail "320 MB of headers were taken"
holds "continuation"
attacks ping 1000000
[[ $(value closed) == 1 ]] || fail "a million pings were taken"
attacks settings 1000000
holds "ping and settings"
