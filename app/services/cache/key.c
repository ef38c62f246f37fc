#include "app/services/cache/key.h"

#include "app/base/arena.h"
#include "app/base/table.h"
#include "app/base/uri.h"
#include "app/base/utf8.h"
#include "app/services/cache/call.h"
#include "drivers/cache/cache.h"
#include "middleware/request.h"

#define SHOWN_MAX 100

const char *
key_fault(struct str key)
{
	bool named = false;
	size_t n;

	if (key.n == 0)
		return "is empty";
	if (key.n > CACHE_KEY_MAX)
		return "is longer than 1024 bytes";
	for (size_t i = 0; i < key.n; i += n) {
		unsigned char c = (unsigned char)key.p[i];

		if (c < 0x20 || c == 0x7f)
			return "holds a control character";
		n = utf8_first(str_skip(key, i));
		if (n == 0)
			return "is not UTF-8";
		named |= c != '/';
	}
	return named ? NULL : "holds nothing but slashes";
}

struct str
key_shown(struct arena *arena, struct str key)
{
	size_t n = 0, next = 0;

	if (key.n <= SHOWN_MAX)
		return key;
	/* Whole characters. */
	do {
		n = next;
		next = n + utf8_first(str_skip(key, n));
	} while (next > n && next <= SHOWN_MAX);
	return arena_printf(arena, "%.*s...", (int)n, key.p);
}

enum status
key_of_path(const struct request *req, struct str *key, struct error *err)
{
	struct str sent = req->resource_sent;
	const char *fault;

	*key = STR_NULL;
	if (sent.n == 0)
		return ST_OK;
	if (sent.p[sent.n - 1] == '/')
		sent.n--;
	(void)uri_decode(req->arena, sent, false, key); /* route.c did it */
	fault = key_fault(*key);
	if (fault != NULL)
		return error_set(err, ST_INVALID, "The key %s.", fault);
	return ST_OK;
}

static size_t
count_pieces(struct str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	return n;
}

static enum status
twice_check(struct arena *arena, struct str *keys, size_t n, struct error *err)
{
	struct table seen;

	table_init(&seen, arena, n);
	for (size_t i = 0; i < n; i++) {
		if (!table_add(&seen, keys[i], &keys[i]))
			return error_set(err, ST_INVALID,
			    "keys[%zu] is the same as an earlier one.", i);
	}
	return ST_OK;
}

enum status
keys_of_query(
    const struct request *req, struct str **list, size_t *n, struct error *err)
{
	struct str rest =
	    uri_query_find(req->arena, req->query_sent, STR("keys"));

	*list = NULL;
	*n = 0;
	if (str_is_null(rest))
		return ST_OK;
	if (count_pieces(rest) > CACHE_CALL_KEYS)
		return error_set(err, ST_INVALID,
		    "The request names %zu keys; at most %d are allowed.",
		    count_pieces(rest), CACHE_CALL_KEYS);
	*list = arena_alloc(req->arena, count_pieces(rest) * sizeof(**list));
	while (rest.p != NULL) {
		struct str *key = &(*list)[(*n)++];
		const char *fault;

		(void)uri_decode(req->arena, str_cut(&rest, ','), true, key);
		fault = key_fault(*key);
		if (fault != NULL)
			return error_set(
			    err, ST_INVALID, "keys[%zu] %s.", *n - 1, fault);
	}
	return twice_check(req->arena, *list, *n, err);
}
