/* A limit from the options of `weir limit add` and `weir limit set`. */
#ifndef WEIR_COMMANDS_LIMIT_READ_H
#define WEIR_COMMANDS_LIMIT_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/commands/admin.h"

struct command_call;
struct limit_record;

/* All of a new one but its user; false after it has said what is wrong. */
bool limit_read(const struct command_call *call, struct limit_record *r);

/* The e-mail of whom --user names; *email is unchanged without the option, and
 * STR_NULL when it is empty. ST_MISSING: there is nobody. */
enum status limit_user_read(const struct command_call *call,
    struct system_db *db, struct str *email, struct error *err);

/* ST_INVALID names the option that its type needs and that was not given. */
enum status limit_parts_check(const struct limit_record *r, struct error *err);

/* What `limit set` is to do. */
struct limit_edit {
	const struct command_call *call;
	struct str user_email; /* when there is --user */
	int64_t rate;          /* 0: it stays */
	int64_t burst;         /* -1: it stays */
	enum flip lockout, dry_run, active;
};

/* The numbers and switches; false after it has said what is wrong. */
bool limit_edit_read(const struct command_call *call, struct limit_edit *edit);

/* A limit_edit_f whose ctx is a struct limit_edit. */
enum status limit_edit(void *ctx, struct limit_record *r, struct error *err);

#endif
