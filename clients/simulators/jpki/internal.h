#ifndef SEKISHO_SIMULATORS_JPKI_INTERNAL_H
#define SEKISHO_SIMULATORS_JPKI_INTERNAL_H

#include "clients/simulators/jpki/jpki.h"

bool jpki_extension(X509 *certificate, X509 *issuer, int nid, const char *text);
bool jpki_name_add(X509_NAME *name, const char *field, int type, const char *text);
bool jpki_certificate_begin(X509 *certificate, int64_t serial, int64_t from, int64_t until, EVP_PKEY *key);

#endif
