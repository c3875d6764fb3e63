/*
 * Commands on the register: each is a row of desk.def, which says what method it calls, what its options mean and what
 * of the answer it shows. An option fills the request's field of the same name (`--route-evidence`: `route_evidence`);
 * --set and --input fill fields of the message that the request carries. What a row cannot say (numbers, files,
 * imports) is in cmd_*.c.
 */
#ifndef SEKISHO_CLI_DESK_H
#define SEKISHO_CLI_DESK_H

#include "cli.h"
#include "desk/fields.h"
#include "sekisho/v1/application_service.pb-c.h"
#include "sekisho_rpc.h"

/* What a command does in the vault besides. */
enum desk_number {
    DESK_NO_NUMBER,
    DESK_ENROLL,  /* the applicant's number, provisionally */
    DESK_MATCH,   /* is it the registrant's? */
    DESK_CONFIRM, /* what was enrolled for the application */
    DESK_RELEASE, /* the same, forgotten */
};

/* How to read a resource, for its etag and for what a correction leaves as it is. */
struct desk_resource {
    const ProtobufCServiceDescriptor *service;
    const char *method; /* its request has `name`; its answer the resource as its first message */
};

struct desk_call {
    const ProtobufCServiceDescriptor *service;
    const char *method;
    const char *field;                 /* path in the request of the target's name, as "name" or "parent" */
    const char *target;                /* pattern of resource_of_options */
    const char *content;               /* message that --set and --input fill; "": the request itself */
    const struct desk_resource *reads; /* NULL: the method has no etag */
    enum desk_number number;
    const char *list;           /* value of ListKind for --csv, or NULL */
    const char *const *columns; /* of a list, or what is shown of an answer; NULL: all of it */
    int (*run)(const struct options *options, const struct desk_call *call); /* instead of desk_run, or NULL */
};

/* Rows of desk.def as commands; `run` is NULL. */
struct desk_command {
    struct command command;
    struct desk_call call;
};
extern const struct desk_command desk_commands[];
extern const size_t desk_command_count;

/* What every command on the register holds; free with desk_end. */
struct desk {
    const struct options *options;
    const struct desk_call *call;
    struct sekisho_client *client;
    struct sekisho_session *session;
    unsigned prefecture;
    ProtobufCMessage *request;
    ProtobufCMessage *current; /* the resource before the change: the answer of call->reads; NULL */
    struct sekisho_sealed *sealed;
};

/* ---- desk.c ---- */

int desk_run(const struct options *options, const struct desk_call *call);
/* Connects and makes the request from the options. CLI_OK or an exit code after a message; desk_end in either case. */
int desk_begin(struct desk *desk, const struct options *options, const struct desk_call *call);
void desk_end(struct desk *desk);
/* All pages of the request's list, to --limit. */
int desk_list(struct desk *desk);
/* One call; the answer is the caller's. CLI_OK or an exit code after a message. */
int desk_ask(struct desk *desk, const ProtobufCServiceDescriptor *service, const char *method,
             const ProtobufCMessage *request, ProtobufCMessage **answer);
/* Reads a resource by name. */
int desk_read(struct desk *desk, const struct desk_resource *resource, const char *name, ProtobufCMessage **answer);
/* Prints an error with the exit code of a call on the register: not found and changed meanwhile are 1, a wrong field is
 * 2. */
int desk_report(const struct sekisho_error *error);

/* ---- desk_option.c ---- */

const ProtobufCMethodDescriptor *desk_method(const struct desk_call *call);

#define DESK_PATH_MAX 96
/* Path of the request's field that an option fills; false when it fills none. */
bool desk_option_path(const struct desk_call *call, enum option_id option, char path[DESK_PATH_MAX]);
/* Whether an option fills a field, or is part of the target. */
bool desk_option_used(const struct desk_call *call, enum option_id option);

/* ---- desk_help.c ---- */

void desk_help(const struct desk_call *call, option_set accepts);

/* ---- desk_fill.c ---- */

/* The request's fields from options; then, over what the resource has now, from --input and --set. CLI_OK or CLI_USAGE
 * after a message. */
int desk_fill_options(struct desk *desk);
int desk_fill_content(struct desk *desk);
/* A field from text, with a message when it does not fit. */
int desk_set(struct desk *desk, ProtobufCMessage *message, const char *key, const char *value);

/* ---- desk_print.c ---- */

void desk_print(const struct desk *desk, ProtobufCMessage *answer);

/* Rows of a list, gathered into tables. */
struct desk_rows;
struct desk_rows *desk_rows_begin(const struct desk *desk);
void desk_row(struct desk_rows *rows, ProtobufCMessage *row);
/* Prints what is left and frees; nothing of it when the list was refused. */
void desk_rows_end(struct desk_rows *rows, bool wanted);

/* ---- desk_number.c ---- */

/* Seals what the command does in the vault into the request's `call`, as the application's state asks for. CLI_OK or an
 * exit code after a message. */
int desk_seal(struct desk *desk);
/* The same for what is still to be done for an application, which is in desk->current: sealed is NULL when the session
 * may not. */
int desk_seal_pending(struct desk *desk, const Sekisho__V1__PendingNumberAction *pending);
/* Opens the vault's answer and says what became of it. CLI_OK, or CLI_SOME_REFUSED, ... after a message. */
int desk_open(struct desk *desk, const ProtobufCMessage *answer);

/* ---- desk_csv.c: CSV files whose columns are fields ---- */

struct desk_csv;

/* Opens a file and finds its columns among the fields of a type, or of its field `prefix` ("": none), by name or label;
 * columns of the individual number are refused, unknown ones ignored after a message. CLI_OK, or CLI_USAGE after a
 * message. */
int desk_csv_open(const char *path, const ProtobufCMessageDescriptor *type, const char *prefix, struct desk_csv **csv);
void desk_csv_close(struct desk_csv *csv);

enum desk_csv_result { DESK_CSV_ROW, DESK_CSV_END, DESK_CSV_FAULT, DESK_CSV_UNREADABLE };
/* The next row as a message; the caller's. DESK_CSV_FAULT: it is not sent; `field` names the column at fault, or is
 * empty. Empty cells set nothing. */
enum desk_csv_result desk_csv_next(struct desk_csv *csv, unsigned prefecture, ProtobufCMessage **message,
                                   char field[128]);
/* Rows read so far: the number of the last one. */
uint64_t desk_csv_row(const struct desk_csv *csv);
/* Share of the file read, 0..1; negative when the size is not known. */
double desk_csv_share(const struct desk_csv *csv);

/* ---- commands of their own ---- */

int list_run(const struct options *options, const struct desk_call *call);
int attach_run(const struct options *options, const struct desk_call *call);
int download_run(const struct options *options, const struct desk_call *call);
int revocation_run(const struct options *options, const struct desk_call *call);
int new_run(const struct options *options, const struct desk_call *call);
int reconcile_run(const struct options *options, const struct desk_call *call);
int desk_import_run(const struct options *options, const struct desk_call *call);

#endif
