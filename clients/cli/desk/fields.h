/*
 * Messages of the API by the names of their fields, so that one piece of code fills requests from options, files and
 * columns, and shows answers as text, tables and JSON. A path is names of the .proto joined by dots:
 * "person.name.text".
 */
#ifndef SEKISHO_CLI_FIELDS_H
#define SEKISHO_CLI_FIELDS_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdio.h>

/* ---- fields.c ---- */

/* An empty message of a type; free with sekisho_message_free. */
ProtobufCMessage *message_new(const ProtobufCMessageDescriptor *descriptor);

ProtobufCMessage *message_copy(const ProtobufCMessage *message);

struct field {
    const ProtobufCFieldDescriptor *descriptor;
    ProtobufCMessage *message; /* that has the field */
};

/* False when the type has no such path, or a message on the way is absent. */
bool field_find(const ProtobufCMessage *message, const char *path, struct field *field);
/* The same; makes the messages on the way. */
bool field_make(ProtobufCMessage *message, const char *path, struct field *field);
/* Elements of a field: 0 or 1, more of a repeated one. A scalar of its default value counts as 0. */
size_t field_count(const struct field *field);
/* Address of an element: of a char * for a string, of a ProtobufCMessage * for a message, and so on. */
void *field_element(const struct field *field, size_t index);

/* Shorthands for a field that the caller knows the type of; NULL or 0 when it is not there. */
const char *field_string(const ProtobufCMessage *message, const char *path);
int field_enum(const ProtobufCMessage *message, const char *path);
const ProtobufCBinaryData *field_bytes(const ProtobufCMessage *message, const char *path);
ProtobufCMessage *field_message(const ProtobufCMessage *message, const char *path);
/* First field that is a message, as `application` of an answer; NULL when there is none. */
ProtobufCMessage *field_first_message(const ProtobufCMessage *message);

/* ---- fields_set.c ---- */

enum set_result {
    SET_OK,
    SET_NO_FIELD,  /* there is no such path */
    SET_BAD_VALUE, /* not a value of the field's type */
    SET_NUMBER,    /* looks like an individual number: it is not for the front's eyes */
};

/* Sets a field from what a person wrote: enumerations by their label or name in either language, dates as an office
 * writes them (令和8年11月23日, S63.4.1, 1988-04; a part may be missing), repeated fields from values with commas
 * between, annotations as "KIND 2026-11-23 reason" with semicolons, resource names of `prefecture` from their last
 * part. */
enum set_result field_set(ProtobufCMessage *message, const char *path, const char *value, unsigned prefecture);
/* The same, but `key` may also be a label of the field in either language; *path: of the field. */
enum set_result field_set_labelled(ProtobufCMessage *message, const char *key, const char *value, unsigned prefecture,
                                   const char **path);
/* Replaces a string field. */
void field_set_string(const struct field *field, const char *value);

/* ---- fields_text.c ---- */

/* Writes an element as a person reads it, in the language of messages. */
void element_print(const ProtobufCFieldDescriptor *descriptor, const void *element, FILE *stream);
/* All elements of the field at a path; nothing when there is none. Free the text. */
char *field_text(const ProtobufCMessage *message, const char *path);
/* Takes control characters and broken UTF-8 out of every text (they would drive the terminal). */
void message_make_printable(ProtobufCMessage *message);
/* Name of a value without its enumeration's prefix: REGISTERED of REGISTRATION_STATE_REGISTERED. */
const char *value_short_name(const ProtobufCEnumDescriptor *descriptor, const char *name);

/* ---- fields_json.c ---- */

/* All fields under their .proto names: enumerations by short name, dates as ISO 8601, bytes in hexadecimal, absent
 * messages as null. */
json_t *message_json(const ProtobufCMessage *message);

/* ---- labels.c ---- */

/* Name of a field for a person: of the longest end of the path that has one, else its last part. */
const char *label_of(const char *path);
/* Label of an enumeration's value by its full name, or NULL. */
const char *value_label(const char *name);
/* The next path after `after` (NULL: the first) that has this label in either language; NULL when there is none. */
const char *label_path(const char *label, const char *after);
/* Whether `text` is the label of this value in either language. */
bool value_has_label(const char *name, const char *text);

/* ---- show.c ---- */

/* One message as lines "label: value", what is not set left out. */
void message_show(const ProtobufCMessage *message, FILE *stream);
/* The fields at these paths (up to a NULL) as such lines. */
void message_show_brief(const ProtobufCMessage *message, const char *const *paths, FILE *stream);

#endif
