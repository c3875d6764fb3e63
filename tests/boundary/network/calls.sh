#!/usr/bin/env bash
# Calls with something wrong in them, TLS as it must not be, and a second server on the port.
. "$(dirname "$0")/case.sh"
path=/sekisho.v1.SystemService/GetStatus
unimplemented=12 exhausted=8 invalid=3 unavailable=14

answers() { # answers STATUS WHAT
  [[ $(value status) == "$1" ]] || { cat "$folder/attack"; fail "$2: not status $1"; }
}
# core and the runtime both look: who is first decides which of the two it is
refused() { [[ $(value status) == "$invalid" || $(value status) == "$exhausted" ]] || { cat "$folder/attack"; fail "$1 was not refused"; }; }
attacks call $path
answers 0 "a good call"
attacks call /no.such.v1.Service/Method
answers $unimplemented "unknown method"
head -c 200000000 /dev/zero | gzip -9 >"$folder/bomb"
printf gzip >"$folder/gzip"
attacks call $path "$folder/bomb" grpc-encoding "$folder/gzip"
answers $unimplemented "gzip bomb"
holds "unknown method, gzip bomb"

head -c 4000000 /dev/zero >"$folder/large"
attacks call $path "$folder/large"
refused "oversized message"
head -c 30000 /dev/zero | tr '\0' a >"$folder/value"
attacks call $path "$folder/enrolled.csv" x-large "$folder/value"
[[ $(value status) == "$exhausted" || $(value status) == "$unavailable" || $(value closed) == 1 ]] || { cat "$folder/attack"; fail "oversized metadata"; }
# groups within groups (wire type 3), then empty messages by the thousand
head -c 100000 /dev/zero | tr '\0' '\013' >"$folder/deep"
attacks call /sekisho.v1.NumberService/Match "$folder/deep"
answers $invalid "deep message"
head -c 60000 /dev/zero | sed -z 's/^$/\n/' >"$folder/many" # field 1, empty, 60,000 times
attacks call /sekisho.v1.NumberService/Match "$folder/many"
refused "amplified message"
holds "oversized, deep, amplified"

for kind in tls1.0 tls1.1 tls1.2 anonymous; do
  attacks handshake $kind
  [[ $(value served) == 0 ]] || fail "$kind was served"
done
attacks handshake any
[[ $(value served) == 1 && $(value version) == TLSv1.3 ]] || { cat "$folder/attack"; fail "TLS 1.3 was not served"; }
sekisho keygen --out "$folder/foreign" --prefecture 11 --client intruder >/dev/null 2>&1
(
  . "$folder/set/clients/reception.env"
  SEKISHO_CERT=$folder/foreign/clients/intruder.crt.pem SEKISHO_KEY=$folder/foreign/clients/intruder.key.pem
  "$attack" handshake any >"$folder/attack"
)
[[ $(value served) == 0 ]] || fail "a foreign certificate was served"
holds "handshakes"

# Another set on the same port must not share its clients.
port=$(as reception sh -c 'echo "${SEKISHO_ADDRESS##*:}"')
sekisho keygen --out "$folder/second" --prefecture 11 --client reception --listen "127.0.0.1:$port" >/dev/null 2>&1
wants 74 timeout 20 sekisho-warden --config "$folder/second/sekisho.conf"
holds "second server on the port"
