/* What filters on filter_table become, as text to compare. */
#ifndef WEIR_TESTS_FILTER_SHOWN_H
#define WEIR_TESTS_FILTER_SHOWN_H

#include "app/base/uri.h"

struct arena;

/*
 * What filter_parse() makes of a text: the SQL without quotes around names,
 * each "?" with its value in place ('text', 5, 5u, 0.5, <1.10>, true, x'ff'),
 * or "! " and the error.
 */
struct str filter_shown(
    struct arena *arena, struct str text, const struct params *params);

/* A condition in that form. */
struct condition;
struct str filter_condition_shown(
    struct arena *arena, const struct condition *c);

/* Fails unless the text becomes that; the params are those of ":n" (null),
 * ":i" (5), ":t" (it's), ":w" (null, the word). */
void filter_expect(struct arena *arena, const char *text, const char *shown);

struct filter_pair {
	const char *text;
	const char *shown;
};

/* The same for n pairs. */
void filter_expect_all(
    struct arena *arena, const struct filter_pair *pairs, size_t n);

#endif
