/*
 * The commands of weir: `weir VERB` or `weir NOUN VERB`. Each is a row of the
 * table in app/commands/commands.c, from which --help and the manual's list
 * come. main() reads the settings, finds the row, checks the arguments against
 * it and calls run().
 */
#ifndef WEIR_COMMAND_H
#define WEIR_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct settings;

/* An option of a command: "--role ROLE", or a switch when value is NULL. */
struct command_option {
	const char *name;  /* "--role" */
	const char *value; /* "ROLE", or NULL: a switch */
	bool required;
	const char *help;
};

struct command_call;

struct command {
	const char *noun;     /* "key", or NULL for one-word commands */
	const char *verb;     /* "add" */
	const char *operands; /* "NAME", "NAME...", or NULL for none */
	const char *summary;  /* one line, imperative */
	const struct command_option *options; /* name NULL ends; or NULL */
	bool needs_settings; /* false: runs without a valid env file */
	/*
	 * Returns the exit status: 0 done, 1 failed, 2 wrong use. Says why on
	 * stderr through command_fail().
	 */
	int (*run)(struct command_call *call);
};

/* One invocation. Everything lives until run() returns. */
struct command_call {
	const struct command *command;
	const struct settings *settings;
	struct str env_path; /* the file read, STR_NULL: none */
	struct arena *arena;
	char **operands; /* what is neither an option nor its value */
	size_t n_operands;
	char **argv; /* everything behind the verb */
	size_t argc;
};

/* The table; verb NULL ends it. */
extern const struct command command_table[];

/* The value given for an option (the last one counts), or NULL. */
const char *command_value(const struct command_call *call, const char *name);

/* Was the switch given? */
bool command_switch(const struct command_call *call, const char *name);

/* Prints "weir: TEXT" to stderr and returns 1. */
int command_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
