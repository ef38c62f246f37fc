/* What the options of `weir user add` and `set` make of a user's record. */
#ifndef WEIR_COMMANDS_USER_EDIT_H
#define WEIR_COMMANDS_USER_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "app/command.h"
#include "app/commands/user_password.h"
#include "middleware/registry/system_db.h"

struct user_record;

struct user_edit {
	const struct command_call *call;
	struct user_password password; /* its hash is empty: it stays */
	enum flip active;
	int64_t app_id; /* of --default-app; 0: none */
};

extern const struct command_option user_add_options[];
extern const struct command_option user_set_options[];

/*
 * Reads the options; a new user gets a password, unless --no-password says
 * otherwise. The exit status: 0, or another after it has said what is wrong.
 * user_password_wipe() comes last, in either case.
 */
int user_edit_read(
    const struct command_call *call, bool is_new, struct user_edit *out);

/* Looks up what the options name. */
enum status user_edit_resolve(
    struct user_edit *edit, struct system_db *db, struct error *err);

/* Of the type user_edit_f: ctx is the struct user_edit. */
enum status user_edit_apply(
    void *ctx, struct user_record *r, struct error *err);

#endif
