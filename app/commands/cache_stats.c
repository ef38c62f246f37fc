#include "app/commands/cache_stats.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/jsonmember.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "app/commands/admin_records.h"
#include "app/commands/columns.h"
#include "middleware/service.h"
#include "middleware/stores.h"
#include "middleware/tallies.h"

#define STORE_WAIT_MS 5000

/* The sum, in the arena of the call. */
static enum status
sum_read(const struct command_call *call, struct tally_table **sum,
    struct error *err)
{
	struct stores_shared *shared = NULL;
	struct stores stores;
	enum status st = stores_open(call->settings, &shared, err);

	if (st != ST_OK)
		return st;
	stores_connect(shared, &stores);
	*sum = arena_zalloc(call->arena, sizeof(**sum));
	st = tallies_read(
	    shared->tallies, &stores, clock_boot_ms() + STORE_WAIT_MS, *sum);
	stores_disconnect(&stores);
	stores_close(shared);
	if (st == ST_OK)
		return st;
	return error_set(
	    err, st, "the cache store cannot be asked: %s", status_name(st));
}

static bool
is_shown(const struct command_call *call, const struct service_record *r)
{
	const struct service_type *type = service_type_find(r->type);

	if (call->n_operands > 0)
		return str_eq_nocase(r->name, str_of(call->operands[0]));
	return type != NULL && type->flush_tags != NULL;
}

static uint64_t
count_of(const struct tally_row *row, int which)
{
	return row == NULL ? 0 : row->count[which];
}

static void
row_put(struct arena *arena, struct columns *c, struct str name,
    const struct tally_row *row)
{
	columns_put(c, name);
	for (int i = 0; i < TALLIES; i++)
		columns_put(c, arena_printf(arena, "%llu",
				   (unsigned long long)count_of(row, i)));
}

static void
object_put(struct buf *json, struct str name, const struct tally_row *row)
{
	if (json->n > 1)
		buf_put_char(json, ',');
	buf_put_char(json, '{');
	put_text(json, "name", name);
	for (int i = 0; i < TALLIES; i++)
		put_number(json, tally_names[i], (int64_t)count_of(row, i));
	buf_put_char(json, '}');
}

/* Returns how many services were shown. */
static size_t
stats_print(const struct command_call *call, const struct all_records *all,
    const struct tally_table *sum)
{
	bool as_json = command_switch(call, "--json");
	struct buf json = buf_in(call->arena);
	struct columns c = columns_new(call->arena,
	    "SERVICE HITS STALE MISSES COLLAPSED BYPASSED BYTES SAVED-MS");
	size_t shown = 0;

	buf_put_char(&json, '[');
	for (size_t i = 0; i < all->n_services; i++) {
		const struct service_record *r = &all->services[i];

		if (!is_shown(call, r))
			continue;
		row_put(call->arena, &c, r->name, tally_find(sum, r->id));
		object_put(&json, r->name, tally_find(sum, r->id));
		shown++;
	}
	buf_put_char(&json, ']');
	if (shown == 0 && call->n_operands > 0)
		return shown;
	if (as_json)
		admin_print(&json);
	else
		columns_print(&c);
	return shown;
}

int
cache_stats(struct command_call *call)
{
	struct tally_table *sum = NULL;
	struct all_records all;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = admin_records(call, &db, &all, &err);
	if (st == ST_OK)
		st = sum_read(call, &sum, &err);
	if (st == ST_OK && stats_print(call, &all, sum) == 0 &&
	    call->n_operands > 0)
		st = error_set(&err, ST_MISSING,
		    "no service is named \"%s\": `weir service list` shows "
		    "those there are",
		    call->operands[0]);
	return admin_close(&db, st, &err);
}
