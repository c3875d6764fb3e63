#include "server/rpc/descriptors.h"

#include <stdbool.h>
#include <string.h>

typedef Google__Protobuf__DescriptorProto message_type;
typedef Google__Protobuf__EnumDescriptorProto enum_type;

rpc_descriptor_set *rpc_descriptors_parse(const uint8_t *bytes, size_t length)
{
    return google__protobuf__file_descriptor_set__unpack(NULL, length, bytes);
}

void rpc_descriptors_free(rpc_descriptor_set *set)
{
    if (set)
        google__protobuf__file_descriptor_set__free_unpacked(set, NULL);
}

/* What is left of `symbol` after `name` and a dot, "" when it is the name itself, NULL when it is neither. */
static const char *after(const char *symbol, const char *name)
{
    size_t length = strlen(name);

    if (strncmp(symbol, name, length) != 0)
        return NULL;
    if (symbol[length] == '.')
        return symbol + length + 1;
    return symbol[length] == '\0' ? symbol + length : NULL;
}

/* A symbol's name within its file: without the package. */
static const char *local_name(const rpc_descriptor_file *file, const char *symbol)
{
    return file->package && *file->package ? after(symbol, file->package) : symbol;
}

static bool declared_in_enum(const enum_type *type, const char *symbol)
{
    /* Values are siblings of their enum (protobuf's scoping rule follows C++). */
    if (strcmp(symbol, type->name) == 0)
        return true;
    for (size_t i = 0; i < type->n_value; i++)
        if (strcmp(symbol, type->value[i]->name) == 0)
            return true;
    return false;
}

static bool declared_in_message(const message_type *type, const char *symbol)
{
    const char *rest = after(symbol, type->name);

    if (!rest || *rest == '\0')
        return rest != NULL;
    for (size_t i = 0; i < type->n_field; i++)
        if (strcmp(rest, type->field[i]->name) == 0)
            return true;
    for (size_t i = 0; i < type->n_oneof_decl; i++)
        if (strcmp(rest, type->oneof_decl[i]->name) == 0)
            return true;
    for (size_t i = 0; i < type->n_enum_type; i++)
        if (declared_in_enum(type->enum_type[i], rest))
            return true;
    for (size_t i = 0; i < type->n_nested_type; i++)
        if (declared_in_message(type->nested_type[i], rest))
            return true;
    return false;
}

static bool declared_in_service(const rpc_descriptor_service *service, const char *symbol)
{
    const char *rest = after(symbol, service->name);

    if (!rest || *rest == '\0')
        return rest != NULL;
    for (size_t i = 0; i < service->n_method; i++)
        if (strcmp(rest, service->method[i]->name) == 0)
            return true;
    return false;
}

static bool declared_in_file(const rpc_descriptor_file *file, const char *symbol)
{
    const char *name = local_name(file, symbol);

    if (!name || *name == '\0')
        return false;
    for (size_t i = 0; i < file->n_service; i++)
        if (declared_in_service(file->service[i], name))
            return true;
    for (size_t i = 0; i < file->n_message_type; i++)
        if (declared_in_message(file->message_type[i], name))
            return true;
    for (size_t i = 0; i < file->n_enum_type; i++)
        if (declared_in_enum(file->enum_type[i], name))
            return true;
    return false;
}

const rpc_descriptor_service *rpc_descriptors_service(const rpc_descriptor_set *set, const char *name)
{
    for (size_t i = 0; i < set->n_file; i++) {
        const rpc_descriptor_file *file = set->file[i];
        const char *local = local_name(file, name);
        for (size_t j = 0; local && j < file->n_service; j++)
            if (strcmp(file->service[j]->name, local) == 0)
                return file->service[j];
    }
    return NULL;
}

const rpc_descriptor_file *rpc_descriptors_file(const rpc_descriptor_set *set, const char *name)
{
    for (size_t i = 0; i < set->n_file; i++)
        if (strcmp(set->file[i]->name, name) == 0)
            return set->file[i];
    return NULL;
}

const rpc_descriptor_file *rpc_descriptors_file_of_symbol(const rpc_descriptor_set *set, const char *symbol)
{
    for (size_t i = 0; i < set->n_file; i++)
        if (declared_in_file(set->file[i], symbol))
            return set->file[i];
    return NULL;
}
