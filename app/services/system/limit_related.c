#include "app/services/system/limit_related.h"

#include "app/base/arena.h"
#include "app/base/log.h"
#include "middleware/people.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/system_pool.h"
#include "middleware/request.h"

#define HEADS_MAX 100 /* counters of one limit; /limit_cache has the rest */

bool
limit_related_asked(struct str related)
{
	while (related.n > 0) {
		if (str_eq_nocase(
			str_trim(str_cut(&related, ',')), STR(LIMIT_COUNTERS)))
			return true;
	}
	return false;
}

struct ids {
	int64_t *list;
	size_t n;
};

static void
id_take(struct arena *arena, struct json record, struct ids *ids)
{
	if (json_to_i64(json_get(arena, record, STR("id")), &ids->list[ids->n]))
		ids->n++;
}

static struct ids
ids_of(struct arena *arena, struct json answer)
{
	struct json list = json_get(arena, answer, STR("resource"));
	struct json_member element;
	struct json_walk walk;
	struct ids ids = { .n = 0 };

	if (json_kind(answer) == JSON_ARRAY)
		list = answer;
	ids.list =
	    arena_alloc(arena, (json_count(list) + 1) * sizeof(ids.list[0]));
	if (json_kind(list) != JSON_ARRAY) {
		id_take(arena, answer, &ids);
		return ids;
	}
	walk = json_walk(arena, list);
	while (json_next(&walk, &element))
		id_take(arena, element.value, &ids);
	return ids;
}

static enum status
limits_find(struct request *req, const struct ids *ids, struct limited *out,
    struct error *err)
{
	struct system_db db;
	enum status st =
	    system_pool_take(req->people->pool, req->deadline_ms, &db, err);

	if (st != ST_OK)
		return st;
	st = limited_find(&db, req->arena, ids->list, ids->n, out, err);
	system_pool_give(req->people->pool, &db);
	return st;
}

bool
limit_related_read(
    struct request *req, struct json answer, struct limit_counters *out)
{
	struct ids ids = ids_of(req->arena, answer);
	struct error err = { 0 };
	struct limited limits;
	enum status st;

	*out = (struct limit_counters){ .n = 0 };
	if (ids.n == 0)
		return true;
	st = limits_find(req, &ids, &limits, &err);
	if (st != ST_OK) {
		log_line(LOG_ERROR, req->id, "system database: %s", err.text);
		response_busy(req, "The system database cannot be reached.");
		return false;
	}
	*out = limited_heads(&limits, req->arena, HEADS_MAX);
	st = limit_counters_look(req, out);
	if (st == ST_OK)
		return true;
	log_line(LOG_ERROR, req->id, "limit store: %s", status_name(st));
	response_busy(req,
	    "The rate limit store cannot be reached: ask without "
	    "related=" LIMIT_COUNTERS ".");
	return false;
}
