#!/usr/bin/env bash
# An officer's day with the command alone: applications on paper from the form to the register, what is returned, what is
# resumed, the register of before, as a person types it and reads it.
# shellcheck source=case.sh
. "$(dirname "$0")/case.sh"
set_create "$folder"
set_account cashier01 CSH
set_start || fail "the set did not start"
set_login reception reception01 --quiet
set_login review reviewer01 --quiet
set_login approval approver01 --quiet
set_login office cashier01 --quiet

reception() { as reception sekisho "$@" --lang ja; }
review() { as review sekisho "$@" --lang ja; }
approval() { as approval sekisho "$@" --lang ja; }
cash() { as office sekisho "$@" --lang ja; }

# field NAME: a field of the last answer, which was JSON
field() { grep -o "\"$1\": *\"[^\"]*\"" "$folder/out" | head -n 1 | sed 's/.*: *"//; s/"$//'; }
form() { # form NAME KANA: a form of a new registration
  cat <<FORM
# 保育士登録申請書
種別 = 新規登録
氏名 = $1
フリガナ = $2
生年月日 = 昭和63年4月1日
性別 = 女
住所 = 埼玉県さいたま市浦和区高砂三丁目15番1号
本籍地都道府県 = 埼玉県
資格要件 = 保育士試験合格
要件該当年月 = 令和7年12月
欠格事由非該当の申告 = はい
FORM
}
number() { sekisho synth --prefecture 11 --count 1 --seed "$1" 2>/dev/null | sed -n '2s/,.*//p'; }
# receive NAME KANA: its id is in $id
receive() {
  form "$1" "$2" >"$folder/form"
  wants 0 reception application new --input "$folder/form" --identity-checked --json
  id=$(field name)
  id=${id##*/}
}
# accept SEED: with a number
accept() {
  number "$1" >"$folder/number"
  wants 0 reception application accept --application "$id" --documents-complete --number-file "$folder/number"
  says "仮登録"
}
# checked: the answers of both sources, the first as given
checked() {
  wants 0 review application check --application "$id" --sources 住基ネット,登録取消者データベース
  wants 0 review application result --application "$id" --source 住基ネット --result "$1"
  wants 0 review application result --application "$id" --source 登録取消者データベース --result 一致
}
reviewed() { wants 0 review application review --application "$id" --route-evidence examination-notice --no-disqualification; }
paid() {
  wants 0 cash fee receive --application "$id" --method 窓口払い --slip-number "K-$1" --amount-yen 4200 \
    --received-on "$(TZ=Asia/Tokyo date +%F)"
}

# F071 the form is typed in with the words of the form
receive "髙橋 花子" "タカハシ ハナコ"
first=$id
printf '%%PDF-1.4 a notice' >"$folder/notice.pdf"
# F023 F059 a file is attached and comes back as it was; another is not taken for a document
wants 0 reception application attach --application "$id" --file "$folder/notice.pdf" --title 合格通知書
wants 0 review application download --application "$id" --attachment 1 --output "$folder/came.pdf"
cmp "$folder/notice.pdf" "$folder/came.pdf" || fail "the attachment came back as another"
wants 2 reception application attach --application "$id" --file "$folder/form"
# F025 F061 acceptance enrols the number, provisionally
accept 1
# F001 F021 an application on paper becomes an entry: received, accepted, checked, reviewed, paid for, approved
checked 一致
reviewed
says "納付待ち"
wants 1 approval application approve --application "$id" # before the fee
paid 1
wants 5 review application approve --application "$id" # not a reviewer's
wants 0 approval application approve --application "$id"
says "完了"
says "登録済"
says "000001"

# F020 read, searched by a variant of the name, corrected with a reason, and read as it was before
wants 0 approval register search --name 高橋 --name-match prefix
says "埼玉県-000001"
wants 0 approval register correct --registration 埼玉県-000001 --set "フリガナ=タカハシ ハナ" --reason "読みの誤記"
wants 0 approval register get --registration 1
says "タカハシ ハナ"
wants 0 approval register get --registration 1 --revision 1
says "タカハシ ハナコ"
wants 0 approval register history --registration 1
says "読みの誤記"
wants 1 approval register get --registration 999
wants 2 approval register get --registration x

# A number that somebody has already is not enrolled again; nothing of the answer names it.
receive "別人 花子" "ベツジン ハナコ"
number 1 >"$folder/number"
wants 1 reception application accept --application "$id" --documents-complete --number-file "$folder/number"
says "DUPLICATE"

# A number in any other place is not sent at all.
sed "s/^氏名 = .*/氏名 = $(number 2)/" "$folder/form" >"$folder/form-with-number"
wants 2 reception application new --input "$folder/form-with-number" --identity-checked

# Returned with a reason: what was enrolled for it is forgotten, so that the number can come again.
receive "佐藤 太郎" "サトウ タロウ"
accept 3
checked 一致
wants 0 review application return --application "$id" --reason "卒業証明書の添付がありません。"
says "返却"
says "破棄済"
receive "佐藤 太郎" "サトウ タロウ"
accept 3

# Inconclusive: corrected by the applicant, and the same application goes on to its end.
receive "鈴木 一朗" "スズキ イチロウ"
accept 4
checked 特定不能
says "要確認"
wants 0 review application correction --application "$id" --reason "住民票の写しを提出してください。" --deadline "$(TZ=Asia/Tokyo date -d '+30 days' +%F)"
says "補正待ち"
wants 0 reception application corrected --application "$id" --set 住所=埼玉県川越市元町一丁目3番地1
checked 一致
reviewed
paid 2
wants 0 approval application approve --application "$id"
says "完了"
wants 0 review application show --application "$id"
says "ask_correction"
says "埼玉県川越市元町一丁目3番地1"
wants 0 review application list --state 完了
says "$first"
wants 0 reception application pending
says "全0件"

# Several forms at once, each with an outcome; the same file again makes none twice.
{
  echo '種別,氏名,フリガナ,生年月日,本籍地都道府県,資格要件,要件該当年月'
  echo '新規登録,山田 一,ヤマダ ハジメ,平成元年1月8日,埼玉県,指定保育士養成施設卒業,平成22年3月'
  echo '新規登録,山田 二,ヤマダ フタリ,平成元年13月8日,埼玉県,指定保育士養成施設卒業,平成22年3月'
} >"$folder/forms.csv"
wants 1 reception application new --input "$folder/forms.csv" --identity-checked --request-seed day1 --quiet
says "NOT_SENT"
name=$(sed -n '2s/^1,\([^,]*\),.*/\1/p' "$folder/out")
wants 1 reception application new --input "$folder/forms.csv" --identity-checked --request-seed day1 --quiet
says "$name"

# The register of before: what is refused is said by row, a file cut off is gone on with, nothing is taken over twice.
sekisho synth register --prefecture 11 --count 3000 --seed 9 --output "$folder/before.csv" 2>/dev/null
sed -n '2p' "$folder/before.csv" >>"$folder/before.csv" # its first entry again
wants 1 approval register import --input "$folder/before.csv" --dry-run --output "$folder/dry.csv"
import=00112233445566778899aabbccddeeff
head -n 1200 "$folder/before.csv" >"$folder/cut.csv"
wants 1 approval register import --input "$folder/cut.csv" --import $import --output "$folder/faults1.csv" # 1 and 2 exist
wants 1 approval register import --input "$folder/before.csv" --import $import --output "$folder/faults2.csv"
says "1,199行目の次から"
cmp <(sed 1d "$folder/dry.csv" | cut -d, -f1) <(sed -s 1d "$folder/faults1.csv" "$folder/faults2.csv" | cut -d, -f1) ||
  fail "the import refuses others than its trial"
grep -q '^1,.*,DIFFERS,' "$folder/faults1.csv" || fail "an entry was overwritten"
# F019 the same file once more: what is there just so is unchanged
wants 1 approval register import --input "$folder/before.csv" --output "$folder/faults3.csv"
says "0件を移行しました。変更なし 2,998件"
wants 0 approval register import-state --import $import
says "2998"
wants 0 approval register import-faults --import $import
says "DIFFERS"

# The vault dies between the register and its own part of a return: what is left is shown and done from the desk.
receive "田中 三" "タナカ サン"
accept 6
checked 一致
kill -STOP "$(set_process vault)"
wants 3 review application return --application "$id" --reason "取下げの申出がありました。" --timeout 3
kill -KILL "$(set_process vault)"
set_wait_ready 2 || fail "the set did not come back"
set_login reception reception01 --quiet --replace-session
set_login review reviewer01 --quiet --replace-session
wants 0 reception application pending
says "RELEASE"
says "返却"
wants 0 review application reconcile
says "完了 1件"
wants 0 reception application pending
says "全0件"
receive "田中 三" "タナカ サン"
accept 6

# F103 who read and changed what
set_login audit auditor01 --quiet
wants 0 as audit sekisho operation list --account approver01 --limit 1000
says "CorrectRegistration"
wants 5 as audit sekisho application list
