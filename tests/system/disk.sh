#!/usr/bin/env bash
# A disk that is full, read-only or damaged under a running set and at its start: refused with a line that says so, and
# nothing is lost when it is mended.
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
store=$folder/set/store
log_in() {
  local desk
  for desk in reception:reception01 review:reviewer01; do
    wants 0 set_login "${desk%:*}" "${desk#*:}" --replace-session
  done
}
found() { # found FILE: how many of its people are found; asks again when a busy machine has left rows unanswered
  local code
  for _ in 1 2 3; do
    code=0
    rm -f "$folder/found"
    as review sekisho lookup --purpose change --input "$1" --output "$folder/found" --quiet >/dev/null 2>&1 || code=$?
    ((code > 1)) || break
  done
  outcomes "$folder/found" FOUND
}
wait_for_log() { # wait_for_log REGEX
  for _ in $(seq 100); do
    grep -qE -- "$1" "$folder/warden.log" && return 0
    sleep 0.1
  done
  fail "the log does not say '$1'"
}
everybody_is_there() {
  (($(found "$folder/people.csv") == 3000)) || fail "somebody is lost"
}

# ---- damaged pages: what LMDB notices has a name; garbage that looks like pages may end the vault by a signal. Either way
# nothing is answered from it.
set_start || fail "the set did not start"
log_in
people 3000 5 "$folder/people.csv"
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv" --quiet
everybody_is_there
for source in /dev/zero /dev/urandom; do
  sign="the store is damaged"
  # A sanitizer's build takes the signal and names where it came from, which is LMDB or what LMDB had called.
  [[ $source == /dev/zero ]] || sign="$sign|vault +was killed by signal|^ +#[01] 0x[0-9a-f]+ +\\(.*/liblmdb"
  cp "$store/data.mdb" "$folder/good.mdb"
  head -c $((700 * 4096)) "$source" | dd of="$store/data.mdb" bs=4096 seek=2 conv=notrunc 2>/dev/null
  (($(found "$folder/people.csv") == 0)) || fail "a damaged store answers"
  wait_for_log "$sign"
  set_stop || true
  : >"$folder/warden.log"
  ! set_start || fail "the set starts on a damaged store"
  kill -TERM "$warden" 2>/dev/null || true
  wait "$warden" || true
  wait_for_log "$sign"
  cat "$folder/good.mdb" >"$store/data.mdb"
  set_start || fail "the set did not start with the mended store"
  log_in
  everybody_is_there
done
set_stop || fail "the set did not stop cleanly"

# ---- a small disk: only root can mount one, and not everywhere
mkdir "$folder/disk"
if [[ $(id -u) != 0 ]] || ! mount -t tmpfs -o size=26m tmpfs "$folder/disk" 2>/dev/null; then
  echo "full and read-only disks: skipped, no file system can be mounted here"
  exit 0
fi
cleanup() { umount -l "$folder/disk"; }
cp -a "$store" "$folder/disk/store"
sed -i "s|^store = .*|store = $folder/disk/store|" "$folder/set/sekisho.conf"
set_start || fail "the set did not start on the small disk"
log_in
everybody_is_there

acknowledged=0
for seed in $(seq 100 140); do
  people 2000 "$seed" "$folder/more-$seed.csv"
  code=0
  as reception sekisho enroll --input "$folder/more-$seed.csv" --output "$folder/made-$seed.csv" --quiet \
    >"$folder/out" 2>&1 || code=$?
  acknowledged=$((acknowledged + $(outcomes "$folder/made-$seed.csv" DONE)))
  ((code == 0)) || break
done
((code != 0)) || fail "the disk is never full"
((acknowledged > 0)) || fail "the disk was full before anything was put on it"
wait_for_log "store failed"
! grep -q "is damaged" "$folder/warden.log" || fail "a full disk is called damage"
wants 0 as review sekisho status # whoever needs no room goes on
check_acknowledged() {
  local there=0 file
  for file in "$folder"/made-*.csv; do there=$((there + $(found "${file/made/more}"))); done
  ((there == acknowledged)) || fail "$acknowledged were acknowledged, $there are there"
}
echo "full after $acknowledged more: $(grep -F 'store failed' "$folder/warden.log" | head -n 1)"
mount -o remount,size=200m "$folder/disk"
people 100 900 "$folder/after.csv"
wants 0 as reception sekisho enroll --input "$folder/after.csv" --output "$folder/after-made.csv" --quiet
everybody_is_there
check_acknowledged

# ---- read-only
mount -o remount,ro "$folder/disk" 2>/dev/null || {
  # busy with a file open for writing: then it is made read-only between two runs only
  set_stop || fail "the set did not stop cleanly"
  for _ in $(seq 50); do # what has ended may still be closing its files
    mount -o remount,ro "$folder/disk" 2>/dev/null && break
    sleep 0.1
  done
  grep -q " $folder/disk tmpfs ro," /proc/mounts || fail "the disk is not read-only"
}
if [[ -n $warden ]]; then
  echo "read-only under the running set"
  people 100 901 "$folder/refused.csv"
  ! as reception sekisho enroll --input "$folder/refused.csv" --output "$folder/refused-made.csv" --quiet 2>/dev/null ||
    fail "a read-only disk takes an enrolment"
  set_stop || fail "the set did not stop cleanly"
fi
! set_start || fail "the set starts on a read-only disk"
wait "$warden" || true
grep -qi "read-only file system\|store failed" "$folder/warden.log" || fail "the log does not say why"
mount -o remount,rw "$folder/disk"
set_start || fail "the set did not start again"
log_in
everybody_is_there
check_acknowledged
set_stop || fail "the set did not stop cleanly"
