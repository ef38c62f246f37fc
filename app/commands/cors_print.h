/* CORS records as `weir cors` shows them, for people or, with --json, as
 * JSON. */
#ifndef WEIR_COMMANDS_CORS_PRINT_H
#define WEIR_COMMANDS_CORS_PRINT_H

#include <stddef.h>

struct command_call;
struct cors_record;

/* All of one: a line each, or an object. */
void cors_print(const struct command_call *call, const struct cors_record *r);

/* A table, or an array. */
void cors_list_print(
    const struct command_call *call, const struct cors_record *list, size_t n);

#endif
