/* The columns of the lists as CSV. One value per cell; yes and no are 1 and 0. */
#include <string.h>

#include "sekisho/v1/paper_card_service.pb-c.h"
#include "server/identity/identity.h"
#include "server/lists/list.h"

#define LIST(name) SEKISHO__V1__LIST_KIND__LIST_KIND_##name

static const char *const applicant_titles[] = {
    "受付日時",     "申請種別", "受付経路",       "状態",       "氏名",     "フリガナ", "生年月日",
    "登録一連番号", "添付件数", "登録証添付有無", "手数料納付", "申請名称", NULL};
static const char *const register_titles[] = {"登録番号",
                                              "登録年月日",
                                              "氏名",
                                              "フリガナ",
                                              "旧氏",
                                              "通称",
                                              "生年月日",
                                              "性別",
                                              "本籍地都道府県",
                                              "国籍",
                                              "児童福祉法18条の6の号",
                                              "要件を満たした年月",
                                              "特定登録取消者",
                                              "状態",
                                              "停止期間の末日",
                                              "外字有無",
                                              NULL};
static const char *const lost_titles[] = {"登録番号", "登録年月日", "氏名",           "フリガナ",     "生年月日",
                                          "消除事由", "消除年月日", "事由発生年月日", "登録証の返納", NULL};
static const char *const cancelled_titles[] = {"登録番号",
                                               "登録年月日",
                                               "氏名",
                                               "フリガナ",
                                               "旧氏",
                                               "生年月日",
                                               "取消事由",
                                               "取消年月日",
                                               "児童生徒性暴力等",
                                               "登録証の返納",
                                               "国データベース登録日時",
                                               NULL};
static const char *const card_titles[] = {"登録一連番号", "発行回",   "発行事由",     "状態", "無効",
                                          "用紙番号",     "追跡番号", "最終更新日時", NULL};

const char *const *list_csv_titles(Sekisho__V1__ListKind kind)
{
    switch (kind) {
    case LIST(REGISTER):
        return register_titles;
    case LIST(LOST_QUALIFICATIONS):
        return lost_titles;
    case LIST(CANCELLED_REGISTRATIONS):
        return cancelled_titles;
    case LIST(PAPER_CARDS):
        return card_titles;
    default:
        return applicant_titles;
    }
}

/* Words for the values of the API's enumerations; "" for what has none. */
#define WORD(words, value) ((size_t)(value) < sizeof(words) / sizeof(words)[0] && (words)[value] ? (words)[value] : "")

static const char *const kinds[] = {[1] = "新規登録",
                                    "書換え交付",
                                    "再交付",
                                    "資格の削除の申請",
                                    "発見した登録証の返納",
                                    "死亡・失踪宣告の届出",
                                    "欠格の届出(一号)",
                                    "欠格の届出(二号・三号・五号)",
                                    "雇用者の報告",
                                    "他の都道府県知事の通知"};
static const char *const channels[] = {[1] = "マイナポータル", "窓口(紙)", "登録事務処理センター(紙)"};
static const char *const states[] = {[1] = "下書き", "提出",   "署名確認待ち", "署名不可", "受領",   "受付",
                                     "補正待ち",     "確認中", "職員確認",     "審査中",   "審査済", "納付待ち",
                                     "完了",         "返却",   "取下げ",       "取消し"};
static const char *const sexes[] = {[1] = "男", "女", [9] = "適用不能"};
static const char *const registration_states[] = {[1] = "登録", "名称使用停止", "取消し", "消除"};
static const char *const erasure_reasons[] = {[1] = "死亡", "失踪宣告", "欠格", "本人の申請"};
static const char *const grounds[] = {
    [1] = "18条の19第1項第1号", "18条の19第1項第2号", "18条の19第1項第3号", "18条の19第2項"};
static const char *const returns[] = {[1] = "未返納", "返納済", "督促済", "回収不能"};
static const char *const card_reasons[] = {[1] = "新規", "書換え", "再交付"};
static const char *const card_states[] = {[1] = "作成待ち", "印刷済", "検査済", "発送済",         "交付済",
                                          "不達返戻",       "再発送", "返納済", "紛失の届出あり", "発見"};

/* "012345" of a registration's resource name, or of what is below it. */
static void put_serial(struct csv *csv, const char *name)
{
    static const char collection[] = "/registrations/";
    const char *at = strstr(name, collection);
    char serial[16] = "";

    if (at) {
        at += sizeof collection - 1;
        size_t digits = strspn(at, "0123456789");
        if (digits < sizeof serial) {
            memcpy(serial, at, digits);
            serial[digits] = '\0';
        }
    }
    csv_text(csv, serial);
}

