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
	return st == ST_OK
		   ? each_read(db, arena,
			 "SELECT id FROM user u WHERE is_active = 1 AND"
			 " (is_sys_admin = 0 OR EXISTS (SELECT 1 FROM"
			 " user_to_app_to_role r WHERE r.user_id = u.id))"
			 " ORDER BY id",
			 &out->users, err)
		   : st;
}

/* Of whom a limit has counters: of each combination one. Where there is nobody
 * yet, there is one for nobody: clients look at the first without asking how
 * many there are. */
struct span {
	struct each apps, users, services;
	size_t n;
};

static struct each
each_of(bool is_each, const struct each *all)
{
	return is_each && all->n > 0 ? *all : not_each;
}

static struct span
span_of(const struct limit *limit, const struct everybody *all)
{
	const struct limit_scope *scope = limit_scope(limit->type);
	struct span span = {
		.apps = each_of(scope->app && limit->app_id == 0, &all->apps),
		.users = each_of(scope->each_user, &all->users),
		.services = each_of(
		    scope->service && limit->service_id == 0, &all->services),
	};

	span.n = span.apps.n * span.users.n * span.services.n;
	return span;
}

/* The i-th counter of a limit. */
static struct limit_counter
counter_at(const struct limit *limit, const struct span *span, size_t i)
{
	struct limit_counter counter = { .limit = limit };

	counter.whose.service_id = span->services.ids[i % span->services.n];
	i /= span->services.n;
	counter.whose.user_id = span->users.ids[i % span->users.n];
	counter.whose.app_id = span->apps.ids[i / span->users.n];
	return counter;
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
limited_find(struct system_db *db, struct arena *arena, const int64_t *ids,
    size_t n_ids, struct limited *out, struct error *err)
{
	struct everybody *all = arena_zalloc(arena, sizeof(*all));
	struct limit_record *records;
	struct limit *limits;
	size_t n;
	enum status st = limit_records_list(db, arena, &records, &n, err);

	*out = (struct limited){ .all = all };
	if (st == ST_OK)
		st = everybody_read(db, arena, all, err);
	if (st != ST_OK || n == 0)
		return st;
	qsort(records, n, sizeof(records[0]), by_id);
	limits = arena_alloc(arena, n * sizeof(limits[0]));
	for (size_t i = 0; i < n; i++) {
		if (is_wanted(&records[i], ids, n_ids))
			limits[out->n++] = limit_build(arena, &records[i]);
	}
	out->limits = limits;
	return ST_OK;
}

size_t
limited_count(const struct limited *limited)
{
	size_t n = 0;

	for (size_t i = 0; i < limited->n; i++)
		n += span_of(&limited->limits[i], limited->all).n;
	return n;
}

static struct limit_counters
counters_new(struct arena *arena, size_t n)
{
	return (struct limit_counters){
		.list =
		    arena_alloc(arena, (n + 1) * sizeof(struct limit_counter)),
	};
}

struct limit_counters
limited_page(
    const struct limited *limited, struct arena *arena, size_t offset, size_t n)
{
	struct limit_counters page = counters_new(arena, n);

	for (size_t i = 0; i < limited->n && page.n < n; i++) {
		const struct limit *limit = &limited->limits[i];
		struct span span = span_of(limit, limited->all);

		for (; offset < span.n && page.n < n; offset++)
			page.list[page.n++] = counter_at(limit, &span, offset);
		offset -= span.n;
	}
	return page;
}

struct limit_counters
limited_heads(const struct limited *limited, struct arena *arena, size_t most)
{
	struct limit_counters heads = counters_new(arena, limited->n * most);

	for (size_t i = 0; i < limited->n; i++) {
		const struct limit *limit = &limited->limits[i];
		struct span span = span_of(limit, limited->all);

		for (size_t k = 0; k < span.n && k < most; k++)
			heads.list[heads.n++] = counter_at(limit, &span, k);
	}
	return heads;
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
    const struct limit_counters *counters)
{
	enum status st = ST_OK;

	for (size_t at = 0; at < counters->n && st == ST_OK; at += BATCH) {
		size_t left = counters->n - at;

		st = batch_run(req, kind, counters->list + at,
		    left < BATCH ? left : BATCH);
	}
	return st;
}

enum status
limit_counters_look(struct request *req, const struct limit_counters *counters)
{
	return counters_run(req, CACHE_LOOK, counters);
}

enum status
limit_counters_end(struct request *req, const struct limit_counters *counters)
{
	return counters_run(req, CACHE_DEL, counters);
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
