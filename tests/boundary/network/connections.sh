#!/usr/bin/env bash
# More connections than there are descriptors, with and without a certificate: service goes on while they are held.
. "$(dirname "$0")/case.sh"

many=$(ulimit -n)
((many > 20000)) && many=20000
many=$((many - 100))
held=()
hold() { # hold KIND COUNT SECONDS
  as reception "$attack" hold "$@" >"$folder/held${#held[@]}" 2>&1 &
  held+=($!)
}
let_go() {
  wait "${held[@]}" || true
  held=()
}
hold tcp "$many" 8
hold tcp "$many" 8
sleep 3
holds "$((2 * many)) connections that say nothing"
let_go
hold hello "$many" 12
hold hello "$many" 12
sleep 5
holds "$((2 * many)) half handshakes"
let_go
holds "after them"
((many > 5000)) && many=5000
hold tls "$many" 30
sleep 20
holds "$many idle authenticated connections"
let_go
