/* What --help and the manual print, made from the rows of the commands. */
#ifndef WEIR_USAGE_H
#define WEIR_USAGE_H

#include <stdbool.h>
#include <stdio.h>

struct command;

/* "usage: weir key add --role ROLE [--json] NAME" and an end of line. */
void usage_line(FILE *out, const struct command *command);

/* All of one command: usage, summary, options. */
void usage_command(FILE *out, const struct command *command);

/*
 * The commands of a noun, or all of them when noun is NULL. False when there
 * are none.
 */
bool usage_list(FILE *out, const char *noun);

/* The whole program. */
void usage_program(FILE *out);

/* Every command as an item of an mdoc list, for weir(1). */
void usage_mdoc(FILE *out);

#endif
