/* Which frames the vault accepts, from whom, and when: its whole surface. */
#ifndef SEKISHO_VAULT_RULES_H
#define SEKISHO_VAULT_RULES_H

#include "wire/frame.h"

extern const struct frame_rule vault_rules[];
extern const size_t vault_rule_count;

#endif
