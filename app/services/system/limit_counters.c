#include "app/services/system/limit_counters.h"

#include <stdlib.h>

#include "app/base/jsonmember.h"
#include "middleware/limit_count.h"
#include "middleware/registry/limit_build.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/system_db.h"
#include "middleware/request.h"
#include "middleware/stores.h"

#define BATCH 256 /* counters in one round trip */

/* Who is counted each alone: ids, of which there may be none. */
struct each {
	const int64_t *ids;
	size_t n;
};

static const int64_t nobody[] = { 0 };
static const struct each not_each = { nobody, 1 };

/* What limits are on each of. */
struct everybody {
	struct each apps, users, services;
};

static enum status
id_row(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *id = array_add(ctx, sizeof(*id));

	(void)n;
	*id = value_i64(v);
	return ST_OK;
}

static enum status
each_read(struct system_db *db, struct arena *arena, const char *sql,
    struct each *out, struct error *err)
{
	struct buf ids = buf_in(arena);
	struct db_stmt stmt = { str_of(sql), NULL, 0 };
	enum status st = system_db_run(db, &stmt, id_row, &ids, err);

	*out = (struct each){ (const int64_t *)(const void *)ids.p,
		ids.n / sizeof(int64_t) };
	return st;
}

static enum status
everybody_read(struct system_db *db, struct arena *arena, struct everybody *out,
    struct error *err)
{
	enum status st = each_read(
	    db, arena, "SELECT id FROM app ORDER BY id", &out->apps, err);

	if (st == ST_OK)
		st = each_read(db, arena, "SELECT id FROM service ORDER BY id",
		    &out->services, err);
	return st == ST_OK ? each_read(db, arena,
				 "SELECT id FROM user WHERE is_active = 1 AND"
				 " is_sys_admin = 0 ORDER BY id",
				 &out->users, err)
			   : st;
}

/* Where there is nobody yet, there is one for nobody: clients look at the first
 * without asking how many there are. */
static void
limit_expand(
    struct buf *list, const struct limit *limit, const struct everybody *all)
{
	const struct limit_scope *scope = limit_scope(limit->type);
	struct each apps = scope->app && limit->app_id == 0 && all->apps.n > 0
			       ? all->apps
			       : not_each;
	struct each users =
	    scope->each_user && all->users.n > 0 ? all->users : not_each;
	struct each services =
	    scope->service && limit->service_id == 0 ? all->services : not_each;

	for (size_t a = 0; a < apps.n; a++)
		for (size_t u = 0; u < users.n; u++)
			for (size_t s = 0; s < services.n; s++) {
				struct limit_counter *c =
				    array_add(list, sizeof(*c));

				c->limit = limit;
				c->whose.app_id = apps.ids[a];
				c->whose.user_id = users.ids[u];
				c->whose.service_id = services.ids[s];
			}
}

static bool
is_wanted(const struct limit_record *r, const int64_t *ids, size_t n_ids)
{
	if (n_ids == 0)
		return r->active;
	for (size_t i = 0; i < n_ids; i++) {
		if (ids[i] == r->id)
			return true;
	}
	return false;
}

static int
by_id(const void *left, const void *right)
{
	const struct limit_record *a = left, *b = right;

	return a->id < b->id ? -1 : a->id > b->id;
}

enum status
limit_counters_find(struct system_db *db, struct arena *arena,
    const int64_t *ids, size_t n_ids, struct limit_counters *out,
    struct error *err)
{
	struct buf list = buf_in(arena);
	struct limit_record *records;
	struct everybody all;
	size_t n;
	enum status st = limit_records_list(db, arena, &records, &n, err);

	*out = (struct limit_counters){ .n = 0 };
	if (st == ST_OK)
		st = everybody_read(db, arena, &all, err);
	if (st != ST_OK || n == 0)
		return st;
	qsort(records, n, sizeof(records[0]), by_id);
	for (size_t i = 0; i < n; i++) {
		struct limit *limit;

		if (!is_wanted(&records[i], ids, n_ids))
			continue;
		limit = arena_alloc(arena, sizeof(*limit));
		*limit = limit_build(arena, &records[i]);
		limit_expand(&list, limit, &all);
	}
	out->list = (struct limit_counter *)(void *)list.p;
	out->n = list.n / sizeof(out->list[0]);
	return ST_OK;
}

/* The first failure of the store, of at most BATCH counters. */
static enum status
batch_run(struct request *req, enum cache_kind kind, struct limit_counter *list,
    size_t n)
{
	struct cache_op *ops = arena_zalloc(req->arena, n * sizeof(ops[0]));
	struct cache_op *refs[BATCH];
	enum status st;

	for (size_t i = 0; i < n; i++) {
		refs[i] = &ops[i];
		ops[i].kind = kind;
		ops[i].counter = kind == CACHE_DEL;
		limit_count_fill(
		    &ops[i], list[i].limit, &list[i].whose, req->arena);
	}
	st = stores_exec(req, STORE_LIMIT, refs, n);
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		if (ops[i].status != ST_OK && ops[i].status != ST_MISSING)
			st = ops[i].status;
		list[i].attempts = ops[i].count;
	}
	return st;
}

static enum status
counters_run(struct request *req, enum cache_kind kind,
    struct limit_counter *list, size_t n)
{
	enum status st = ST_OK;

	for (size_t at = 0; at < n && st == ST_OK; at += BATCH)
		st = batch_run(
		    req, kind, list + at, n - at < BATCH ? n - at : BATCH);
	return st;
}

enum status
limit_counters_look(struct request *req, struct limit_counter *list, size_t n)
{
	return counters_run(req, CACHE_LOOK, list, n);
}

enum status
limit_counters_end(struct request *req, struct limit_counter *list, size_t n)
{
	return counters_run(req, CACHE_DEL, list, n);
}

/* The limit's own key, with whom it counts behind each "each_". */
static struct str
key_of(const struct limit_counter *counter, struct buf *key)
{
	struct str rest = counter->limit->key_text;

	while (!str_is_null(rest)) {
		struct str part = str_cut(&rest, '.');

		if (key->n > 0)
			buf_put_char(key, '.');
		buf_put(key, part);
		if (str_eq(part, STR("each_user")))
			buf_printf(
			    key, ":%lld", (long long)counter->whose.user_id);
		else if (str_eq(part, STR("each_app")))
			buf_printf(
			    key, ":%lld", (long long)counter->whose.app_id);
		else if (str_eq(part, STR("each_service")))
			buf_printf(
			    key, ":%lld", (long long)counter->whose.service_id);
	}
	return buf_str(key);
}

void
limit_counter_put(struct buf *b, const struct limit_counter *counter)
{
	const struct limit *limit = counter->limit;
	uint32_t max =
	    limit->algorithm == CACHE_GCRA ? limit->burst : limit->rate;
	struct buf key = { 0 };

	buf_put_char(b, '{');
	put_number(b, "id", limit->id);
	put_text(b, "key", key_of(counter, &key));
	put_number(b, "max", max);
	put_number(b, "attempts", counter->attempts);
	put_number(b, "remaining",
	    counter->attempts < max ? max - counter->attempts : 0);
	buf_put_char(b, '}');
	buf_free(&key);
}
