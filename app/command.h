/*
 * The commands of weir: `weir VERB` or `weir NOUN VERB`. Each is a row of a
 * group, one group a file of app/commands, listed in commands.c; --help and
 * the manual's list come from the rows. main() finds the row, checks the
 * arguments against it, reads the settings and calls run().
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
	const char *operands; /* "NAME", "NAME [NAME...]", NULL for none */
	const char *summary;  /* one line, imperative */
	const struct command_option *options; /* name NULL ends; or NULL */
	bool needs_settings; /* false: runs without a valid env file */
	/*
	 * Returns the exit status: 0 done, 1 failed, 2 wrong use. Says why on
	 * stderr through command_fail().
	 */
	int (*run)(struct command_call *call);
};

/* An option of a call: its index in the row, and "" for a switch. */
struct command_given {
	size_t option;
	const char *value;
};

/* One invocation. Everything lives until run() returns. */
struct command_call {
	const struct command *command;
	const struct settings *settings; /* NULL unless needs_settings */
	const char *env_file;            /* --env as given, or NULL */
	struct str env_path;             /* the file read, STR_NULL: none */
	struct arena *arena;
	struct command_given *given; /* the options, in the order given */
	size_t n_given;
	char **operands; /* what is neither an option nor its value */
	size_t n_operands;
};

/* All groups, NULL ends them; in each, a row whose verb is NULL ends it. */
extern const struct command *const command_groups[];

/*
 * The row that words[0] ("serve") or words[0] and words[1] ("key add") name,
 * or NULL. *used is the number of words that were its name.
 */
const struct command *command_find(char **words, size_t n, size_t *used);

/* The row whose name, of so many words, is nearest to them; NULL when none is
 * near enough to be what was meant. */
const struct command *command_near(char **words, size_t n);

/*
 * Checks words (what stands behind the name) against call->command and fills
 * given, operands and env_file. "--" ends the options. Returns 0, or 2 after
 * it has said on stderr what is wrong. *help: --help stood among the words,
 * and nothing else was checked.
 */
int command_parse(
    struct command_call *call, char **words, size_t n, bool *help);

/* The value given for an option (the last one counts), or NULL. */
const char *command_value(const struct command_call *call, const char *name);

/* All values given for an option, in their order; *n is how many. They live
 * in the call's arena. */
const char **command_values(
    const struct command_call *call, const char *name, size_t *n);

/* Was the switch given? */
bool command_switch(const struct command_call *call, const char *name);

/* Prints "weir: TEXT" to stderr and returns 1. */
int command_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints "weir: TEXT" and the command's usage line to stderr, returns 2. */
int command_misuse(const struct command *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
