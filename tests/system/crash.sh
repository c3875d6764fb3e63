#!/usr/bin/env bash
# kill -9 of each process while enrolments run: what was acknowledged is there after the restart, nothing is half done, a
# repeated run does nothing twice; and the fourth counted end within the hour is the last.
. "$(dirname "$0")/case.sh"

rows=60000
set_create "$folder" >/dev/null
set_start || fail "the set did not start"

enrolled=0 round=0 interrupted=0
for victim in vault front auth; do
  round=$((round + 1))
  input=$folder/people$round.csv first=$folder/first$round.csv again=$folder/again$round.csv
  people "$rows" "$round" "$input"
  wants 0 set_login reception reception01 --replace-session
  as reception sekisho enroll --input "$input" --output "$first" --request-seed "round-$round" --quiet 2>/dev/null &
  client=$!
  # in the middle of the run: some rows have been answered
  for _ in $(seq 2000); do
    [[ -s $first && $(wc -l <"$first") -gt 500 ]] && break
    sleep 0.002
  done
  kill -9 "$(set_process "$victim")"
  wait "$client" || true
  set_wait_ready $((round + 1)) || fail "no restart after kill -9 of $victim"
  acknowledged=$(outcomes "$first" DONE)
  ((acknowledged < rows)) && interrupted=$((interrupted + 1))
  echo "kill -9 of $victim: $acknowledged of $rows were acknowledged"

  # every acknowledged one is there
  paste -d, <(cut -d, -f2,3 "$first") <(cut -d, -f1 "$input") | grep '^DONE,' | cut -d, -f2,3 |
    sed '1i reference,number' >"$folder/acknowledged.csv"
  wants 0 set_login review reviewer01 --replace-session
  wants 0 as review sekisho match --purpose change --input "$folder/acknowledged.csv" --output "$folder/m$round.csv"
  (($(outcomes "$folder/m$round.csv" MATCHED) == acknowledged)) || fail "an acknowledged enrolment is not there"

  # the same run again: nothing twice, and the acknowledged references are the same
  wants 0 set_login reception reception01 --replace-session
  wants 0 as reception sekisho enroll --input "$input" --output "$again" --request-seed "round-$round"
  (($(outcomes "$again" DONE) == rows)) || fail "the repeated run did not complete"
  join -t, <(grep ',DONE,' "$first" | cut -d, -f1,3 | sort -t, -k1,1) <(cut -d, -f1,3 "$again" | sort -t, -k1,1) |
    awk -F, '$2 != $3 {exit 1}' || fail "a repeated enrolment got another reference"
  enrolled=$((enrolled + rows))
  [[ $(status_count subjects) == "$enrolled" ]] || fail "$(status_count subjects) subjects, not $enrolled"
done
((interrupted > 0)) || fail "no kill came in the middle of a run: the test showed nothing"

# Three restarts within the hour are the most. An end of the front by SIGKILL is not among them: that is how the kernel ends
# it when it is out of memory, and four floods an hour must not take the service down for good.
kill -9 "$(set_process vault)"
set_wait_ready 5 || fail "the third counted end was not followed by a restart"
kill -9 "$(set_process vault)"
code=0
wait "$warden" || code=$?
warden=
((code == 78)) || fail "the warden ended with $code, not 78"
echo "the fourth counted end was the last: exit code $code"
