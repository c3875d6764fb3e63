/* Revocation lists (失効情報ファイル, 公的個人認証法16条; RFC 5280, 5 and 6.3): whole ones, or of one distribution
 * point. */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "crypto/hash.h"
#include "server/card/internal.h"
#include "server/card/rsa.h"

#define CLOCKS_APART_US INT64_C(300000000) /* between the authority's clock and ours */

void crl_free(struct crl *crl)
{
    if (!crl)
        return;
    X509_CRL_free(crl->list);
    OPENSSL_free(crl->scope);
    free(crl);
}

static bool name_of_point(const DIST_POINT_NAME *point, int index, uint8_t **der, size_t *length)
{
    *der = NULL;
    if (!point || point->type != 0 || index >= sk_GENERAL_NAME_num(point->name.fullname))
        return false;
    int made = i2d_GENERAL_NAME(sk_GENERAL_NAME_value(point->name.fullname, index), der);
    *length = made > 0 ? (size_t)made : 0;
    return made > 0;
}

/* The scope of a list: everything, or one distribution point. False: a scope that cannot be used. */
static bool take_scope(struct crl *crl)
{
    int critical;
    ISSUING_DIST_POINT *point = X509_CRL_get_ext_d2i(crl->list, NID_issuing_distribution_point, &critical, NULL);

    if (!point)
        return critical == -1;
    bool good = point->onlyCA <= 0 && point->onlyattr <= 0 && point->indirectCRL <= 0 && !point->onlysomereasons;
    if (good && point->distpoint)
        good = name_of_point(point->distpoint, 0, &crl->scope, &crl->scope_length) &&
               sk_GENERAL_NAME_num(point->distpoint->name.fullname) == 1;
    ISSUING_DIST_POINT_free(point);
    return good;
}

static bool extensions_usable(const X509_CRL *list)
{
    for (int i = 0; i < X509_CRL_get_ext_count(list); i++) {
        X509_EXTENSION *extension = X509_CRL_get_ext(list, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        if (nid == NID_delta_crl || (X509_EXTENSION_get_critical(extension) && nid != NID_issuing_distribution_point))
            return false;
    }
    return true;
}

static bool signed_by(const struct crl *crl, const struct authority *authority, struct der tbs)
{
    const ASN1_BIT_STRING *signature;
    const X509_ALGOR *algorithm;
    AUTHORITY_KEYID *named = X509_CRL_get_ext_d2i(crl->list, NID_authority_key_identifier, NULL, NULL);
    bool meant = named && key_id_is(named->keyid, authority->key_id);

    AUTHORITY_KEYID_free(named);
    if (!meant || !same_name(X509_CRL_get_issuer(crl->list), X509_get_subject_name(authority->certificate)))
        return false;
    X509_CRL_get0_signature(crl->list, &signature, &algorithm);
    const EVP_MD *digest = rsa_signature_digest(algorithm);
    return digest && rsa_verify(authority->key, digest, tbs, rsa_signature(signature));
}

static const struct authority *issuer_of(const struct card_trust *trust, const struct crl *crl, struct der tbs)
{
    for (size_t i = 0; i < trust->authority_count; i++)
        if (signed_by(crl, &trust->authorities[i], tbs))
            return &trust->authorities[i];
    return NULL;
}

static bool describe(struct crl *crl)
{
    struct card_crl_info *info = &crl->info;
    STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(crl->list);
    uint8_t key[CARD_KEY_ID_LEN + HASH_LEN] = {0};

    info->auth = crl->issuer->auth;
    info->partial = crl->scope != NULL;
    info->revoked = revoked ? (uint32_t)sk_X509_REVOKED_num(revoked) : 0;
    memcpy(info->authority, crl->issuer->key_id, CARD_KEY_ID_LEN);
    memcpy(key, crl->issuer->key_id, CARD_KEY_ID_LEN);
    if (crl->scope && sha256(crl->scope, crl->scope_length, key + CARD_KEY_ID_LEN) != 0)
        return false;
    return sha256(key, sizeof key, info->id) == 0;
}

/* NULL with *result, or a list that is sound and signed. */
static struct crl *read_list(const struct card_trust *trust, const uint8_t *bytes, size_t length,
                             enum card_crl_result *result)
{
    const uint8_t *at = bytes;
    struct der tbs;
    struct crl *crl = calloc(1, sizeof *crl);

    *result = CARD_CRL_MALFORMED;
    if (!crl || !der_strict(bytes, length) || !der_first(bytes, length, &tbs))
        goto refused;
    crl->list = d2i_X509_CRL(NULL, &at, (long)length);
    if (!crl->list || at != bytes + length || !extensions_usable(crl->list) || !take_scope(crl))
        goto refused;
    crl->info.this_update_us = time_us(X509_CRL_get0_lastUpdate(crl->list));
    crl->info.next_update_us = time_us(X509_CRL_get0_nextUpdate(crl->list));
    if (crl->info.this_update_us == INT64_MIN || crl->info.next_update_us <= crl->info.this_update_us)
        goto refused;
    *result = CARD_CRL_FOREIGN;
    crl->issuer = issuer_of(trust, crl, tbs);
    if (!crl->issuer)
        goto refused;
    *result = CARD_CRL_TAKEN;
    if (describe(crl))
        return crl;
    *result = CARD_CRL_FULL;
refused:
    crl_free(crl);
    return NULL;
}

static size_t place_of(const struct card_trust *trust, const uint8_t id[CARD_HASH_LEN])
{
    size_t i = 0;

    while (i < trust->crl_count && memcmp(trust->crls[i]->info.id, id, CARD_HASH_LEN) != 0)
        i++;
    return i;
}

/* With the lock held for writing. Takes `crl` over when the result is TAKEN and `keep` is true. */
static enum card_crl_result place(struct card_trust *trust, struct crl *crl, bool keep)
{
    size_t at = place_of(trust, crl->info.id);

    if (at == CARD_CRLS_MAX)
        return CARD_CRL_FULL;
    if (at < trust->crl_count && trust->crls[at]->info.this_update_us > crl->info.this_update_us)
        return CARD_CRL_OLDER;
    if (!keep)
        return CARD_CRL_TAKEN;
    if (at == trust->crl_count)
        trust->crl_count++;
    else
        crl_free(trust->crls[at]);
    trust->crls[at] = crl;
    return CARD_CRL_TAKEN;
}

enum card_crl_result card_trust_crl(struct card_trust *trust, const uint8_t *bytes, size_t length, int64_t now_us,
                                    bool keep, struct card_crl_info *info)
{
    enum card_crl_result result;
    struct crl *crl = read_list(trust, bytes, length, &result);

    ERR_clear_error();
    if (!crl)
        return result;
    *info = crl->info;
    if (info->this_update_us > now_us + CLOCKS_APART_US) {
        result = CARD_CRL_EARLY;
    } else {
        pthread_rwlock_wrlock(&trust->lock);
        result = place(trust, crl, keep);
        pthread_rwlock_unlock(&trust->lock);
    }
    if (result != CARD_CRL_TAKEN || !keep)
        crl_free(crl);
    return result;
}

static bool take_pem(struct card_trust *trust, X509_CRL *list, int64_t now_us)
{
    struct card_crl_info info;
    uint8_t *der = NULL;
    int length = i2d_X509_CRL(list, &der);
    enum card_crl_result result =
        length > 0 ? card_trust_crl(trust, der, (size_t)length, now_us, true, &info) : CARD_CRL_MALFORMED;

    OPENSSL_free(der);
    return result == CARD_CRL_TAKEN || result == CARD_CRL_OLDER;
}

bool card_trust_crl_pem(struct card_trust *trust, const char *pem, int64_t now_us)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509_CRL *list;
    bool good = bio != NULL, any = false;

    while (good && (list = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL))) {
        any = true;
        good = take_pem(trust, list, now_us);
        X509_CRL_free(list);
    }
    good = good && any && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    BIO_free(bio);
    ERR_clear_error();
    return good;
}

