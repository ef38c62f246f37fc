#include "app/services/cache/call.h"

#include <assert.h>

#include "app/base/clock.h"
#include "app/services/cache/cache.h"
#include "app/services/cache/key.h"
#include "app/services/cache/rights.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stores.h"

/* Of one exec; the front gathers as many. */
#define CHUNK_OPS 768

enum status
cache_call_open(struct cache_call *c, struct request *req, struct error *err)
{
	const struct cache_service *service = req->service->instance;

	req->store = service->store;
	*c = (struct cache_call){
		.req = req,
		.service = service,
		.deadline_ms = clock_boot_ms() + service->timeout_ms,
	};
	if (rights_filtered(req))
		return error_set(err, ST_DENIED,
		    "The row filters of the role cannot be applied here.");
	return key_of_path(req, &c->key, err);
}

struct cache_op
cache_call_op(const struct cache_call *c, enum cache_kind kind, struct str key)
{
	return (struct cache_op){
		.kind = kind, .space = &c->service->space, .key = key
	};
}

static bool
is_answer(enum status st)
{
	return st == ST_OK || st == ST_MISSING || st == ST_EXISTS;
}

/* How many operations may go together: what they read is held at once, and is
 * counted only then. */
static size_t
chunk_max(const struct cache_call *c, enum cache_kind kind)
{
	size_t n = CACHE_CHUNK_BYTES / c->service->max_value;
	bool reads = kind == CACHE_GET || kind == CACHE_PULL;

	return !reads || n > CHUNK_OPS ? CHUNK_OPS : n;
}

static enum status
chunk_run(const struct cache_call *c, struct cache_op *ops, size_t n)
{
	struct cache_op *list[CHUNK_OPS];
	enum status st;

	assert(n > 0 && n <= CHUNK_OPS);
	for (size_t i = 0; i < n; i++)
		list[i] = &ops[i];
	st = stores_exec_until(c->req, STORE_SERVICE, list, n, c->deadline_ms);
	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = is_answer(ops[i].status) ? ST_OK : ops[i].status;
	return st;
}

static size_t
bytes_read(const struct cache_op *ops, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		if (ops[i].kind == CACHE_GET && ops[i].status == ST_OK)
			bytes += ops[i].value.n;
	}
	return bytes;
}

enum status
cache_call_run(const struct cache_call *c, struct cache_op *ops, size_t n)
{
	size_t done = 0, bytes = 0;
	enum status st = ST_OK;

	while (done < n && st == ST_OK) {
		size_t max = chunk_max(c, ops[done].kind);
		size_t m = n - done < max ? n - done : max;

		st = chunk_run(c, ops + done, m);
		bytes += bytes_read(ops + done, m);
		if (st == ST_OK && bytes > CACHE_CALL_BYTES)
			st = ST_REFUSED;
		done += m;
	}
	for (; done < n; done++)
		ops[done].status = ST_UNAVAILABLE;
	return st;
}

struct cache_conn *
cache_call_conn(const struct cache_call *c, struct error *err)
{
	return stores_conn(c->req->stores, c->req->store, err);
}
