/*
 * The text of a filter (filter.h), read from left to right. Every function
 * passes the blanks before what it looks for; a fault names the byte, counted
 * from 1.
 */
#ifndef WEIR_SERVICES_DB_FILTER_TEXT_H
#define WEIR_SERVICES_DB_FILTER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

/* The first sentence of most faults, as clients of DreamFactory know it. */
#define FILTER_UNPARSABLE "Invalid or unparsable filter request. "

struct filter_text {
	struct arena *arena; /* of what has to be copied */
	struct str text;
	size_t at; /* the byte reached */
	struct error *err;
};

/* The loosest comes first. */
enum filter_logic {
	FILTER_NOR,
	FILTER_OR,
	FILTER_XOR,
	FILTER_AND,
	FILTER_LOGICS
};

/* A value as it stands there. */
enum filter_form { FILTER_BARE, FILTER_QUOTED, FILTER_PARAM };

struct filter_raw {
	enum filter_form form;
	struct str text; /* the meaning of quotes; of a parameter the name */
	size_t at;
};

/* ST_INVALID; the sentence ends with the position of `at`. */
enum status filter_fault(const struct filter_text *t, size_t at,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Where the next piece begins, or the length of the text. */
size_t filter_next(struct filter_text *t);

/* Each passes what it is named for, or passes nothing and is false. */
bool filter_pass_char(struct filter_text *t, char c);
bool filter_pass_word(struct filter_text *t, struct str word);
bool filter_pass_logic(struct filter_text *t, enum filter_logic logic);

/* The name of a field, bare or quoted; not empty. */
enum status filter_pass_name(struct filter_text *t, struct str *name);

/* A value outside a list or in one, where logic is text and a comma ends. */
enum status filter_pass_value(
    struct filter_text *t, bool in_list, struct filter_raw *out);

#endif
