#include "middleware/registry/app_records.h"

#include "middleware/registry/system_db.h"

static enum status
app_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct app_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->id = value_i64(&v[0]);
	r->name = value_text(list->arena, &v[1]);
	r->active = value_i64(&v[2]) != 0;
	r->role_id = value_i64(&v[3]);
	return ST_OK;
}

enum status
app_records_list(struct system_db *db, struct arena *arena,
    struct app_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_stmt stmt = DB_STMT_PLAIN(
	    "SELECT id, name, is_active, role_id FROM app ORDER BY name");
	enum status st = system_db_run(db, &stmt, app_row, &list, err);

	*out = (struct app_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st;
}
