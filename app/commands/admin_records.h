/* All records as commands list them: those of the system database, then those
 * that the environment file declares. */
#ifndef WEIR_COMMANDS_ADMIN_RECORDS_H
#define WEIR_COMMANDS_ADMIN_RECORDS_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/all_records.h"

struct buf;
struct command_call;
struct system_db;

/* What the env file declares, for db->declared; false after it has said what
 * is wrong. It lives in the call's arena. */
bool admin_declared(const struct command_call *call, struct system_db *db);

/* What both have a name for is said on stderr, and listed once. */
enum status admin_records(const struct command_call *call, struct system_db *db,
    struct all_records *out, struct error *err);

/* "env" or "database", for a record's place: as a column and as a member. */
struct str origin_of(struct str place);
void member_origin(struct buf *json, struct str place);

#endif
