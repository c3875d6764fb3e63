#include "core/registrants.h"

#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct part {
    const char *text, *kana;
};

static const struct part families[] = {
    {"佐藤", "サトウ"},   {"鈴木", "スズキ"},   {"高橋", "タカハシ"},   {"田中", "タナカ"},   {"伊藤", "イトウ"},
    {"渡辺", "ワタナベ"}, {"山本", "ヤマモト"}, {"中村", "ナカムラ"},   {"小林", "コバヤシ"}, {"加藤", "カトウ"},
    {"吉田", "ヨシダ"},   {"山田", "ヤマダ"},   {"佐々木", "ササキ"},   {"山口", "ヤマグチ"}, {"松本", "マツモト"},
    {"井上", "イノウエ"}, {"木村", "キムラ"},   {"林", "ハヤシ"},       {"斎藤", "サイトウ"}, {"清水", "シミズ"},
    {"山崎", "ヤマザキ"}, {"森", "モリ"},       {"池田", "イケダ"},     {"橋本", "ハシモト"}, {"阿部", "アベ"},
    {"石川", "イシカワ"}, {"山下", "ヤマシタ"}, {"中島", "ナカジマ"},   {"石井", "イシイ"},   {"小川", "オガワ"},
    {"前田", "マエダ"},   {"岡田", "オカダ"},   {"長谷川", "ハセガワ"}, {"藤田", "フジタ"},   {"後藤", "ゴトウ"},
    {"近藤", "コンドウ"}, {"村上", "ムラカミ"}, {"遠藤", "エンドウ"},   {"青木", "アオキ"},   {"坂本", "サカモト"},
    {"福田", "フクダ"},   {"太田", "オオタ"},   {"西村", "ニシムラ"},   {"藤井", "フジイ"},   {"岡本", "オカモト"},
    {"金子", "カネコ"},   {"藤原", "フジワラ"}, {"三浦", "ミウラ"},     {"中野", "ナカノ"},   {"原田", "ハラダ"},
    {"松田", "マツダ"},   {"竹内", "タケウチ"}, {"小野", "オノ"},       {"中山", "ナカヤマ"}, {"和田", "ワダ"},
    {"石田", "イシダ"},   {"森田", "モリタ"},   {"上田", "ウエダ"},     {"原", "ハラ"},       {"内田", "ウチダ"},
    {"柴田", "シバタ"},   {"酒井", "サカイ"},   {"宮崎", "ミヤザキ"},   {"横山", "ヨコヤマ"},
};

static const char *const towns[] = {"見本町", "試験町", "架空町", "例示町", "仮想台", "模擬丘"};

/* First and second character of a given name. */
static const struct part firsts[] = {
    {"美", "ミ"},     {"優", "ユウ"},   {"愛", "アイ"}, {"陽", "ヨウ"}, {"結", "ユ"},   {"真", "マ"},   {"千", "チ"},
    {"彩", "アヤ"},   {"由", "ユ"},     {"和", "カズ"}, {"裕", "ユウ"}, {"智", "トモ"}, {"幸", "サチ"}, {"恵", "エ"},
    {"直", "ナオ"},   {"純", "ジュン"}, {"春", "ハル"}, {"夏", "ナツ"}, {"秋", "アキ"}, {"佳", "カ"},   {"奈", "ナ"},
    {"沙", "サ"},     {"里", "リ"},     {"理", "リ"},   {"麻", "マ"},   {"梨", "リ"},   {"瑞", "ミズ"}, {"朋", "トモ"},
    {"友", "トモ"},   {"明", "アキ"},   {"久", "ヒサ"}, {"康", "ヤス"}, {"英", "ヒデ"}, {"文", "フミ"}, {"弘", "ヒロ"},
    {"浩", "ヒロ"},   {"紗", "サ"},     {"菜", "ナ"},   {"晴", "ハル"}, {"光", "ミツ"}, {"静", "シズ"}, {"清", "キヨ"},
    {"早", "サ"},     {"冬", "フユ"},   {"雅", "マサ"}, {"正", "マサ"}, {"悦", "エツ"}, {"初", "ハツ"}, {"律", "リツ"},
    {"涼", "リョウ"},
};
static const struct part seconds[] = {
    {"子", "コ"}, {"香", "カ"}, {"菜", "ナ"},   {"奈", "ナ"},   {"衣", "イ"},   {"希", "キ"}, {"花", "カ"},
    {"乃", "ノ"}, {"恵", "エ"}, {"里", "リ"},   {"代", "ヨ"},   {"世", "ヨ"},   {"江", "エ"}, {"咲", "サキ"},
    {"音", "ネ"}, {"穂", "ホ"}, {"月", "ツキ"}, {"海", "ミ"},   {"樹", "キ"},   {"太", "タ"}, {"也", "ヤ"},
    {"人", "ト"}, {"斗", "ト"}, {"介", "スケ"}, {"平", "ヘイ"}, {"一", "イチ"}, {"美", "ミ"}, {"枝", "エ"},
    {"佳", "カ"}, {"羽", "ハ"}, {"実", "ミ"},   {"葉", "ハ"},   {"織", "オリ"}, {"緒", "オ"}, {"帆", "ホ"},
    {"生", "オ"}, {"加", "カ"}, {"沙", "サ"},   {"余", "ヨ"},   {"紀", "キ"},   {"喜", "キ"}, {"津", "ツ"},
    {"野", "ノ"}, {"路", "ジ"}, {"莉", "リ"},   {"那", "ナ"},   {"歩", "ホ"},   {"保", "ホ"},
};

