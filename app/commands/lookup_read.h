/* What the options of `weir lookup` say. */
#ifndef WEIR_COMMANDS_LOOKUP_READ_H
#define WEIR_COMMANDS_LOOKUP_READ_H

#include "app/command.h"
#include "middleware/registry/lookup_records.h"

/* For whom it is: of --app, --role and --user at most one; else for the
 * system. ST_MISSING and ST_INVALID say what is wrong. */
enum status lookup_scope_read(const struct command_call *call,
    struct system_db *db, struct lookup_record *record, struct error *err);

/* The exit status when the options are wrong together, else 0. */
int lookup_scope_check(const struct command_call *call);

/* --value, or the first line of --value-file in the arena; STR_NULL: neither.
 * False after it has said what is wrong. */
bool lookup_value_read(const struct command_call *call, struct str *value);

#endif
