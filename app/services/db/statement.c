#include "app/services/db/statement.h"

#include "drivers/db/catalog.h"

#define ARGS_FIRST 16u
#define SQL_FIRST  512u

void
statement_open(struct statement *s, struct arena *arena, char quote)
{
	*s = (struct statement){ .sql = buf_in(arena), .quote = quote };
	(void)buf_reserve(&s->sql, SQL_FIRST);
}

/* Each quote within stands twice. */
static void
put_doubled(struct statement *s, struct str name)
{
	buf_put_char(&s->sql, s->quote);
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == s->quote)
			buf_put_char(&s->sql, s->quote);
		buf_put_char(&s->sql, name.p[i]);
	}
	buf_put_char(&s->sql, s->quote);
}

void
statement_name(struct statement *s, struct str name)
{
	char *at;

	if (str_find(name, s->quote) < name.n) {
		put_doubled(s, name);
		return;
	}
	at = buf_reserve(&s->sql, name.n + 2);
	at[0] = s->quote;
	memcpy(at + 1, name.p, name.n);
	at[1 + name.n] = s->quote;
	s->sql.n += name.n + 2;
}

void
statement_column(struct statement *s, const struct column *column)
{
	if (!str_is_null(s->alias)) {
		statement_name(s, s->alias);
		statement_put(s, ".");
	}
	statement_name(s, column->name);
}

void
statement_columns(
    struct statement *s, const struct column *const *columns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			statement_put(s, ", ");
		statement_name(s, columns[i]->name);
	}
}

static void
args_grow(struct statement *s)
{
	size_t room = s->room == 0 ? ARGS_FIRST : 2 * s->room;
	struct db_value *args =
	    arena_alloc(s->sql.arena, room * sizeof(args[0]));

	if (s->n_args > 0)
		memcpy(args, s->args, s->n_args * sizeof(args[0]));
	s->args = args;
	s->room = room;
}

void
statement_bind(struct statement *s, struct db_value v)
{
	if (s->n_args == s->room)
		args_grow(s);
	s->args[s->n_args++] = v;
	statement_put(s, "?");
}

void
statement_condition(struct statement *s, const struct condition *c)
{
	statement_put(s, "(");
	buf_put(&s->sql, c->sql);
	statement_put(s, ")");
	for (size_t i = 0; i < c->n_args; i++) {
		if (s->n_args == s->room)
			args_grow(s);
		s->args[s->n_args++] = c->args[i];
	}
}

struct db_stmt
statement_end(const struct statement *s)
{
	return (struct db_stmt){ buf_str(&s->sql), s->args, s->n_args };
}
