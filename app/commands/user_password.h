/* The password that a command gives to a user: read, or made and shown. */
#ifndef WEIR_COMMANDS_USER_PASSWORD_H
#define WEIR_COMMANDS_USER_PASSWORD_H

#include <stdbool.h>

#include "app/base/password.h"
#include "app/commands/secret_line.h"

struct settings;

struct user_password {
	char text[SECRET_LINE_BYTES]; /* in clear */
	char hash[PASSWORD_HASH_BYTES];
	bool made; /* nobody knows it yet: show it, once */
};

/*
 * path: a file, "-" for standard input (a terminal asks, twice), or NULL to
 * make one. False after it has said what is wrong. The caller wipes, in either
 * case.
 */
bool user_password_read(const struct settings *settings, const char *path,
    struct user_password *out);

void user_password_wipe(struct user_password *password);

#endif
