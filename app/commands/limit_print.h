/* Limits as `weir limit` shows them, for people or, with --json, as JSON. */
#ifndef WEIR_COMMANDS_LIMIT_PRINT_H
#define WEIR_COMMANDS_LIMIT_PRINT_H

#include <stddef.h>

struct command_call;
struct limit_record;

/* All of one: a line each, or an object. */
void limit_print(const struct command_call *call, const struct limit_record *r);

/* A table, or an array. */
void limits_print(
    const struct command_call *call, const struct limit_record *list, size_t n);

#endif
