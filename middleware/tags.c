#include "middleware/tags.h"

#include "app/base/log.h"
#include "app/base/secret.h"
#include "middleware/stores.h"

bool
tags_take(struct tag_versions *versions, struct cache_op *const *gets)
{
	for (size_t i = 0; i < versions->n; i++) {
		if (gets[i]->status != ST_OK ||
		    gets[i]->value.n != TAG_VERSION_BYTES)
			return false;
		memcpy(
		    versions->version[i], gets[i]->value.p, TAG_VERSION_BYTES);
	}
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
		ops[i].key = tags[i];
		ops[i].value =
		    str_make((const char *)fresh[i], TAG_VERSION_BYTES);
		ops[n + i].kind = CACHE_GET;
		ops[n + i].key = tags[i];
		list[i] = &ops[i];
		list[n + i] = &ops[n + i];
	}
	return stores_exec(req, STORE_CACHE, list, 2 * n) == ST_OK &&
	       tags_take(versions, list + n);
}

enum status
tags_bump(
    struct request *req, const struct str *tags, size_t n, struct error *err)
{
	struct cache_op ops[TAGS_MAX] = { 0 };
	struct cache_op *list[TAGS_MAX] = { 0 };
	enum status st;

	for (size_t i = 0; i < n; i++) {
		ops[i].kind = CACHE_DEL;
		ops[i].key = tags[i];
		list[i] = &ops[i];
	}
	st = stores_exec(req, STORE_CACHE, list, n);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		if (ops[i].status != ST_OK && ops[i].status != ST_MISSING)
			st = ops[i].status;
	}
	if (st == ST_OK)
		return ST_OK;
	log_line(LOG_ERROR, req->id,
	    "cache store: tags of a write could not be deleted: %s",
	    status_name(st));
	return error_set(err, st, "The cache store cannot be reached.");
}
