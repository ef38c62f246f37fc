#include "app/services/db/filter/filter_operator.h"

/* A sign stands before those that it begins with. */
static const struct filter_operator signs[] = {
	{ .word = { ">=", 2 }, .op = FILTER_GE },
	{ .word = { "<=", 2 }, .op = FILTER_LE },
	{ .word = { "!=", 2 }, .op = FILTER_NE },
	{ .word = { "<>", 2 }, .op = FILTER_NE },
	{ .word = { "=", 1 }, .op = FILTER_EQ },
	{ .word = { ">", 1 }, .op = FILTER_GT },
	{ .word = { "<", 1 }, .op = FILTER_LT },
};

static const struct filter_operator words[] = {
	{ .word = { "eq", 2 }, .op = FILTER_EQ },
	{ .word = { "ne", 2 }, .op = FILTER_NE },
	{ .word = { "lt", 2 }, .op = FILTER_LT },
	{ .word = { "gte", 3 }, .op = FILTER_GE },
	{ .word = { "gt", 2 }, .op = FILTER_GT },
	{ .word = { "lte", 3 }, .op = FILTER_LE },
	{ .word = { "in", 2 }, .op = FILTER_IN, .takes = TAKES_LIST },
	{ .word = { "like", 4 }, .op = FILTER_LIKE, .takes = TAKES_PATTERN },
	{ .word = { "contains", 8 },
	    .op = FILTER_LIKE,
	    .takes = TAKES_PATTERN,
	    .match = FILTER_MATCH_PART },
	{ .word = { "starts", 6 },
	    .second = { "with", 4 },
	    .op = FILTER_LIKE,
	    .takes = TAKES_PATTERN,
	    .match = FILTER_MATCH_START },
	{ .word = { "ends", 4 },
	    .second = { "with", 4 },
	    .op = FILTER_LIKE,
	    .takes = TAKES_PATTERN,
	    .match = FILTER_MATCH_END },
	{ .word = { "is", 2 },
	    .second = { "null", 4 },
	    .op = FILTER_NULL,
	    .takes = TAKES_NOTHING },
};

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static const struct filter_operator *
sign_pass(struct filter_text *t)
{
	struct str rest = str_skip(t->text, filter_next(t));

	for (size_t i = 0; i < ROWS(signs); i++) {
		if (!str_starts(rest, signs[i].word))
			continue;
		t->at += signs[i].word.n;
		return &signs[i];
	}
	return NULL;
}

/* "is not null" has a "not" between its words. */
static const struct filter_operator *
word_pass(struct filter_text *t, bool *negated)
{
	for (size_t i = 0; i < ROWS(words); i++) {
		if (!filter_pass_word(t, words[i].word))
			continue;
		if (words[i].takes == TAKES_NOTHING &&
		    filter_pass_word(t, STR("not")))
			*negated = !*negated;
		if (!str_is_null(words[i].second) &&
		    !filter_pass_word(t, words[i].second))
			return NULL;
		return &words[i];
	}
	return NULL;
}

enum status
filter_operator_read(
    struct filter_text *t, const struct filter_operator **out, bool *negated)
{
	size_t at;

	*negated = filter_pass_word(t, STR("not"));
	at = filter_next(t);
	*out = sign_pass(t);
	if (*out == NULL)
		*out = word_pass(t, negated);
	if (*out != NULL)
		return ST_OK;
	if (filter_pass_word(t, STR("all")))
		return filter_fault(
		    t, at, "The operator 'all' is not offered.");
	return filter_fault(t, at, FILTER_UNPARSABLE "An operator is missing.");
}
