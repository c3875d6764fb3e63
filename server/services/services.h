/* The messages and tables of every service (services.def). */
#ifndef SEKISHO_SERVICES_SERVICES_H
#define SEKISHO_SERVICES_SERVICES_H

#include "sekisho/v1/access_record_service.pb-c.h"
#include "sekisho/v1/account_service.pb-c.h"
#include "sekisho/v1/application_service.pb-c.h"
#include "sekisho/v1/attachment_service.pb-c.h"
#include "sekisho/v1/backup_service.pb-c.h"
#include "sekisho/v1/card_trust_service.pb-c.h"
#include "sekisho/v1/disposition_service.pb-c.h"
#include "sekisho/v1/finding_service.pb-c.h"
#include "sekisho/v1/inquiry_desk_service.pb-c.h"
#include "sekisho/v1/ledger_service.pb-c.h"
#include "sekisho/v1/list_service.pb-c.h"
#include "sekisho/v1/number_service.pb-c.h"
#include "sekisho/v1/operation_record_service.pb-c.h"
#include "sekisho/v1/paper_card_service.pb-c.h"
#include "sekisho/v1/payment_desk_service.pb-c.h"
#include "sekisho/v1/portal_service.pb-c.h"
#include "sekisho/v1/register_service.pb-c.h"
#include "sekisho/v1/session_service.pb-c.h"
#include "sekisho/v1/system_service.pb-c.h"
#include "sekisho/v1/terminal_service.pb-c.h"
#include "server/services/front.h"

#endif
