#include "middleware/registry/row_filters.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "middleware/registry/lookup_text.h"

#define NAME_SHOWN 64 /* bytes of a name or operator in a fault */

struct operator_word {
	struct str word;
	enum row_operator op;
	bool negated;
};

#define WORD(word, op, negated)                                                \
	{                                                                      \
		{ word, sizeof(word) - 1 }, op, negated                        \
	}

/* The first spelling of each is the one that is shown. */
static const struct operator_word words[] = {
	WORD("=", ROW_EQ, false),
	WORD("!=", ROW_NE, false),
	WORD("<>", ROW_NE, false),
	WORD("<", ROW_LT, false),
	WORD(">=", ROW_GE, false),
	WORD(">", ROW_GT, false),
	WORD("<=", ROW_LE, false),
	WORD("in", ROW_IN, false),
	WORD("not in", ROW_IN, true),
	WORD("like", ROW_LIKE, false),
	WORD("not like", ROW_LIKE, true),
	WORD("starts with", ROW_STARTS, false),
	WORD("not starts with", ROW_STARTS, true),
	WORD("ends with", ROW_ENDS, false),
	WORD("not ends with", ROW_ENDS, true),
	WORD("contains", ROW_CONTAINS, false),
	WORD("not contains", ROW_CONTAINS, true),
	WORD("is null", ROW_NULL, false),
	WORD("is not null", ROW_NULL, true),
};

#define WORDS (sizeof(words) / sizeof(words[0]))

static struct str
shown(struct str s)
{
	return str_make(s.p, s.n < NAME_SHOWN ? s.n : NAME_SHOWN);
}

static bool
is_scalar(struct json v)
{
	enum json_kind kind = json_kind(v);

	return kind != JSON_NONE && kind != JSON_ARRAY && kind != JSON_OBJECT;
}

static bool
is_among(const struct buf *list, struct str text)
{
	const struct str *known = (const struct str *)(const void *)list->p;

	for (size_t i = 0; i < list->n / sizeof(*known); i++) {
		if (str_eq(known[i], text))
			return true;
	}
	return false;
}

/* Notes what the value looks up. */
static enum status
lookups_note(struct buf *lookups, struct str text, struct error *err)
{
	struct lookup_piece piece;

	while (lookup_text_next(&text, &piece)) {
		struct str name = piece.text;

		if (piece.is_lookup && !is_among(lookups, name))
			buf_put(lookups,
			    str_make((const char *)&name, sizeof(name)));
	}
	if (lookups->n / sizeof(struct str) > ROW_LOOKUPS_MAX)
		return error_set(err, ST_INVALID,
		    "the filters of a row may have at most %u different "
		    "lookups in them",
		    ROW_LOOKUPS_MAX);
	return ST_OK;
}

static enum status
scalar_check(struct buf *lookups, const struct row_filter *f, struct json v,
    struct error *err)
{
	struct str text = json_to_str(lookups->arena, v);

	if (!is_scalar(v))
		return error_set(err, ST_INVALID,
		    "the filter on \"%.*s\" needs a value: a string, a "
		    "number, true, false or null",
		    STR_ARG(shown(f->name)));
	if (memchr(text.p == NULL ? "" : text.p, '\0', text.n) != NULL)
		return error_set(err, ST_INVALID,
		    "the value of the filter on \"%.*s\" has a NUL byte",
		    STR_ARG(shown(f->name)));
	return json_kind(v) == JSON_STRING ? lookups_note(lookups, text, err)
					   : ST_OK;
}

static enum status
value_check(struct buf *lookups, const struct row_filter *f, struct error *err)
{
	struct json_walk walk = json_walk(lookups->arena, f->value);
	struct json_member element;
	enum status st = ST_OK;

	if (f->op == ROW_NULL)
		return ST_OK;
	if (f->op != ROW_IN || json_kind(f->value) != JSON_ARRAY)
		return scalar_check(lookups, f, f->value, err);
	if (json_count(f->value) == 0)
		return error_set(err, ST_INVALID,
		    "the list of the filter on \"%.*s\" is empty",
		    STR_ARG(shown(f->name)));
	while (st == ST_OK && json_next(&walk, &element))
		st = scalar_check(lookups, f, element.value, err);
	return st;
}

static enum status
operator_read(struct str text, struct row_filter *out, struct error *err)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (!str_eq_nocase(words[i].word, text))
			continue;
		out->op = words[i].op;
		out->negated = words[i].negated;
		return ST_OK;
	}
	return error_set(err, ST_INVALID,
	    "the filter on \"%.*s\" has the operator \"%.*s\": it must be one "
	    "of = != < <= > >=, in, like, starts with, ends with, contains, "
	    "each also with \"not\" before it, is null, is not null",
	    STR_ARG(shown(out->name)), STR_ARG(shown(text)));
}

