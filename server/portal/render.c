#include "server/portal/render.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "server/identity/identity.h"
#include "server/portal/text.h"
#include "server/register/entry.h"
#include "server/register/person_check.h"

struct page {
    char *bytes;
    size_t length;
    enum render_result result; /* of the first line that could not be written */
    const char *field;
};

static void fail(struct page *page, enum render_result result, const char *field)
{
    if (page->result != RENDER_OK)
        return;
    page->result = result;
    page->field = field;
}

static __attribute__((format(printf, 2, 3))) void line(struct page *page, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(page->bytes + page->length, RENDER_MAX - page->length, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= RENDER_MAX - page->length)
        fail(page, RENDER_MEMORY, "");
    else
        page->length += (size_t)length;
}

/* An item that the applicant wrote. */
static void item(struct page *page, const char *title, const char *text, size_t max, const char *field)
{
    if (!text_can_be_seen(text, max))
        fail(page, RENDER_UNSEEN, field);
    else if (text_has_twelve_digits(text))
        fail(page, RENDER_DIGITS, field);
    else
        line(page, "%s:%s\n", title, text && text[0] ? text : "(なし)");
}

/* ---- what the API calls by enumerations ---- */

enum words { APPLICATION_KIND, SEX, REGISTER_KIND, QUALIFICATION_ROUTE };
static const struct {
    enum words of;
    int value;
    const char *word;
} words[] = {
#define WORD(enumeration, value, word) {enumeration, SEKISHO__V1__##enumeration##__##enumeration##_##value, word},
#include "server/portal/words.def"
#undef WORD
};

static void word(struct page *page, const char *title, enum words of, int value, const char *field)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].of == of && words[i].value == value) {
            line(page, "%s:%s\n", title, words[i].word);
            return;
        }
    }
    fail(page, RENDER_UNSEEN, field);
}

static void yes(struct page *page, const char *title, bool said, const char *if_said, const char *if_not)
{
    line(page, "%s:%s\n", title, said ? if_said : if_not);
}

static void hex(struct page *page, const char *title, const uint8_t *bytes, size_t length)
{
    line(page, "%s:", title);
    for (size_t i = 0; i < length; i++)
        line(page, "%02x", bytes[i]);
    line(page, "\n");
}

/* ---- parts of the text ---- */

/* An officer's words may have lines, or digits that an applicant's may not have: then their hash stands for them. */
static void reason(struct page *page, const char *text)
{
    uint8_t hash[HASH_LEN];

    if (text_can_be_seen(text, 1000) && !text_has_twelve_digits(text))
        line(page, "補正の求め:%s\n", text);
    else if (sha256(text, strlen(text), hash) == 0)
        hex(page, "補正の求めのSHA-256", hash, sizeof hash);
    else
        fail(page, RENDER_MEMORY, "");
}

static void heading(struct page *page, const struct application_context *context, const stored_application *application)
{
    const stored_application *corrected = context->corrected;

    line(page, "保育士登録に関する申請書%s(オンライン申請)\n様式:sekisho-1\n", corrected ? "の補正" : "");
    line(page, "申請先:%s知事\n", prefecture_name(context->reg->tenant));
    word(page, "申請の種類", APPLICATION_KIND, application->application->kind, "content.kind");
    hex(page, corrected ? "補正する申請の番号" : "申請の番号", application->id.data, application->id.len);
    if (corrected)
        reason(page, corrected->application->reason);
}

static void birth(struct page *page, const Sekisho__V1__Date *date)
{
    char era[48];

    if (!date) {
        line(page, "生年月日:(なし)\n");
    } else if (!message_date_valid(date)) {
        fail(page, RENDER_UNSEEN, "content.person.birth_date");
    } else {
        int32_t number = message_date_number(date);
        date_format_era(date_of_number(number), era);
        line(page, "生年月日:%s(%08d)\n", era, number);
    }
}

static void month(struct page *page, const Sekisho__V1__Date *date)
{
    if (!date)
        line(page, "要件を満たした年月:(なし)\n");
    else if (!message_date_valid(date))
        fail(page, RENDER_UNSEEN, "content.qualified_month");
    else
        line(page, "要件を満たした年月:%04d-%02d\n", date->year, date->month);
}

