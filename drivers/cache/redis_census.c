#include "drivers/cache/redis_census.h"

#include <inttypes.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_cluster.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_scan.h"
#include "drivers/cache/redis_survey.h"

#define HEX_BYTES 8

/* Where a page begins, and in the end the next one. */
struct place {
	uint64_t round; /* 0: nowhere yet */
	uint64_t map;   /* 0: it has changed */
	uint64_t rank;
	struct str rest;
};

static bool
number_read(struct str text, uint64_t *out)
{
	uint8_t bytes[HEX_BYTES];

	if (!hex_decode(bytes, HEX_BYTES, text))
		return false;
	*out = 0;
	for (size_t i = 0; i < HEX_BYTES; i++)
		*out = *out << 8 | bytes[i];
	return true;
}

static bool
place_read(struct str text, struct place *out)
{
	struct str round = str_cut(&text, '-');
	struct str map = str_cut(&text, '-');
	struct str rank = str_cut(&text, '-');

	*out = (struct place){ .rest = text };
	if (round.n == 0)
		return map.p == NULL;
	return text.p != NULL && str_to_u64(round, &out->round) &&
	       out->round >= 1 && out->round <= REDIS_SURVEY_ROUNDS &&
	       number_read(map, &out->map) && number_read(rank, &out->rank);
}

static struct str
place_write(const struct place *place, struct arena *arena)
{
	return arena_printf(arena,
	    "%" PRIu64 "-%016" PRIx64 "-%016" PRIx64 "-%.*s", place->round,
	    place->map, place->rank, STR_ARG(place->rest));
}

/* A page on its way. */
struct census {
	struct cache_conn *conn;
	const struct cache_space *space;
	struct cache_page *page;
	struct place place;
	int64_t deadline_ms;
	bool over; /* there are no more keys */
};

/* Adds keys of the master that is asked. */
static enum status
master_list(struct census *census, struct error *err)
{
	struct cache_page *page = census->page;
	struct cache_page part = {
		.prefix = page->prefix,
		.cursor = census->place.rest,
		.limit = page->limit - page->n,
		.arena = page->arena,
	};
	enum status st = redis_scan_list(
	    census->conn, census->space, &part, census->deadline_ms, err);

	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < part.n; i++)
		page->keys[page->n++] = part.keys[i];
	census->place.rest = part.cursor;
	return ST_OK;
}

/* After the last master: begins another round, if need be. */
static enum status
round_end(struct census *census, struct error *err)
{
	struct place *place = &census->place;
	bool moved = false;
	enum status st;

	census->over = place->round == REDIS_SURVEY_ROUNDS;
	if (census->over)
		return ST_OK;
	st = redis_survey_moved(
	    census->conn, place->map, census->deadline_ms, &moved, err);
	if (st == ST_OK && moved)
		st =
		    redis_survey_settle(census->conn, census->deadline_ms, err);
	census->over = !moved;
	*place = (struct place){ place->round + 1, census->conn->cluster->map,
		0, STR("") };
	return st;
}

/* Keys of one master, or the end of a round. */
static enum status
step(struct census *census, struct error *err)
{
	struct place *place = &census->place;
	uint64_t rank = place->rank;
	enum status st;

	if (!redis_survey_visit(census->conn, &rank))
		return round_end(census, err);
	if (rank != place->rank)
		place->rest = STR("");
	place->rank = rank;
	st = master_list(census, err);
	if (st == ST_OK && place->rest.n == 0)
		place->rank++;
	return st;
}

/* After half of its time a page ends with what it has, maybe nothing. */
static enum status
walk(struct census *census, struct error *err)
{
	struct cache_page *page = census->page;
	int64_t now_ms = clock_boot_ms();
	int64_t until_ms = now_ms + (census->deadline_ms - now_ms) / 2;

	while (!census->over && page->n < page->limit && now_ms < until_ms) {
		enum status st = step(census, err);

		if (st != ST_OK)
			return st;
		now_ms = clock_boot_ms();
	}
	page->cursor =
	    census->over ? STR("") : place_write(&census->place, page->arena);
	return ST_OK;
}

enum status
redis_census_list(struct cache_conn *conn, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err)
{
	struct census census = { .conn = conn,
		.space = space,
		.page = page,
		.deadline_ms = deadline_ms };
	struct place *place = &census.place;
	enum status st;

	if (!place_read(page->cursor, place))
		return error_set(err, ST_INVALID, "this is no cursor");
	st = redis_refresh_await(conn->cluster, deadline_ms, err);
	if (st != ST_OK)
		return st;
	if (place->round == 0)
		*place = (struct place){ 1, conn->cluster->map, 0, STR("") };
	else if (place->map != conn->cluster->map)
		place->map = 0;
	page->n = 0;
	page->keys =
	    arena_alloc(page->arena, page->limit * sizeof(page->keys[0]));
	st = walk(&census, err);
	conn->asked = NULL;
	return st;
}
