#include "drivers/db/stmt_cache.h"

#include <stdbool.h>
#include <stdlib.h>

#include "app/base/hash.h"

void
stmt_cache_init(struct stmt_cache *cache, stmt_close_f *close)
{
	*cache = (struct stmt_cache){ .close = close };
}

static bool
is_of(const struct stmt_place *place, struct str text)
{
	return place->stmt != NULL && str_eq(place->text, text);
}

/* Where the text is; else NULL. */
static struct stmt_place *
place_find(struct stmt_cache *cache, struct str text)
{
	uint64_t hash = hash_str(text);

	for (size_t i = 0; i < STMT_CACHE_MAX; i++) {
		struct stmt_place *place = &cache->places[i];

		if (place->hash == hash && is_of(place, text))
			return place;
	}
	return NULL;
}

/* A free place is older than any other. */
static struct stmt_place *
place_oldest(struct stmt_cache *cache)
{
	struct stmt_place *oldest = &cache->places[0];

	for (size_t i = 1; i < STMT_CACHE_MAX; i++) {
		if (cache->places[i].last_used < oldest->last_used)
			oldest = &cache->places[i];
	}
	return oldest;
}

static void
place_empty(struct stmt_cache *cache, struct stmt_place *place)
{
	if (place->stmt == NULL)
		return;
	cache->close(place->stmt);
	free((char *)place->text.p);
	*place = (struct stmt_place){ .stmt = NULL };
}

static struct str
text_copy(struct str s)
{
	char *p = malloc(s.n + 1);

	if (p == NULL)
		abort();
	memcpy(p, s.p, s.n);
	return str_make(p, s.n);
}

static void
place_use(struct stmt_cache *cache, struct stmt_place *place)
{
	place->last_used = ++cache->tick;
	cache->latest = place;
}

/* Often the same comes again at once. */
void *
stmt_cache_find(struct stmt_cache *cache, struct str text)
{
	struct stmt_place *place = cache->latest;

	if (place != NULL && is_of(place, text))
		return place->stmt;
	place = place_find(cache, text);
	if (place == NULL)
		return NULL;
	place_use(cache, place);
	return place->stmt;
}

void
stmt_cache_add(struct stmt_cache *cache, struct str text, void *stmt)
{
	struct stmt_place *place = place_oldest(cache);

	place_empty(cache, place);
	*place = (struct stmt_place){
		.hash = hash_str(text), .text = text_copy(text), .stmt = stmt
	};
	place_use(cache, place);
}

void
stmt_cache_drop(struct stmt_cache *cache, struct str text)
{
	struct stmt_place *place = place_find(cache, text);

	if (place != NULL)
		place_empty(cache, place);
}

void
stmt_cache_clear(struct stmt_cache *cache)
{
	for (size_t i = 0; i < STMT_CACHE_MAX; i++)
		place_empty(cache, &cache->places[i]);
}
