#!/usr/bin/env bash
# Canary numbers, passwords and keys after a load: not in the memory of a process that should not have them, not in a file
# outside the vault's folder, not in the vault's file in clear, not in a log. F047, F049, INV-03, INV-05.
. "$(dirname "$0")/case.sh"

set_create "$folder" >/dev/null
set_account admin01 ADM
sekisho keygen backup --output "$folder/backup.key" --quiet >>"$folder/set/sekisho.conf"
set_start || fail "the set did not start"
people 400 4242 "$folder/people.csv"
wants 0 set_login reception reception01
wants 0 as reception sekisho enroll --input "$folder/people.csv" --output "$folder/enrolled.csv"
wants 0 set_login review reviewer01
paste -d, <(cut -d, -f3 "$folder/enrolled.csv") <(cut -d, -f1 "$folder/people.csv") >"$folder/pairs.csv"
wants 0 as review sekisho match --purpose change --input "$folder/pairs.csv" --output "$folder/matched.csv"
wants 0 as review sekisho lookup --purpose change --input "$folder/people.csv" --output "$folder/found.csv"
wants 0 set_login approval approver01
printf 'reference,number\n%s,%s\n' "$(sed -n 2p "$folder/enrolled.csv" | cut -d, -f3)" \
  "$(sekisho synth --prefecture 11 --count 1 --seed 99 | sed -n 2p | cut -d, -f1)" >"$folder/replace.csv"
wants 0 as approval sekisho replace --purpose change --input "$folder/replace.csv" --output "$folder/replaced.csv"

{
  tail -n +2 "$folder/people.csv" | cut -d, -f1
  sed -n 2p "$folder/replace.csv" | cut -d, -f2
} >"$folder/numbers.canary"
cat "$folder"/*.password >"$folder/passwords.canary"
printf 'hex:%s\n' "$(od -An -v -tx1 "$folder/set/root.key" | tr -d ' \n')" >"$folder/root.canary"
printf 'hex:%s\n' "$(od -An -v -tx1 "$folder/set/login.key" | tr -d ' \n')" >"$folder/login.canary"
printf 'hex:%s\n' "$(od -An -v -tx1 "$folder/backup.key" | tr -d ' \n')" >"$folder/backup.canary"
cat "$folder"/*.canary >"$folder/all.canaries"
wants 0 set_login audit admin01
wants 0 as audit sekisho backup --output "$folder/backup.file"
wants 0 sekisho restore --input "$folder/backup.file" --backup-key "$folder/backup.key" --root-key "$folder/set/root.key" \
  --store "$folder/restored"

# the search finds what is there
canary-scan "$folder/numbers.canary" "$folder/people.csv" >/dev/null && fail "the search does not find the numbers"
canary-scan "$folder/login.canary" "$folder/set/login.key" >/dev/null && fail "the search does not find a key"

absent() { # absent CANARIES WHERE FILE...
  local canaries=$1 where=$2
  shift 2
  canary-scan "$canaries" "$@" >"$folder/hits" || {
    head -n 5 "$folder/hits"
    fail "$where: $(wc -l <"$folder/hits") hits of $(basename "$canaries")"
  }
  echo "clean: $where"
}

absent "$folder/all.canaries" "the log" "$folder/warden.log"
absent "$folder/all.canaries" "results" "$folder/enrolled.csv" "$folder/matched.csv" "$folder/found.csv" "$folder/replaced.csv"
absent "$folder/all.canaries" "session files" "$folder"/set/clients/*.session
absent "$folder/all.canaries" "the vault's file" "$folder/set/store/data.mdb"
absent "$folder/all.canaries" "a backup" "$folder/backup.file"
absent "$folder/all.canaries" "a restored store" "$folder/restored/data.mdb"
mapfile -t others < <(find "$folder/set" -type f ! -path '*/store/*' ! -name '*.key' ! -name '*.key.pem')
absent "$folder/all.canaries" "every other file of the set" "${others[@]}"
tr '\0' '\n' </proc/"$(set_process front)"/cmdline >"$folder/cmdlines"
for name in set vault auth; do tr '\0' '\n' </proc/"$(set_process $name)"/cmdline >>"$folder/cmdlines"; done
absent "$folder/all.canaries" "command lines" "$folder/cmdlines"

if ! images_possible; then
  echo "memory images: skipped, only root may take them, and not of a sanitizer build"
  exit 0
fi
image() { # image NAME: memory image of a process
  local pid
  pid=$(set_process "$1")
  memory_image "$pid" "$folder/core-$1" || fail "no memory image of $1"
}
for name in front set auth vault; do image "$name"; done
absent "$folder/all.canaries" "the front's memory" "$folder/core-front"
absent "$folder/all.canaries" "the warden's memory" "$folder/core-set"
# auth holds its own login key and nothing else of these
cat "$folder/numbers.canary" "$folder/passwords.canary" "$folder/root.canary" "$folder/backup.canary" >"$folder/not-auths.canaries"
absent "$folder/not-auths.canaries" "auth's memory" "$folder/core-auth"
# the vault opens numbers one call at a time and wipes them; the root key is gone once the tenants' keys are open
cat "$folder/numbers.canary" "$folder/passwords.canary" "$folder/root.canary" "$folder/login.canary" \
  "$folder/backup.canary" >"$folder/not-vaults.canaries"
absent "$folder/not-vaults.canaries" "the vault's memory after the calls" "$folder/core-vault"
rm -f "$folder"/core-*
wants 0 as review sekisho status # nobody was disturbed
