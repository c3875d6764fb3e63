#include <string.h>

#include <openssl/x509v3.h>

#include "clients/simulators/jpki/internal.h"

#define ITEM(number) "1.2.392.200149.8.5.5." #number

static const char *zeros(const char *text, char flags[512])
{
    size_t count = 0;

    for (const char *at = text; *at && count < 511; at++)
        if (((unsigned char)*at & 0xc0) != 0x80) /* not the rest of a character */
            flags[count++] = '0';
    flags[count] = '\0';
    return flags;
}

void jpki_names(struct jpki_leaf_spec *spec, const struct jpki_holder *holder, char flags[2][512])
{
    const struct jpki_other_name names[] = {
        {ITEM(1), holder->name},
        {ITEM(4), holder->birth},
        {ITEM(3), holder->sex},
        {ITEM(5), holder->address},
        {ITEM(2), holder->name_flags ? holder->name_flags : zeros(holder->name, flags[0])},
        {ITEM(6), holder->address_flags ? holder->address_flags : zeros(holder->address, flags[1])},
    };

    memset(spec->names, 0, sizeof spec->names);
    memcpy(spec->names, names, sizeof names);
}

static GENERAL_NAME *other_name(const struct jpki_other_name *wanted)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_TYPE *value = ASN1_TYPE_new();
    ASN1_UTF8STRING *text = ASN1_UTF8STRING_new();
    ASN1_OBJECT *oid = OBJ_txt2obj(wanted->oid, 1);

    if (name && value && text && oid && ASN1_STRING_set(text, wanted->text, -1) == 1) {
        ASN1_TYPE_set(value, V_ASN1_UTF8STRING, text);
        if (GENERAL_NAME_set0_othername(name, oid, value) == 1)
            return name;
    }
    return NULL; /* out of memory: a simulator ends then */
}

static bool add_names(X509 *leaf, const struct jpki_leaf_spec *spec)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    bool good = names != NULL;

    for (size_t i = 0; good && i < JPKI_OTHER_NAMES_MAX && spec->names[i].oid; i++)
        good = sk_GENERAL_NAME_push(names, other_name(&spec->names[i])) > 0;
    if (good && sk_GENERAL_NAME_num(names) > 0)
        good = X509_add1_ext_i2d(leaf, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
    GENERAL_NAMES_free(names);
    return good;
}

static bool add_further(X509 *leaf, const char *oid, bool critical)
{
    static const uint8_t null[] = {0x05, 0x00};
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension = NULL;

    bool good = object && value && ASN1_OCTET_STRING_set(value, null, sizeof null) == 1 &&
                (extension = X509_EXTENSION_create_by_OBJ(NULL, object, critical, value)) &&
                X509_add_ext(leaf, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(object);
    return good;
}

static bool add_text(X509 *leaf, const struct jpki_leaf_spec *spec, int nid, const char *given, const char *usual)
{
    const char *text = given ? given : usual;

    return !text || text[0] == '\0' || jpki_extension(leaf, spec->issuer->certificate, nid, text);
}

static bool add_extensions(X509 *leaf, const struct jpki_leaf_spec *spec)
{
    return add_text(leaf, spec, NID_basic_constraints, spec->constraints, "critical,CA:FALSE") &&
           add_text(leaf, spec, NID_key_usage, spec->usage, "critical,digitalSignature,nonRepudiation") &&
           (!spec->usage_twice || jpki_extension(leaf, spec->issuer->certificate, NID_key_usage, "keyAgreement")) &&
           add_text(leaf, spec, NID_certificate_policies, spec->policies, "critical," JPKI_TEST_POLICY) &&
           add_names(leaf, spec) && add_text(leaf, spec, NID_crl_distribution_points, spec->points, NULL) &&
           add_text(leaf, spec, NID_ext_key_usage, spec->extended, NULL) &&
           add_text(leaf, spec, NID_authority_key_identifier, NULL, "keyid:always") &&
           add_text(leaf, spec, NID_subject_key_identifier, NULL, "hash") &&
           (!spec->further_oid || add_further(leaf, spec->further_oid, spec->further_critical));
}

static bool subject_of(X509 *leaf, const struct jpki_leaf_spec *spec)
{
    X509_NAME *name = X509_get_subject_name(leaf);

    if (spec->subject)
        return X509_set_subject_name(leaf, spec->subject) == 1;
    return jpki_name_add(name, "C", V_ASN1_PRINTABLESTRING, "JP") &&
           jpki_name_add(name, "L", V_ASN1_UTF8STRING, "Saitama-ken") &&
           jpki_name_add(name, "L", V_ASN1_UTF8STRING, "Saitama-shi-Urawa-ku") &&
           jpki_name_add(name, "CN", V_ASN1_UTF8STRING, "20260401120000000C111000001");
}

X509 *jpki_leaf(const struct jpki_leaf_spec *spec)
{
    X509 *leaf = X509_new();
    EVP_PKEY *signer = spec->signing_key ? spec->signing_key : spec->issuer->key;

    if (leaf && jpki_certificate_begin(leaf, spec->serial, spec->from, spec->until, spec->key) &&
        subject_of(leaf, spec) && X509_set_issuer_name(leaf, X509_get_subject_name(spec->issuer->certificate)) == 1 &&
        (spec->version_1 ? X509_set_version(leaf, X509_VERSION_1) == 1 : add_extensions(leaf, spec)) &&
        X509_sign(leaf, signer, spec->digest ? spec->digest : EVP_sha256()) > 0)
        return leaf;
    X509_free(leaf);
    return NULL;
}