bool card_trust_crl_info(const struct card_trust *trust, size_t index, struct card_crl_info *info)
{
    pthread_rwlock_t *lock = (pthread_rwlock_t *)(uintptr_t)&trust->lock;

    pthread_rwlock_rdlock(lock);
    bool there = index < trust->crl_count;
    if (there)
        *info = trust->crls[index]->info;
    pthread_rwlock_unlock(lock);
    return there;
}

/* ---- what the lists say of a certificate ---- */

bool status_covers(const struct status_times *times, int64_t this_update_us, int64_t next_update_us)
{
    return this_update_us <= times->now_us + CLOCKS_APART_US && next_update_us >= times->received_us;
}

static bool point_is_scope(const struct crl *crl, const DIST_POINT *point)
{
    uint8_t *der;
    size_t length;
    bool same = false;

    if (point->reasons || point->CRLissuer)
        return false;
    for (int i = 0; !same && name_of_point(point->distpoint, i, &der, &length); i++) {
        same = length == crl->scope_length && memcmp(der, crl->scope, length) == 0;
        OPENSSL_free(der);
    }
    return same;
}

static bool in_scope(const struct crl *crl, const X509 *leaf)
{
    int critical;

    if (!crl->scope)
        return true;
    CRL_DIST_POINTS *points = extension_of(leaf, NID_crl_distribution_points, &critical);
    bool found = false;
    for (int i = 0; points && !found && i < sk_DIST_POINT_num(points); i++)
        found = point_is_scope(crl, sk_DIST_POINT_value(points, i));
    CRL_DIST_POINTS_free(points);
    return found;
}

/* A list that is newer than the certificate's end may have dropped it. */
static bool speaks_of(const struct crl *crl, const X509 *leaf, const struct authority *issuer,
                      const struct status_times *times)
{
    return crl->issuer == issuer && status_covers(times, crl->info.this_update_us, crl->info.next_update_us) &&
           crl->info.this_update_us <= time_us(X509_get0_notAfter(leaf)) && in_scope(crl, leaf);
}

static bool revoked_by(const struct crl *crl, const X509 *leaf, int64_t received_us)
{
    X509_REVOKED *entry;

    if (X509_CRL_get0_by_serial(crl->list, &entry, X509_get0_serialNumber(leaf)) == 0)
        return false;
    return time_us(X509_REVOKED_get0_revocationDate(entry)) <= received_us; /* also when it is no time */
}

enum status crl_status(const struct card_trust *trust, const X509 *leaf, const struct authority *issuer,
                       struct status_times *times)
{
    pthread_rwlock_t *lock = (pthread_rwlock_t *)(uintptr_t)&trust->lock;
    enum status status = STATUS_NONE;

    pthread_rwlock_rdlock(lock);
    for (size_t i = 0; i < trust->crl_count && status != STATUS_IS_REVOKED; i++) {
        const struct crl *crl = trust->crls[i];
        if (!speaks_of(crl, leaf, issuer, times))
            continue;
        status = revoked_by(crl, leaf, times->received_us) ? STATUS_IS_REVOKED : STATUS_IS_GOOD;
        times->this_update_us = crl->info.this_update_us;
        times->next_update_us = crl->info.next_update_us;
    }
    pthread_rwlock_unlock(lock);
    return status;
}