/* splitmix64: neighbours in the register share nothing. */
static uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

static uint32_t pick(uint64_t *random, uint32_t count)
{
    *random = mix(*random);
    return (uint32_t)(*random >> 33) % count;
}

static void put_names(struct registrant *registrant, uint64_t *random)
{
    const struct part *family = &families[pick(random, COUNT(families))];
    const struct part *first = &firsts[pick(random, COUNT(firsts))];
    const struct part *second = &seconds[pick(random, COUNT(seconds))];
    snprintf(registrant->family, sizeof(registrant->family), "%s", family->text);
    snprintf(registrant->text, sizeof(registrant->text), "%s\u3000%s%s", family->text, first->text, second->text);
    snprintf(registrant->kana, sizeof(registrant->kana), "%s\u3000%s%s", family->kana, first->kana, second->kana);
    registrant->name.text = registrant->text;
    registrant->person.name = &registrant->name;
    registrant->person.kana = registrant->kana;
}

static void put_person(struct registrant *registrant, uint64_t *random)
{
    Sekisho__V1__Person *person = &registrant->person;
    registrant->born.year = 1950 + (int32_t)pick(random, 50);
    registrant->born.month = 1 + (int32_t)pick(random, 12);
    registrant->born.day = 1 + (int32_t)pick(random, 28);
    person->birth_date = &registrant->born;
    person->sex = pick(random, 20) == 0 ? SEKISHO__V1__SEX__SEX_MALE : SEKISHO__V1__SEX__SEX_FEMALE;
    snprintf(registrant->address, sizeof(registrant->address), "埼玉県さいたま市浦和区%s%u丁目%u番%u号",
             towns[pick(random, COUNT(towns))], 1 + pick(random, 9), 1 + pick(random, 30), 1 + pick(random, 20));
    person->address = registrant->address;
    person->municipality_code = (char *)"11107";
    person->honseki_prefecture = (char *)"11";
}

static void put_registration(struct registrant *registrant, uint64_t *random)
{
    Sekisho__V1__Registration *registration = &registrant->registration;
    registrant->qualified.year = registrant->born.year + 20 + (int32_t)pick(random, 5);
    registrant->qualified.month = 3;
    registrant->registered.year = registrant->qualified.year < 2004 ? 2004 : registrant->qualified.year;
    registrant->registered.month = 4 + (int32_t)pick(random, 9);
    registrant->registered.day = 1 + (int32_t)pick(random, 28);
    registration->registration_date = &registrant->registered;
    registration->qualified_month = &registrant->qualified;
    registration->person = &registrant->person;
    registration->kind = SEKISHO__V1__REGISTER_KIND__REGISTER_KIND_CHILDCARE_WORKER;
    registration->route = SEKISHO__V1__QUALIFICATION_ROUTE__QUALIFICATION_ROUTE_SCHOOL;
    registration->state = SEKISHO__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED;
    for (size_t i = 0; i < REGISTRANT_REFERENCE_LEN; i += sizeof(*random)) {
        *random = mix(*random);
        memcpy(registrant->reference + i, random, sizeof(*random));
    }
    registration->number_reference =
        (ProtobufCBinaryData){.data = registrant->reference, .len = REGISTRANT_REFERENCE_LEN};
}

void registrant_make(uint32_t serial, struct registrant *registrant)
{
    uint64_t random = mix(serial);
    sekisho__v1__registration__init(&registrant->registration);
    sekisho__v1__person__init(&registrant->person);
    sekisho__v1__name__init(&registrant->name);
    sekisho__v1__date__init(&registrant->registered);
    sekisho__v1__date__init(&registrant->born);
    sekisho__v1__date__init(&registrant->qualified);
    put_names(registrant, &random);
    put_person(registrant, &random);
    put_registration(registrant, &random);
}
