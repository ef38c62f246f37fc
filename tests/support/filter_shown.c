#include "tests/support/filter_shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/services/db/filter/filter.h"
#include "tests/support/filter_table.h"

static void
put_blob(struct buf *out, struct str bytes)
{
	buf_put_lit(out, "x'");
	for (size_t i = 0; i < bytes.n; i++)
		buf_printf(out, "%02x", (unsigned char)bytes.p[i]);
	buf_put_char(out, '\'');
}

static void
put_arg(struct buf *out, const struct db_value *v)
{
	switch (v->type) {
	case DB_NULL:
		buf_put_lit(out, "NULL?");
		break;
	case DB_INT:
		buf_put_i64(out, v->i);
		break;
	case DB_UINT:
		buf_put_u64(out, v->u);
		buf_put_char(out, 'u');
		break;
	case DB_REAL:
		buf_printf(out, "%g", v->d);
		break;
	case DB_BOOL:
		buf_put(out, v->i != 0 ? STR("true") : STR("false"));
		break;
	case DB_NUMBER:
		buf_printf(out, "<%.*s>", STR_ARG(v->s));
		break;
	case DB_TEXT:
		buf_printf(out, "'%.*s'", STR_ARG(v->s));
		break;
	case DB_BLOB:
		put_blob(out, v->s);
		break;
	}
}

struct str
filter_condition_shown(struct arena *arena, const struct condition *c)
{
	struct buf out = buf_in(arena);
	size_t n = 0;

	for (size_t i = 0; i < c->sql.n; i++) {
		if (c->sql.p[i] == '?')
			put_arg(&out, &c->args[n++]);
		else if (c->sql.p[i] != '`')
			buf_put_char(&out, c->sql.p[i]);
	}
	assert_int_equal(n, c->n_args);
	return buf_str(&out);
}

struct str
filter_shown(struct arena *arena, struct str text, const struct params *params)
{
	struct filter_order order = { .text = text,
		.table = &filter_table,
		.params = params,
		.quote = '`' };
	struct condition condition;
	struct error err = { .text = "" };
	enum status st = filter_parse(arena, &order, &condition, &err);

	if (st == ST_OK)
		return filter_condition_shown(arena, &condition);
	assert_int_equal(st, ST_INVALID);
	return arena_printf(arena, "! %s", err.text);
}

void
filter_expect(struct arena *arena, const char *text, const char *shown)
{
	struct param list[] = {
		{ STR("n"), STR_NULL },
		{ STR("i"), STR("5") },
		{ STR("t"), STR("it's") },
		{ STR("w"), STR("null") },
	};
	struct params params = { list, sizeof(list) / sizeof(list[0]) };
	struct str got = filter_shown(arena, str_of(text), &params);

	if (!str_eq(got, str_of(shown)))
		fail_msg("%s\n  becomes %.*s\n  instead of %s", text,
		    STR_ARG(got), shown);
}

void
filter_expect_all(
    struct arena *arena, const struct filter_pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		filter_expect(arena, pairs[i].text, pairs[i].shown);
}
