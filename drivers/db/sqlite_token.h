/* The words of a text in SQLite's SQL. */
#ifndef WEIR_DB_SQLITE_TOKEN_H
#define WEIR_DB_SQLITE_TOKEN_H

#include <stdbool.h>

#include "app/base/str.h"

struct arena;

enum sqlite_token_kind {
	TOKEN_END,
	TOKEN_WORD, /* a keyword, a name or a number */
	TOKEN_NAME, /* in quotes of any sort: a name or a text */
	TOKEN_MARK  /* one character */
};

struct sqlite_token {
	enum sqlite_token_kind kind;
	struct str text; /* as written */
};

/* The next one of *rest, which goes behind it. Blanks and comments are passed
 * over; quotes without an end are the end. */
struct sqlite_token sqlite_token_next(struct str *rest);

/* Is it that keyword, in any case? */
bool sqlite_token_is(const struct sqlite_token *t, const char *word);

/* Is it that character? */
bool sqlite_token_marks(const struct sqlite_token *t, char c);

/* What a word or name means: without its quotes. */
struct str sqlite_token_name(struct arena *arena, const struct sqlite_token *t);

#endif
