#include "drivers/cache/database.h"

#include "app/base/clock.h"
#include "drivers/cache/database_cache.h"
#include "drivers/cache/database_conn.h"
#include "drivers/cache/database_exec.h"
#include "drivers/cache/database_key.h"
#include "drivers/cache/database_space.h"

#define UPKEEP_MS 1000
#define PROBE_MS  60000 /* after which a probe left behind is swept */

/* Before anything but exec; a failure is said in err. */
static enum status
begin(struct cache_conn *conn, int64_t deadline_ms)
{
	arena_reset(&conn->arena);
	return database_attach(conn, deadline_ms);
}

static enum status
end(struct cache_conn *conn, enum status st, int64_t deadline_ms,
    struct error *err)
{
	if (st == ST_OK)
		return ST_OK;
	st = database_verdict(conn, st, deadline_ms);
	return error_set(err, st, "the database store: %s",
	    conn->why.text[0] == '\0' ? "it took too long" : conn->why.text);
}

static enum status
list(struct cache_conn *conn, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err)
{
	enum status st = begin(conn, deadline_ms);

	if (st == ST_OK) {
		st = database_list(conn, space, page, deadline_ms);
		if (st == ST_INVALID)
			return error_set(err, ST_INVALID,
			    "the cursor is none of this store");
	}
	return end(conn, st, deadline_ms, err);
}

static enum status
flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	enum status st = begin(conn, deadline_ms);

	if (st == ST_OK)
		st = database_flush(conn, space, deadline_ms);
	return end(conn, st, deadline_ms, err);
}

static enum status
stats(struct cache_conn *conn, struct cache_stats *out, int64_t deadline_ms,
    struct error *err)
{
	enum status st = begin(conn, deadline_ms);

	if (st == ST_OK)
		st = database_stats(conn, out, deadline_ms);
	return end(conn, st, deadline_ms, err);
}

/* Writes a row and removes it. */
static enum status
probe(struct cache_conn *conn, int64_t deadline_ms)
{
	static const struct cache_space space = { { "probe", 5 }, false };
	struct cache_op op = {
		.kind = CACHE_SET, .space = &space, .key = STR("probe")
	};
	struct database_item item;
	struct db_value args[6];
	enum status st;

	database_item_make(conn->cache, &conn->arena, &op, 0, &item);
	args[0] = database_id(item.id);
	args[1] = database_bytes(item.space);
	args[2] = database_bytes(op.key);
	args[3] = database_bytes(STR("probe"));
	args[4] = database_number(1);
	args[5] = database_number(PROBE_MS);
	st = database_do(conn, DATABASE_SET, args, 6, deadline_ms);
	if (st == ST_OK)
		st = database_do(conn, DATABASE_DROP, args, 1, deadline_ms);
	return st;
}

static const char *
remedy(enum status st)
{
	switch (st) {
	case ST_DENIED:
		return "; GRANT the user SELECT, INSERT, UPDATE and DELETE on "
		       "the table";
	case ST_FULL:
		return "; give it more room";
	case ST_INVALID:
		return "";
	default:
		return "; see that the database runs and can be reached";
	}
}

static enum status
ping(struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	enum status st = begin(conn, deadline_ms);
	struct error why = { .text = "" };
	unsigned runs = 0;

	if (st == ST_OK)
		do
			st = probe(conn, deadline_ms);
		while (database_again(conn, st, deadline_ms, &runs));
	if (st == ST_OK)
		return end(conn, ST_OK, deadline_ms, err);
	return error_set(err, end(conn, st, deadline_ms, &why), "%s%s",
	    why.text, remedy(conn->why.status));
}

static void
upkeep(struct cache_conn *conn)
{
	int64_t deadline_ms = clock_boot_ms() + UPKEEP_MS;
	enum status st = begin(conn, deadline_ms);

	if (st == ST_OK)
		st = database_sweep(conn, deadline_ms);
	(void)database_verdict(conn, st, deadline_ms); /* for the log */
}

const struct cache_driver database_driver = {
	.name = "database",
	.room = CACHE_THREAD,
	.open = database_cache_open,
	.close = database_cache_close,
	.connect = database_conn_open,
	.disconnect = database_conn_close,
	.exec = database_exec,
	.list = list,
	.flush = flush,
	.stats = stats,
	.ping = ping,
	.upkeep = upkeep,
};
