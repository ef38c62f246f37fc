/*
 * The one table of what an operator can set: name, type, default, range, help.
 * From it come the parser, `weir options` and the manual. Adding a setting is
 * a member of struct settings, a row of the table and `make manual`.
 */
#ifndef WEIR_BASE_OPTION_H
#define WEIR_BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

struct arena;
struct buf;
struct settings;

enum option_type {
	OPTION_TEXT,
	OPTION_SECRET,  /* text that is never shown */
	OPTION_NUMBER,  /* plain integer */
	OPTION_BYTES,   /* integer with optional k, m, g (binary) */
	OPTION_SECONDS, /* integer with optional s, m, h, d; stored in s */
	OPTION_MS,      /* integer with ms, s, m; a bare number is ms */
	OPTION_BOOLEAN,
	OPTION_CHOICE /* one of `choices`, stored as its index */
};

/*
 * One thing that can be set. Every row has its help text. The member at
 * `offset` is a const char * for texts, a bool for booleans, else an int64_t.
 */
struct option {
	const char *name;
	const char *alias; /* a second accepted name, or NULL */
	enum option_type type;
	size_t offset;        /* into struct settings */
	const char *fallback; /* the default, as it would be written */
	int64_t min, max;     /* numbers only, in the stored unit */
	const char *choices;  /* "a|b|c" for OPTION_CHOICE, or for a text that
			       * must be one of them; else NULL */
	bool reload;          /* takes effect on SIGHUP */
	const char *help;     /* one sentence or two */
	/* Optional: may a text that is not empty have this value? */
	bool (*valid)(struct str text);
	const char *expected; /* what valid() accepts, for messages */
};

/* The rows in the order of the manual; NULL after the last. */
const struct option *option_at(size_t i);

/* The row of that name or alias, or NULL. */
const struct option *option_find(struct str name);

/* A constant word for people: "text", "bytes", "milliseconds". */
const char *option_type_name(enum option_type type);

/*
 * Stores the value that `text` says; a text is copied into the arena. False,
 * and nothing stored, when it is not a value of this option.
 */
bool option_store(const struct option *opt, struct str text, struct arena *a,
    struct settings *out);

/* Copies the option's value; a text stays where it is. */
void option_copy(
    const struct option *opt, const struct settings *from, struct settings *to);

/* "90", "30m", "24h" or "7d" as seconds; false when it is none of the kind or
 * out of range. */
bool option_seconds(struct str text, int64_t min, int64_t max, int64_t *out);

/* Appends what the option accepts: "bytes from 1k to 1g". */
void option_expected(const struct option *opt, struct buf *out);

/*
 * The known name nearest to one that nobody knows, or NULL when none is near
 * enough to be what was meant.
 */
const char *option_nearest(struct str name);

#endif
