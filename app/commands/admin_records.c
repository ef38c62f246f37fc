#include "app/commands/admin_records.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/command.h"
#include "app/commands/admin.h"

static void
lines_print(const struct buf *lines)
{
	struct str rest = str_trim(buf_str(lines));

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		(void)fprintf(stderr, "weir: %.*s\n", STR_ARG(line));
	}
}

bool
admin_declared(const struct command_call *call, struct system_db *db)
{
	struct declared *declared =
	    arena_zalloc(call->arena, sizeof(*declared));
	struct buf problems = buf_in(call->arena);
	struct buf warnings = buf_in(call->arena); /* for who serves */
	enum status st = declared_read(
	    call->arena, call->settings, declared, &problems, &warnings);

	db->declared = declared;
	lines_print(&problems);
	return st == ST_OK;
}

enum status
admin_records(const struct command_call *call, struct system_db *db,
    struct all_records *out, struct error *err)
{
	struct buf problems = buf_in(call->arena);
	enum status st = all_records_read(db, call->arena, out, err);

	if (st != ST_OK)
		return st;
	all_records_declare(out, call->arena, db->declared, &problems);
	lines_print(&problems);
	return ST_OK;
}

struct str
origin_of(struct str place)
{
	return str_is_null(place) ? STR("database") : STR("env");
}

void
member_origin(struct buf *json, struct str place)
{
	member_text(json, "origin", origin_of(place));
}
