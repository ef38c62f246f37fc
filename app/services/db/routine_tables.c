#include "app/services/db/routine_tables.h"

#include "app/base/buf.h"

static enum status
item_read(struct str text, struct routine_writes *out, struct error *err)
{
	struct str tables = text;
	struct str name = str_trim(str_cut(&tables, '='));

	if (name.n == 0 || str_is_null(tables))
		return error_set(err, ST_INVALID,
		    "cache_tables_by_routine: \"%.*s\" is no ROUTINE=TABLES, "
		    "with blanks between the tables",
		    STR_ARG(text));
	*out = (struct routine_writes){ name, str_trim(tables) };
	return ST_OK;
}

enum status
routine_tables_read(struct arena *arena, struct str text,
    struct routine_tables *out, struct error *err)
{
	struct buf list = buf_in(arena);
	enum status st = ST_OK;
	size_t n = 0;

	*out = (struct routine_tables){ .n = 0 };
	if (str_trim(text).n == 0)
		return ST_OK;
	for (; st == ST_OK && !str_is_null(text); n++) {
		struct routine_writes item;

		if (n == ROUTINE_TABLES_MAX)
			return error_set(err, ST_INVALID,
			    "cache_tables_by_routine: more than %d routines "
			    "are named",
			    ROUTINE_TABLES_MAX);
		st = item_read(str_trim(str_cut(&text, ',')), &item, err);
		if (st == ST_OK)
			buf_put(
			    &list, str_make((const char *)&item, sizeof(item)));
	}
	out->list = (const struct routine_writes *)(const void *)list.p;
	out->n = n;
	return st;
}

const struct routine_writes *
routine_tables_find(const struct routine_tables *tables, struct str routine)
{
	for (size_t i = 0; i < tables->n; i++) {
		if (str_eq_nocase(tables->list[i].routine, routine))
			return &tables->list[i];
	}
	return NULL;
}
