#include "middleware/registry/audit_records.h"

#include "middleware/registry/system_db.h"

static enum status
audit_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct audit_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->id = value_i64(&v[0]);
	r->at = value_text(list->arena, &v[1]);
	r->actor_id = value_i64(&v[2]);
	r->actor = value_text(list->arena, &v[3]);
	r->source = value_text(list->arena, &v[4]);
	r->resource = value_text(list->arena, &v[5]);
	r->record_id = value_i64(&v[6]);
	r->action = value_text(list->arena, &v[7]);
	r->before = value_text(list->arena, &v[8]);
	r->after = value_text(list->arena, &v[9]);
	return ST_OK;
}

enum status
audit_records_list(struct system_db *db, struct arena *arena,
    struct str resource, int64_t max, struct audit_record **out, size_t *n,
    struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_value args[] = { bind_text(resource), bind_text(resource),
		bind_i64(max) };
	struct db_stmt stmt = DB_STMT(
	    "SELECT id, at, actor_id, actor, source, resource, record_id,"
	    " action, before_text, after_text FROM audit"
	    " WHERE ? IS NULL OR resource = ? ORDER BY id DESC LIMIT ?",
	    args);
	enum status st = system_db_run(db, &stmt, audit_row, &list, err);

	*out = (struct audit_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st;
}

struct pruning {
	int64_t before_ms;
	int64_t n;
};

static enum status
prune(struct system_db *db, void *ctx, struct error *err)
{
	struct pruning *p = ctx;
	char moment[DATE_BYTES];
	enum status st;

	date_text(p->before_ms, moment);
	struct db_value args[] = { bind_text(str_of(moment)) };
	struct db_stmt count =
	    DB_STMT("SELECT COUNT(*) FROM audit WHERE at < ?", args);
	struct db_stmt remove = DB_STMT("DELETE FROM audit WHERE at < ?", args);

	st = system_db_number(db, &count, &p->n, err);
	return st == ST_OK ? system_db_run(db, &remove, NULL, NULL, err) : st;
}

enum status
audit_records_prune(
    struct system_db *db, int64_t before_ms, int64_t *n, struct error *err)
{
	struct pruning p = { .before_ms = before_ms };
	enum status st = system_db_transact(db, prune, &p, err);

	*n = p.n;
	return st;
}
