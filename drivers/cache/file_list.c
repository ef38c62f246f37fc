#include "drivers/cache/file_list.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "drivers/cache/file_entry.h"
#include "drivers/cache/file_lock.h"
#include "drivers/cache/file_store.h"
#include "drivers/cache/file_walk.h"

#define LOOKS_MOST 4000 /* files opened for one page */
#define NAMES      2048 /* at hand of one folder */
#define KEPT       1024 /* of them, when there are more */
#define MARGIN_MS  20   /* before the deadline: the answer must be in time */

typedef uint8_t name_digest[DIGEST_BYTES];

/* The listing of a page. */
struct list {
	struct file_store *store;
	struct cache_page *page;
	int64_t now_ms; /* Unix time */
	int64_t until_ms;
	size_t looks;
	bool begun; /* `last` is the digest looked at last */
	name_digest last;
	name_digest *names; /* NAMES, of one folder, behind `last` */
	size_t n;
};

static int
in_order(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST_BYTES);
}

/* Only the first of them are needed: what comes behind is found again. */
static bool
meet(void *ctx, int folder, const char *name)
{
	struct list *l = ctx;

	(void)folder;
	if (!file_name_parse(name, l->names[l->n]))
		return true;
	if (l->begun && memcmp(l->names[l->n], l->last, DIGEST_BYTES) <= 0)
		return true;
	if (++l->n < NAMES)
		return true;
	qsort(l->names, l->n, sizeof(l->names[0]), in_order);
	l->n = KEPT;
	return true;
}

/* Adds the key of a file, if it is asked for. */
static enum status
look(struct list *l, int folder, const name_digest digest)
{
	struct cache_page *page = l->page;
	char name[FILE_NAME_BYTES];
	struct file_entry e;
	enum status st;

	(void)file_name(digest, name);
	l->looks++;
	memcpy(l->last, digest, DIGEST_BYTES);
	l->begun = true;
	st = file_entry_open(l->store, folder, name, false, &e);
	if (st != ST_OK)
		return st == ST_MISSING ? ST_OK : st;
	if (file_entry_live(&e, STR_NULL, l->now_ms) &&
	    str_starts(file_entry_key(&e), page->prefix))
		page->keys[page->n++] =
		    arena_dup(page->arena, file_entry_key(&e));
	file_entry_close(&e);
	return ST_OK;
}

static bool
enough(const struct list *l)
{
	return l->page->n == l->page->limit || l->looks >= LOOKS_MOST ||
	       clock_boot_ms() >= l->until_ms;
}

/* Looks at the next names of a folder that is open. */
static enum status
folder_look(struct list *l, int folder)
{
	int names = file_store_folder(l->store, folder, ".", false);
	enum status st = ST_OK;

	if (names < 0)
		return file_store_fail(l->store);
	l->n = 0;
	file_names(names, meet, l);
	qsort(l->names, l->n, sizeof(l->names[0]), in_order);
	for (size_t i = 0; st == ST_OK && i < l->n && !enough(l); i++)
		st = look(l, folder, l->names[i]);
	return st;
}

static enum status
shard_list(struct list *l, struct str space, unsigned shard)
{
	enum status st;
	int folder;

	st = file_store_shard(l->store, space, shard, false, &folder);
	if (st != ST_OK)
		return st == ST_MISSING ? ST_OK : st;
	do
		st = folder_look(l, folder);
	while (st == ST_OK && l->n >= KEPT && !enough(l));
	(void)close(folder);
	return st;
}

static enum status
shards_list(struct list *l, struct str space)
{
	unsigned shard = l->begun ? l->last[0] : 0;
	char hex[2 * DIGEST_BYTES];

	for (; shard < FILE_SHARDS; shard++) {
		enum status st = shard_list(l, space, shard);

		if (st != ST_OK)
			return st;
		if (!enough(l))
			continue;
		if (l->looks == 0) /* there was no time */
			return ST_TIMEOUT;
		hex_encode(hex, l->last, DIGEST_BYTES);
		l->page->cursor =
		    arena_dup(l->page->arena, str_make(hex, sizeof(hex)));
		return ST_OK;
	}
	l->page->cursor = STR("");
	return ST_OK;
}

enum status
file_list(struct file_store *store, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err)
{
	struct list l = {
		.store = store,
		.page = page,
		.now_ms = clock_now().wall_ms,
		.until_ms = deadline_ms - MARGIN_MS,
		.begun = page->cursor.n > 0,
	};
	enum status st;

	page->n = 0;
	if (l.begun && !hex_decode(l.last, DIGEST_BYTES, page->cursor))
		return error_set(
		    err, ST_INVALID, "the cursor is none of this store");
	page->keys =
	    arena_alloc(page->arena, page->limit * sizeof(page->keys[0]));
	l.names = malloc(NAMES * sizeof(l.names[0]));
	if (l.names == NULL)
		abort();
	st = shards_list(&l, space->name);
	free(l.names);
	if (st == ST_TIMEOUT)
		return error_set(err, st, "the file store took too long");
	if (st != ST_OK)
		return error_set(err, st, "%s: %s", store->folder.path,
		    strerror(store->reason));
	return ST_OK;
}
