#include "app/services/db/table_ttl.h"

#include "app/base/buf.h"
#include "app/services/db/db.h"
#include "drivers/cache/cache.h"

static enum status
item_read(struct str text, struct table_ttl *out, struct error *err)
{
	struct str value = text;
	struct str name = str_trim(str_cut(&value, '='));
	int64_t seconds;

	if (name.n == 0 || !str_to_i64(str_trim(value), &seconds) ||
	    seconds < 0 || seconds > CACHE_TTL_MAX)
		return error_set(err, ST_INVALID,
		    "cache_ttl_by_table: \"%.*s\" is no TABLE=SECONDS, with 0 "
		    "to %d seconds",
		    STR_ARG(text), CACHE_TTL_MAX);
	*out = (struct table_ttl){ name, (uint32_t)seconds };
	return ST_OK;
}

enum status
table_ttls_read(struct arena *arena, struct str text, struct table_ttls *out,
    struct error *err)
{
	struct buf list = buf_in(arena);
	enum status st = ST_OK;
	size_t n = 0;

	*out = (struct table_ttls){ .n = 0 };
	if (str_trim(text).n == 0)
		return ST_OK;
	for (; st == ST_OK && !str_is_null(text); n++) {
		struct table_ttl item;

		if (n == TABLE_TTLS_MAX)
			return error_set(err, ST_INVALID,
			    "cache_ttl_by_table: more than %d tables are named",
			    TABLE_TTLS_MAX);
		st = item_read(str_trim(str_cut(&text, ',')), &item, err);
		if (st == ST_OK)
			buf_put(
			    &list, str_make((const char *)&item, sizeof(item)));
	}
	out->list = (const struct table_ttl *)(const void *)list.p;
	out->n = n;
	return st;
}

struct str
table_ttls_apply(struct db_service *service)
{
	const struct table_ttls *ttls = &service->ttls;
	size_t n = service->catalog.n_tables;
	struct str unknown = STR_NULL;

	service->table_ttl =
	    arena_alloc(&service->arena, n * sizeof(service->table_ttl[0]));
	for (size_t i = 0; i < n; i++)
		service->table_ttl[i] = TABLE_TTL_UNSET;
	for (size_t i = 0; i < ttls->n; i++) {
		const struct db_table *table =
		    db_service_table(service, ttls->list[i].table);

		if (table != NULL)
			service->table_ttl[table - service->catalog.tables] =
			    ttls->list[i].ttl;
		else if (str_is_null(unknown))
			unknown = ttls->list[i].table;
	}
	return unknown;
}
