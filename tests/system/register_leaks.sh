#!/usr/bin/env bash
# F076, F047, INV-03, INV-05: after applications with numbers on every way (completed, returned, refused), no number is in
# the register's files, the attachments', the log or the front's memory, in any form; nothing of a person is in the vault's
# files; a contact or code that no field has a room for is refused.
. "$(dirname "$0")/case.sh"
. "$(dirname "$0")/office.sh"

set_create "$folder" >/dev/null
set_account cashier01 CSH
set_start || fail "the set did not start"
office_login office reception01
office_login review reviewer01
office_login approval approver01
office_login audit cashier01

count=24
people "$count" 7676 "$folder/people.csv"
mapfile -t numbers < <(tail -n +2 "$folder/people.csv" | cut -d, -f1)
office number_days create "$count" >"$folder/ids" || fail "no applications"
mapfile -t ids <"$folder/ids"
# An applicant's file: its bytes are in the attachments' file.
printf '%%PDF-1.4\n%s\n' "卒業証明書の写し 見本" >"$folder/proof.pdf"
wants 0 as office sekisho application attach --application "${ids[0]}" --file "$folder/proof.pdf" --quiet
for i in "${!ids[@]}"; do
  wants 0 as office sekisho application accept --application "${ids[i]}" --documents-complete --quiet --number-file - \
    <<<"${numbers[i]}"
done
returned=("${ids[@]:0:6}") completed=("${ids[@]:6:12}") # and six that wait
office number_days check "${returned[@]}" || fail "no checks"
for id in "${returned[@]}"; do
  wants 0 as review sekisho application return --application "$id" --reason "書類の不備" --quiet
done
office number_days review "${completed[@]}" || fail "no reviews"
for id in "${completed[@]}"; do
  wants 0 as approval sekisho application approve --application "$id" --quiet
done
wants 0 as review sekisho register search --name 漏洩検査 --name-match prefix --json --quiet
(($(grep -c '"registration_number"' "$folder/out") == 12)) || fail "not every approved application is in the register"
(($(status_count subjects) == 18)) || fail "$(status_count subjects) numbers in the vault, not those of 12 and 6 that wait"

contacts=(090-1234-5678-漏洩 rouei@example.jp 住民票コード12345678901 符号K0FA1B2C3D4E5F6)
office number_days refuse "${contacts[@]}" || fail "a contact is taken"
printf '%s\n' "${numbers[@]}" >"$folder/numbers.canary"
printf '%s\n' "${contacts[@]}" >"$folder/contacts.canary"
cat "$folder"/{numbers,contacts}.canary >"$folder/all.canaries"
printf '%s\n' 漏洩検査 ロウエイケンサ 浦和区高砂三丁目 卒業証明書の写し >"$folder/people.canary"

# The search finds what is there, also as integers and full-width digits.
perl -CS -Mutf8 -pe 'tr/0-9/０-９/' <"$folder/numbers.canary" >"$folder/wide"
canary-scan "$folder/numbers.canary" "$folder/wide" >/dev/null && fail "the search does not find full-width digits"
canary-scan "$folder/numbers.canary" "$folder/people.csv" >/dev/null && fail "the search does not find the numbers"
canary-scan "$folder/people.canary" "$folder/set/register/11.register" >"$folder/hits" && fail "no names in the register"
canary-scan "$folder/people.canary" "$folder/set/register/11.files" >/dev/null && fail "no attachment in its file"

absent() { # absent CANARIES WHERE FILE...
  local canaries=$1 where=$2
  shift 2
  canary-scan "$canaries" "$@" >"$folder/hits" || {
    head -n 5 "$folder/hits"
    fail "$where: $(wc -l <"$folder/hits") hits of $(basename "$canaries")"
  }
  echo "clean: $where"
}
mapfile -t registers < <(find "$folder/set/register" -type f)
mapfile -t vaults < <(find "$folder/set/store" -type f)
mapfile -t accounts < <(find "$folder/set/accounts" -type f)
absent "$folder/all.canaries" "the register's and the attachments' files" "${registers[@]}"
absent "$folder/all.canaries" "the vault's files" "${vaults[@]}"
absent "$folder/people.canary" "the vault's files, of names, addresses and files" "${vaults[@]}"
cat "$folder/all.canaries" "$folder/people.canary" >"$folder/anything.canaries"
absent "$folder/anything.canaries" "accounts and access records" "${accounts[@]}"
absent "$folder/anything.canaries" "the log" "$folder/warden.log"
if images_possible; then
  for name in front set; do
    memory_image "$(set_process "$name")" "$folder/core-$name" || fail "no memory image of $name"
  done
  absent "$folder/numbers.canary" "the front's and the warden's memory" "$folder/core-front" "$folder/core-set"
  memory_image "$(set_process vault)" "$folder/core-vault" || fail "no memory image of the vault"
  absent "$folder/people.canary" "the vault's memory, of names, addresses and files" "$folder/core-vault"
  rm -f "$folder"/core-*
else
  echo "memory images: skipped, only root may take them, and not of a sanitizer build"
fi
set_stop || fail "the set did not end well"
absent "$folder/all.canaries" "the register's files after the end" "${registers[@]}"
