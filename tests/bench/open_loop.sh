#!/usr/bin/env bash
# A server that stands still for 0.4 s is in the percentiles of an open loop, as it was for those who came meanwhile; a
# closed loop asks nothing then, and hides it. Usage: open_loop.sh BINARY_FOLDER
set -euo pipefail
bin=$1
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill -KILL "$server" 2>/dev/null; rm -rf "$folder"' EXIT

"$bin/bench-ping-server" unix "$folder/socket" >"$folder/ready" &
server=$!
for _ in $(seq 200); do
  grep -q ready "$folder/ready" && break
  sleep 0.05
done

measure() { # measure NAME OPTION...: a second with the stall in its middle
  local name=$1 load
  shift
  "$bin/bench-load" ping --target "unix:$folder/socket" --method /sekisho.bench.v1.BenchService/Ping --seconds 1 \
    --warm-up 0.2 --in-flight 64 "$@" >"$folder/$name" &
  load=$!
  sleep 0.6
  kill -STOP "$server"
  sleep 0.4
  kill -CONT "$server"
  wait "$load" || { echo "FAIL: the $name loop failed: $(cat "$folder/$name")"; exit 1; }
}
value() { # value NAME KEY: of the line of JSON, cut to a whole number
  sed -E "s/.*\"$2\":([0-9]+).*/\1/" "$folder/$1"
}

measure open --rate 500
measure closed
# Two fifths of the calls were due during the stall, evenly: the worst tenth waited more than 0.2 s of it.
(($(value open p90) > 150000)) || { echo "FAIL: the open loop hides the stall: $(cat "$folder/open")"; exit 1; }
(($(value closed p90) < 150000)) || { echo "FAIL: the closed loop shows it in p90: $(cat "$folder/closed")"; exit 1; }
(($(value closed max) > 300000)) || { echo "FAIL: there was no stall: $(cat "$folder/closed")"; exit 1; }
# All that was due was started, however late: 500 calls, a few of them in the second before.
offered=$(($(value open calls) + $(value open unanswered)))
((offered >= 490 && offered <= 510)) || { echo "FAIL: $offered calls of 500"; exit 1; }
echo "open loop: ok"
