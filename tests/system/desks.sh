#!/usr/bin/env bash
# The other desks with the command: dispositions, lists and their files, cards, enquiries, requests for disclosure.
# shellcheck source=case.sh
. "$(dirname "$0")/case.sh"
set_create "$folder"
set_account card01 CRT
set_start || fail "the set did not start"
set_login reception reception01 --quiet
set_login review reviewer01 --quiet
set_login approval approver01 --quiet
set_login office privacy01 --quiet
set_login audit card01 --quiet

reception() { as reception sekisho "$@" --lang ja; }
review() { as review sekisho "$@" --lang ja; }
approval() { as approval sekisho "$@" --lang ja; }
privacy() { as office sekisho "$@" --lang ja; }
today=$(TZ=Asia/Tokyo date +%F)

{
  echo '登録番号,登録年月日,氏名,フリガナ,生年月日,性別,本籍地都道府県,種別,資格要件,要件該当年月,状態'
  for i in 1 2 3 4; do
    echo "埼玉県-00000$i,平成20年4月1日,𠮷田 花子$i,ヨシダ ハナコ,平成元年1月8日,女,埼玉県,保育士,保育士試験合格,平成20年3月,登録"
  done
} >"$folder/register.csv"
wants 0 approval register import --input "$folder/register.csv" --quiet

# disposition of the registration, proposed by a reviewer and approved; its id is in $id
# F008 only a decision by two persons changes the state
decide() { # decide REGISTRATION KEY=VALUE...
  local registration=$1 sets=()
  shift
  for set in "$@"; do sets+=(--set "$set"); done
  wants 0 review disposition propose --registration "$registration" --json "${sets[@]}"
  id=$(grep -o 'dispositions/[0-9a-f]*' "$folder/out" | head -n 1 | cut -d/ -f2)
  wants 5 review disposition approve --disposition "$id"
  wants 0 approval disposition approve --disposition "$id"
  says "決裁済"
}
decide 1 種別=名称の使用の停止 処分事由=CX4 "開始日=$today" 末日=令和99年3月31日 理由=信用失墜行為 関係機関への確認=第1号 聴聞・弁明の文書番号=第2号
wants 0 review register get --registration 1
says "名称使用停止"
says "2117-03-31"
wants 0 review disposition notice --disposition "$id" --date "$today" --set 文書番号=第3号
decide 2 種別=取消し 処分事由=CX2 理由=虚偽の申請 関係機関への確認=第4号 聴聞・弁明の文書番号=第5号
wants 0 review disposition card-returns --state due
says "000002"
# F009 an erasure
decide 3 種別=消除 消除事由=死亡 事由発生日=令和8年11月1日 理由=死亡の届出 端緒の文書番号=第6号
wants 1 review disposition propose --registration 3 --set 種別=消除 --set 消除事由=死亡 --set 事由発生日=令和8年11月1日 --set 理由=再度 --set 端緒の文書番号=第7号

# F069 the three lists, on the screen and as files of two encodings; what CP932 lacks is said, character by character
wants 0 review list register
says "埼玉県-000004"
says "名称使用停止"
wants 0 review list cancelled
says "埼玉県-000002"
wants 0 review list lost
says "埼玉県-000003"
wants 0 review list register --csv "$folder/list.csv"
head -c 3 "$folder/list.csv" | cmp - <(printf '\xef\xbb\xbf') || fail "no byte order mark"
grep -q '𠮷田 花子4' "$folder/list.csv" || fail "a name is not in the file"
wants 0 review list register --csv "$folder/list-cp932.csv" --encoding cp932
says "U+20BB7"
iconv -f CP932 -t UTF-8 "$folder/list-cp932.csv" | grep -q '〓田 花子4' || fail "the file is not CP932"
wants 2 review list register --csv "$folder/list.csv" # exists already
[[ -z $(compgen -G "$folder/*.part") ]] || fail "an unfinished file is left"
# F068 F071 what came in today
wants 0 reception list receptions --from "$today"
wants 0 reception list new --from "$today" --until "$today"

# F170 an enquiry is not closed without a handling record
wants 0 privacy enquiry new --channel 電話 --set 用件=登録証はいつ届くか
wants 1 privacy enquiry close --enquiry 1
says "NO_HANDLING_RECORD"
wants 0 privacy enquiry handle --enquiry 1 --text 発送日を案内した。
wants 0 privacy enquiry close --enquiry 1
says "完了"
# An etag of before: another person has changed it since.
wants 1 privacy enquiry handle --enquiry 1 --text 追記 --etag 'W/"1"'

# F168 F169 a request for disclosure, from the window to the execution
wants 2 privacy disclosure new --kind 開示 --set "氏名=𠮷田 花子" --set 住所=埼玉県川越市 --set 請求内容=登録簿の記載 \
  --set 窓口=県政情報センター --set "受付日=$today" # without a proof of identity
wants 0 privacy disclosure new --kind 開示 --set "氏名=𠮷田 花子" --set 住所=埼玉県川越市 --set 請求内容=登録簿の記載 \
  --set 窓口=県政情報センター --set "受付日=$today" --set 本人確認書類=運転免許証
wants 0 privacy disclosure examine --disclosure 1
wants 0 privacy disclosure decide --disclosure 1 --decision 全部
wants 0 privacy disclosure execute --disclosure 1 --date "$today"
wants 0 privacy disclosure list --state 実施済
says "𠮷田 花子"

# F072 cards and where they are
wants 0 as audit sekisho list cards
# F070 where is my application?
wants 0 reception application find --name "𠮷田 花子1" --birth-date 平成元年1月8日
