/* Paths and query strings as they stand in REQUEST_URI (RFC 3986). */
#ifndef WEIR_BASE_URI_H
#define WEIR_BASE_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"

struct arena;

/* One name=value of a query, decoded. A name without "=" has value "". */
struct param {
	struct str name;
	struct str value;
};

struct params {
	struct param *list;
	size_t n;
};

/*
 * Percent-decodes s into the arena; `plus` says whether "+" is a blank (query)
 * or itself (path). Returns s itself when there is nothing to decode. False on
 * a "%" without two digits and on a decoded NUL.
 */
bool uri_decode(struct arena *a, struct str s, bool plus, struct str *out);

/*
 * Splits a query ("a=b&c=d", without "?") at "&", decodes names and values
 * and keeps their order; empty pieces ("&&", a leading "&") are skipped. False
 * when there are more than max (out->n is max then) or a piece does not decode
 * (out->n is less, and counts the pieces before it).
 */
bool uri_query(
    struct arena *a, struct str query, size_t max, struct params *out);

/*
 * The value, as sent, of the first piece of a query whose name decodes to
 * that; "" when it has no "=", STR_NULL when there is no such piece.
 */
struct str uri_query_find(struct arena *a, struct str query, struct str name);

/* The value of the first parameter of that name, or STR_NULL. */
struct str params_get(const struct params *ps, struct str name);

#endif