static void person(struct page *page, const Sekisho__V1__Person *person)
{
    item(page, "氏名", person->name ? person->name->text : NULL, 200, "content.person.name.text");
    item(page, "フリガナ", person->kana, 200, "content.person.kana");
    item(page, "旧氏", person->former_surname ? person->former_surname->text : NULL, 200,
         "content.person.former_surname.text");
    item(page, "通称", person->common_name ? person->common_name->text : NULL, 200, "content.person.common_name.text");
    item(page, "ローマ字氏名", person->roman_name ? person->roman_name->text : NULL, 200,
         "content.person.roman_name.text");
    birth(page, person->birth_date);
    item(page, "生年月日の表記", person->birth_date_text, 40, "content.person.birth_date_text");
    word(page, "性別", SEX, person->sex, "content.person.sex");
    item(page, "住所", person->address, 300, "content.person.address");
    item(page, "市区町村コード", person->municipality_code, 5, "content.person.municipality_code");
    item(page, "本籍地都道府県", person->honseki_prefecture, 2, "content.person.honseki_prefecture");
    item(page, "国籍", person->nationality, 3, "content.person.nationality");
}

static void registration(struct page *page, const Sekisho__V1__Application *application)
{
    char text[REGISTRATION_NUMBER_TEXT] = "(なし)";
    struct registration_number number = {0};
    const char *rest;
    uint16_t tenant;

    if (application->registration && entry_name_parse(application->registration, &tenant, &number.serial, &rest)) {
        number.prefecture = (uint8_t)tenant;
        if (!registration_number_format(number, text))
            fail(page, RENDER_UNSEEN, "content.registration_number");
    }
    line(page, "登録番号:%s\n", text);
}

static void request(struct page *page, const Sekisho__V1__Application *application)
{
    registration(page, application);
    word(page, "資格の種別", REGISTER_KIND, application->register_kind, "content.register_kind");
    word(page, "登録の要件", QUALIFICATION_ROUTE, application->route, "content.route");
    month(page, application->qualified_month);
    item(page, "申請の理由", application->cause, 300, "content.cause");
    yes(page, "登録証", application->card_attached, "提出します", "提出しません");
    yes(page, "欠格事由", application->no_disqualification_declared, "該当しないことを申告します", "申告なし");
}

static void files(struct page *page, const struct application_context *context,
                  const Sekisho__V1__Application *application)
{
    if (context->corrected)
        line(page, "提出済みの添付書類:%zu件\n追加する", context->corrected->application->n_attachments);
    line(page, "添付書類:%zu件\n", application->n_attachments);
    for (size_t i = 0; i < application->n_attachments; i++) {
        const Sekisho__V1__Attachment *file = application->attachments[i];
        item(page, "添付書類の名称", file->title, 200, "attachments.title");
        item(page, "添付書類の形式", file->media_type, 40, "attachments.media_type");
        line(page, "添付書類の大きさ:%lld\n", (long long)file->size);
        hex(page, "添付書類のSHA-256", file->sha256.data, file->sha256.len);
    }
}

static void number(struct page *page, const struct application_context *context, const stored_application *application)
{
    uint8_t hash[HASH_LEN];

    if (application->number_blob.len == 0 && context->corrected)
        line(page, "個人番号:変更しません\n");
    else if (application->number_blob.len == 0)
        line(page, "個人番号:(なし)\n");
    else if (sha256(application->number_blob.data, application->number_blob.len, hash) != 0)
        fail(page, RENDER_MEMORY, "");
    else
        hex(page, "暗号化した個人番号のSHA-256", hash, sizeof hash);
}

enum render_result render_application(const struct application_context *context, const stored_application *application,
                                      ProtobufCBinaryData *text, const char **field)
{
    static const Sekisho__V1__Person nobody = SEKISHO__V1__PERSON__INIT; /* of a draft that is begun */
    struct page page = {.bytes = context->arena->alloc(context->arena->allocator_data, RENDER_MAX)};

    if (!page.bytes)
        return RENDER_MEMORY;
    heading(&page, context, application);
    person(&page, application->application->person ? application->application->person : &nobody);
    request(&page, application->application);
    files(&page, context, application->application);
    number(&page, context, application);
    hex(&page, "受付用の使い捨て番号", application->nonce.data, application->nonce.len);
    line(&page, "上記のとおり%s。\n", context->corrected ? "補正します" : "申請します");
    *text = (ProtobufCBinaryData){page.length, (uint8_t *)page.bytes};
    *field = page.field;
    return page.result;
}
