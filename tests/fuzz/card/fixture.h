/* What the files beside this one were made of (make.c). */
#ifndef SEKISHO_FUZZ_CARD_FIXTURE_H
#define SEKISHO_FUZZ_CARD_FIXTURE_H

#include <stdint.h>

#define FIXTURE_RECEIVED INT64_C(1780272000) /* 2026-06-01T00:00:00Z */
#define FIXTURE_POLICY   "1.2.392.200149.8.5.1.0.20"
#define FIXTURE_NAME     "浦和　花子"
#define FIXTURE_ADDRESS  "埼玉県さいたま市浦和区高砂３丁目１５番１号"
#define FIXTURE_TEXT     "氏名:浦和　花子\n"

#endif