static enum status
filter_read(struct buf *lookups, struct json element, struct row_filter *out,
    struct error *err)
{
	struct arena *arena = lookups->arena;
	struct json name = json_get(arena, element, STR("name"));
	struct json op = json_get(arena, element, STR("operator"));
	enum status st;

	out->name = str_trim(json_to_str(arena, name));
	out->value = json_get(arena, element, STR("value"));
	if (out->name.n == 0 || json_kind(op) != JSON_STRING)
		return error_set(err, ST_INVALID,
		    "a filter must be an object with the strings \"name\" and "
		    "\"operator\", and a \"value\"");
	st = operator_read(str_trim(json_to_str(arena, op)), out, err);
	return st == ST_OK ? value_check(lookups, out, err) : st;
}

static enum status
list_read(struct arena *arena, struct json list, struct row_filters *out,
    struct error *err)
{
	size_t n = json_count(list);
	struct row_filter *filters;
	struct json_walk walk = json_walk(arena, list);
	struct buf lookups = buf_in(arena);
	struct json_member element;
	enum status st = ST_OK;

	if (json_kind(list) != JSON_ARRAY)
		return error_set(
		    err, ST_INVALID, "filters must be a JSON array");
	if (n > ROW_FILTERS_MAX)
		return error_set(err, ST_INVALID,
		    "a row may have at most %u filters", ROW_FILTERS_MAX);
	filters = arena_zalloc(arena, n * sizeof(filters[0]));
	out->list = filters;
	while (st == ST_OK && json_next(&walk, &element))
		st = filter_read(
		    &lookups, element.value, &filters[out->n++], err);
	out->lookups = (const struct str *)(const void *)lookups.p;
	out->n_lookups = lookups.n / sizeof(*out->lookups);
	return st;
}

static enum status
joint_read(struct str op, bool *any, struct error *err)
{
	op = str_trim(op);
	*any = str_eq_nocase(op, STR("or")) || str_eq(op, STR("||"));
	if (*any || op.n == 0 || str_eq_nocase(op, STR("and")) ||
	    str_eq(op, STR("&&")))
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "filters are joined by \"and\" or \"or\", not \"%.*s\"",
	    STR_ARG(shown(op)));
}

static enum status
text_read(struct arena *arena, struct str filters, struct json *out,
    struct error *err)
{
	struct error why = { .text = "" };

	if (filters.n > ROW_FILTERS_BYTES_MAX)
		return error_set(err, ST_INVALID,
		    "the filters of a row may have at most %u bytes",
		    ROW_FILTERS_BYTES_MAX);
	if (json_parse(arena, filters, out, &why) != ST_OK)
		return error_set(
		    err, ST_INVALID, "filters are no JSON: %s", why.text);
	return ST_OK;
}

enum status
row_filters_joint_check(struct str op, struct error *err)
{
	bool any;

	return joint_read(op, &any, err);
}

enum status
row_filters_parse(struct arena *arena, struct str filters, struct str op,
    const struct row_filters **out, struct error *err)
{
	struct row_filters *made = arena_zalloc(arena, sizeof(*made));
	struct json list = { STR_NULL };
	enum status st;

	*out = NULL;
	filters = str_trim(filters);
	if (filters.n == 0)
		return ST_OK;
	st = text_read(arena, filters, &list, err);
	if (st == ST_OK && json_kind(list) == JSON_NULL)
		return ST_OK;
	if (st == ST_OK)
		st = list_read(arena, list, made, err);
	if (st == ST_OK && made->n == 0)
		return ST_OK;
	if (st == ST_OK)
		st = joint_read(op, &made->any, err);
	if (st == ST_OK)
		*out = made;
	return st;
}

const struct row_filters *
row_filters_read(struct arena *arena, struct str filters, struct str op)
{
	const struct row_filters *read = NULL;
	struct error err = { .text = "" };
	struct row_filters *faulty;

	if (row_filters_parse(arena, filters, op, &read, &err) == ST_OK)
		return read;
	faulty = arena_zalloc(arena, sizeof(*faulty));
	faulty->fault = arena_dup(arena, str_of(err.text)).p;
	return faulty;
}

static struct str
word_of(const struct row_filter *f)
{
	size_t i = 0;

	while (i < WORDS - 1 &&
	       (words[i].op != f->op || words[i].negated != f->negated))
		i++;
	return words[i].word;
}

void
row_filters_put(struct buf *b, const struct row_filters *filters)
{
	if (filters == NULL)
		return;
	if (filters->fault != NULL)
		buf_printf(b, "unusable: %s", filters->fault);
	for (size_t i = 0; i < filters->n; i++) {
		const struct row_filter *f = &filters->list[i];

		if (i > 0)
			buf_put(b, filters->any ? STR(" or ") : STR(" and "));
		buf_put(b, f->name);
		buf_put_char(b, ' ');
		buf_put(b, word_of(f));
		if (f->op == ROW_NULL)
			continue;
		buf_put_char(b, ' ');
		buf_put(b, f->value.text);
	}
}
