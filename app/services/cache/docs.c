#include "app/services/cache/docs.h"

#include "app/services/cache/cache.h"
#include "app/services/docs/doc.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/store.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Of all keys of the service. */
static const struct doc_operation of_service[] = {
	{ .method = METHOD_GET,
	    .name = "list",
	    .summary = "List the keys of %, or read several values",
	    .about = "With keys their values, of which missing ones are left "
		     "out; with stats counts of the whole store; else keys, in "
		     "no order, a page at a time.",
	    .parameters = "keys default clear check_key key_prefix key_limit "
			  "cursor stats IfNoneMatch",
	    .answer = "@CacheList",
	    .errors = DOC_MISSING },
	{ .method = METHOD_POST,
	    .name = "store",
	    .summary = "Store values in %",
	    .about = "One key with its value, a list of them, or an object of "
		     "keys and values. What a key holds already is replaced.",
	    .parameters = "ttl forever create map",
	    .body = "@CacheEntries",
	    .answer = "@CacheStored",
	    .status = 201 },
	{ .method = METHOD_PUT,
	    .name = "replace",
	    .summary = "Store values in %",
	    .parameters = "ttl forever map",
	    .body = "@CacheEntries",
	    .answer = "@CacheStored" },
	{ .method = METHOD_PATCH,
	    .name = "change",
	    .summary = "Store values in %",
	    .parameters = "ttl forever map",
	    .body = "@CacheEntries",
	    .answer = "@CacheStored" },
	{ .method = METHOD_DELETE,
	    .name = "flush",
	    .summary = "Delete all keys of %, or those of keys",
	    .about = "All of this service, and of no other, without any "
		     "parameter.",
	    .parameters = "keys",
	    .answer = "@CacheStored" },
};

static const struct doc_operation of_key[] = {
	{ .method = METHOD_GET,
	    .name = "get",
	    .summary = "Read the value of a key",
	    .parameters = "default clear check_key raw IfNoneMatch",
	    .answer = "@CacheValue",
	    .errors = DOC_MISSING },
	{ .method = METHOD_POST,
	    .name = "post",
	    .summary = "Store a value under a key",
	    .parameters = "ttl forever create raw_body",
	    .body = "@CacheBody",
	    .answer = "@CacheStored",
	    .status = 201 },
	{ .method = METHOD_PUT,
	    .name = "put",
	    .summary = "Store a value under a key",
	    .parameters = "ttl forever raw_body",
	    .body = "@CacheBody",
	    .answer = "@CacheStored" },
	{ .method = METHOD_PATCH,
	    .name = "patch",
	    .summary = "Store a value under a key",
	    .parameters = "ttl forever raw_body",
	    .body = "@CacheBody",
	    .answer = "@CacheStored" },
	{ .method = METHOD_DELETE,
	    .name = "delete",
	    .summary = "Delete a key",
	    .about = "success is false when it had no value.",
	    .answer = "@Success" },
};

/* Each place of which rows of the role speak: all keys, those that begin
 * alike, or one. The subject tells them apart. */
static void
put_keys(struct doc *d)
{
	size_t n;
	struct doc_place *places = doc_places(d, STR(""), "key", &n);

	for (size_t i = 0; i < n; i++) {
		doc_subject(d, i == 0 ? STR("key")
				      : arena_printf(d->req->arena, "at/%.*s",
					    STR_ARG(places[i].component)));
		doc_path(d, places[i].path);
		if (places[i].is_open)
			doc_own(d, "key",
			    "{'type':'string','minLength':1,"
			    "'maxLength':1024,'example':'user:123:profile'}",
			    "A key, or what follows of it; a slash in it is "
			    "%2F.");
		doc_operations(d, places[i].component, of_key, LENGTH(of_key));
	}
}

void
cache_describe(struct doc *d, const struct service *service)
{
	const struct cache_service *instance = service->instance;
	struct doc_operation operations[LENGTH(of_service)];

	for (size_t i = 0; i < LENGTH(of_service); i++)
		operations[i] = of_service[i];
	if (instance->store->driver->list == NULL)
		operations[0].errors |= DOC_UNSUPPORTED;
	doc_path(d, STR(""));
	doc_operations(d, STR(""), operations, LENGTH(operations));
	put_keys(d);
}
