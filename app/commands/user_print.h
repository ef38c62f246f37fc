/* Users as `weir user` and `weir admin` show them, for people or as JSON. */
#ifndef WEIR_COMMANDS_USER_PRINT_H
#define WEIR_COMMANDS_USER_PRINT_H

#include <stddef.h>

struct command_call;
struct user_password;
struct user_record;
struct user_role;

/* What has roles in apps, in the order of the users' ids. */
struct user_roles {
	const struct user_role *list;
	size_t n;
};

/* A table, or with --json an array. */
void users_print(const struct command_call *call,
    const struct user_record *users, size_t n, const struct user_roles *roles);

/* All of one, or with --json an object as it stands in that array. */
void user_print(const struct command_call *call, const struct user_record *r,
    const struct user_roles *roles);

/* One that was stored just now, and its password if that was made. With --json
 * as user_print() has it, and then without the other words. */
void user_stored_print(const struct command_call *call,
    const struct user_record *r, const struct user_roles *roles,
    const struct user_password *password);

#endif
