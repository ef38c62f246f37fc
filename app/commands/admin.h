/* What the commands that manage records have in common. */
#ifndef WEIR_COMMANDS_ADMIN_H
#define WEIR_COMMANDS_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/system_db.h"

struct command_call;

/* Opens the system database; false after it has said why it cannot. */
bool admin_open(const struct command_call *call, struct system_db *db);

/*
 * Closes the database and ends the command: says what failed, if st is not
 * ST_OK. Returns the exit status.
 */
int admin_close(struct system_db *db, enum status st, const struct error *err);

/* The verb "remove" of a noun, given what removes the record of a name. Returns
 * the exit status. */
typedef enum status record_remove_f(
    struct system_db *db, struct str name, struct error *err);
int admin_remove(const struct command_call *call, record_remove_f *remove);

/* A decimal value of an option between min and max; false after it has said
 * what is expected. *out is unchanged when the option was not given. */
bool admin_number(const struct command_call *call, const char *option,
    int64_t min, int64_t max, int64_t *out);

/* The same for a time in seconds, as in 90, 30m, 24h, 7d. */
bool admin_seconds(const struct command_call *call, const char *option,
    int64_t max, int64_t *out);

/* The same for yes or no. */
bool admin_flip(
    const struct command_call *call, const char *option, enum flip *out);

/* One "name   value" line for people; an absent or empty value shows as "-". */
void admin_field(const char *name, struct str value);

/* Prints JSON text and an end of line. */
void admin_print(const struct buf *json);

/* Members of a JSON object; an absent string is null. */
void member_text(struct buf *json, const char *name, struct str value);
void member_i64(struct buf *json, const char *name, int64_t value);
void member_bool(struct buf *json, const char *name, bool value);

#endif
