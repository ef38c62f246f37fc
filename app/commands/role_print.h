/* Roles as `weir role` shows them, for people or as JSON. */
#ifndef WEIR_COMMANDS_ROLE_PRINT_H
#define WEIR_COMMANDS_ROLE_PRINT_H

#include <stddef.h>

#include "app/base/str.h"

struct app_record;
struct arena;
struct command_call;
struct role_record;

/* "GET,POST" */
struct str verbs_text(struct arena *arena, unsigned mask);

/* A table, or with --json an array. */
void roles_print(
    const struct command_call *call, const struct role_record *list, size_t n);

/* An object, as it stands in that array. */
void role_print_json(
    const struct command_call *call, const struct role_record *r);

/* All of one role, with those of the apps that act with it. */
void role_print(const struct command_call *call, const struct role_record *r,
    const struct app_record *apps, size_t n_apps);

#endif
