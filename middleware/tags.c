#include "middleware/tags.h"

#include <assert.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/pending.h"
#include "middleware/stores.h"

struct str
tag_shard(struct str tag)
{
	struct str shard = str_skip(tag, 2);

	assert(str_starts(tag, STR("t:")));
	return str_cut(&shard, ':');
}

void
tag_op(struct cache_op *op, struct str tag)
{
	op->space = &space_responses;
	op->key = tag;
	op->shard = tag_shard(tag);
}

/* A server that answered another way than the rest may have lost what they
 * have not: their versions are of no use together. */
static bool
same_life(const struct cache_op *a, const struct cache_op *b)
{
	return memcmp(a->incarnation, b->incarnation, INCARNATION_BYTES) == 0;
}

bool
tags_take(struct tag_versions *versions, struct cache_op *const *gets)
{
	for (size_t i = 0; i < versions->n; i++) {
		if (gets[i]->status != ST_OK ||
		    gets[i]->value.n != TAG_VERSION_BYTES ||
		    !same_life(gets[0], gets[i]))
			return false;
		memcpy(
		    versions->version[i], gets[i]->value.p, TAG_VERSION_BYTES);
	}
	if (versions->n > 0)
		memcpy(versions->incarnation, gets[0]->incarnation,
		    INCARNATION_BYTES);
	return true;
}

/* ADD, so that all readers agree on the version that came first; then GET, in
 * the same batch. */
bool
tags_mint(
    struct request *req, const struct str *tags, struct tag_versions *versions)
{
	uint8_t fresh[TAGS_MAX][TAG_VERSION_BYTES];
	struct cache_op ops[2 * TAGS_MAX] = { 0 };
	struct cache_op *list[2 * TAGS_MAX];
	size_t n = versions->n;

	secret_random(fresh, sizeof(fresh));
	for (size_t i = 0; i < n; i++) {
		ops[i].kind = CACHE_ADD;
		tag_op(&ops[i], tags[i]);
		ops[i].value =
		    str_make((const char *)fresh[i], TAG_VERSION_BYTES);
		ops[n + i].kind = CACHE_GET;
		tag_op(&ops[n + i], tags[i]);
		list[i] = &ops[i];
		list[n + i] = &ops[n + i];
	}
	return stores_exec(req, STORE_CACHE, list, 2 * n) == ST_OK &&
	       tags_take(versions, list + n);
}

enum status
tags_delete(struct stores *stores, const struct str *tags, size_t n,
    int64_t deadline_ms, size_t *found)
{
	struct cache_op ops[TAGS_MAX] = { 0 };
	struct cache_op *list[TAGS_MAX] = { 0 };
	struct store *store = stores_of(stores->shared, STORE_CACHE);
	struct cache_conn *conn = stores_conn(stores, store, NULL);
	enum status st;

	*found = 0;
	if (n == 0)
		return ST_OK;
	if (conn == NULL)
		return ST_UNAVAILABLE;
	for (size_t i = 0; i < n; i++) {
		ops[i].kind = CACHE_DEL;
		tag_op(&ops[i], tags[i]);
		list[i] = &ops[i];
	}
	st = store->driver->exec(conn, list, n, deadline_ms);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		if (ops[i].status == ST_OK)
			++*found;
		else if (ops[i].status != ST_MISSING)
			st = ops[i].status;
	}
	return st;
}

static enum status
delete_all(
    struct request *req, const struct str *tags, size_t n, int64_t deadline_ms)
{
	size_t found;

	assert(req->may_block);
	return tags_delete(req->stores, tags, n, deadline_ms, &found);
}

static void
keep_pending(
    struct request *req, const struct str *tags, size_t n, enum status st)
{
	log_line(LOG_ERROR, req->id,
	    "cache store: the tags of a write could not be deleted (%s): what "
	    "depends on them is not served from the cache until they are",
	    status_name(st));
	pending_add(req->stores->pending, tags, n);
}

enum status
tags_bump_before(struct request *req, const struct str *tags, size_t n)
{
	enum status st = delete_all(
	    req, tags, n, clock_boot_ms() + req->settings->store_timeout);

	if (st == ST_OK ||
	    req->settings->cache_write_on_error == WRITE_ON_ERROR_REFUSE)
		return st;
	keep_pending(req, tags, n, st);
	return ST_OK;
}

void
tags_bump_after(struct request *req, const struct str *tags, size_t n)
{
	int64_t soon = clock_boot_ms() + req->settings->store_timeout;
	int64_t deadline = req->deadline_ms > soon ? req->deadline_ms : soon;
	enum status st = delete_all(req, tags, n, deadline);

	if (st != ST_OK)
		keep_pending(req, tags, n, st);
}