static void put_name(struct csv *csv, const Sekisho__V1__Name *name)
{
    csv_text(csv, name ? name->text : "");
}

static void put_applicant(struct csv *csv, const Sekisho__V1__ApplicantRow *row)
{
    csv_time(csv, row->receive_time_us);
    csv_text(csv, WORD(kinds, row->kind));
    csv_text(csv, WORD(channels, row->channel));
    csv_text(csv, WORD(states, row->state));
    csv_text(csv, row->person_name);
    csv_text(csv, row->kana);
    csv_date(csv, row->birth_date);
    put_serial(csv, row->registration);
    csv_number(csv, row->attachment_count);
    csv_number(csv, row->card_attached);
    csv_number(csv, row->fee_settled);
    csv_text(csv, row->application);
}

/* JIS X 0401 as its official name. */
static const char *honseki(const char *code)
{
    const char *name = strlen(code) == 2 ? prefecture_name((unsigned)((code[0] - '0') * 10 + code[1] - '0')) : NULL;

    return name ? name : "";
}

static void put_registration(struct csv *csv, const Sekisho__V1__Registration *row)
{
    const Sekisho__V1__Person *person = row->person;

    csv_text(csv, row->registration_number);
    csv_date(csv, row->registration_date);
    put_name(csv, person->name);
    csv_text(csv, person->kana);
    put_name(csv, person->former_surname);
    put_name(csv, person->common_name);
    csv_date(csv, person->birth_date);
    csv_text(csv, WORD(sexes, person->sex));
    csv_text(csv, honseki(person->honseki_prefecture));
    csv_text(csv, person->nationality);
    csv_number(csv, row->route);
    csv_date(csv, row->qualified_month);
    csv_number(csv, row->specially_cancelled_before);
    csv_text(csv, WORD(registration_states, row->state));
    csv_date(csv, row->suspended_until);
    csv_number(csv, person->name && person->name->has_gaiji);
}

static void put_lost(struct csv *csv, const Sekisho__V1__LostQualificationRow *row)
{
    csv_text(csv, row->registration_number);
    csv_date(csv, row->registration_date);
    csv_text(csv, row->person_name);
    csv_text(csv, row->kana);
    csv_date(csv, row->birth_date);
    csv_text(csv, WORD(erasure_reasons, row->reason));
    csv_date(csv, row->erasure_date);
    csv_date(csv, row->event_date);
    csv_text(csv, WORD(returns, row->card_return_state));
}

static void put_cancelled(struct csv *csv, const Sekisho__V1__CancelledRegistrationRow *row)
{
    csv_text(csv, row->registration_number);
    csv_date(csv, row->registration_date);
    csv_text(csv, row->person_name);
    csv_text(csv, row->kana);
    csv_text(csv, row->former_surname);
    csv_date(csv, row->birth_date);
    csv_text(csv, WORD(grounds, row->ground));
    csv_date(csv, row->cancellation_date);
    csv_number(csv, row->sexual_violence);
    csv_text(csv, WORD(returns, row->card_return_state));
    csv_time(csv, row->national_record_sent_time_us);
}

/* The number of the issue ends the name. */
static int64_t issue_of(const char *name)
{
    const char *at = strrchr(name, '/');
    int64_t issue = 0;

    for (at = at ? at + 1 : ""; *at >= '0' && *at <= '9'; at++)
        issue = issue * 10 + (*at - '0');
    return issue;
}

static void put_card(struct csv *csv, const Sekisho__V1__PaperCard *row)
{
    put_serial(csv, row->name);
    csv_number(csv, issue_of(row->name));
    csv_text(csv, WORD(card_reasons, row->reason));
    csv_text(csv, WORD(card_states, row->state));
    csv_number(csv, row->voided);
    csv_text(csv, row->form_number);
    csv_text(csv, row->tracking_number);
    csv_time(csv, row->update_time_us);
}

void list_csv_row(struct csv *csv, Sekisho__V1__ListKind kind, const ProtobufCMessage *row)
{
    switch (kind) {
    case LIST(REGISTER):
        put_registration(csv, (const void *)row);
        break;
    case LIST(LOST_QUALIFICATIONS):
        put_lost(csv, (const void *)row);
        break;
    case LIST(CANCELLED_REGISTRATIONS):
        put_cancelled(csv, (const void *)row);
        break;
    case LIST(PAPER_CARDS):
        put_card(csv, (const void *)row);
        break;
    default:
        put_applicant(csv, (const void *)row);
    }
    csv_end_row(csv);
}
