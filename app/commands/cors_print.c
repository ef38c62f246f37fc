#include "app/commands/cors_print.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "middleware/registry/cors_records.h"

/* dreamfactory.md 8.10: methods are an array. */
static void
methods_put(struct arena *arena, struct buf *json, unsigned mask)
{
	struct str rest = cors_methods_text(arena, mask);

	json_put_name(json, STR("method"));
	buf_put_char(json, '[');
	while (rest.n > 0) {
		json_put_str(json, str_trim(str_cut(&rest, ',')));
		buf_put(json, rest.n > 0 ? STR(",") : STR(""));
	}
	buf_put_char(json, ']');
}

static void
record_put(struct arena *arena, struct buf *json, const struct cors_record *r)
{
	buf_put_char(json, '{');
	member_i64(json, "id", r->id);
	member_text(json, "path", r->path);
	member_text(json, "description", r->description);
	member_text(json, "origin", r->origin);
	member_text(json, "header", r->header);
	member_text(json, "exposed_header", r->exposed_header);
	member_i64(json, "max_age", r->max_age);
	methods_put(arena, json, r->verb_mask);
	member_bool(json, "supports_credentials", r->credentials);
	member_bool(json, "enabled", r->enabled);
	buf_put_char(json, '}');
}

static struct str
yes_or_no(bool value)
{
	return value ? STR("yes") : STR("no");
}

static struct str
number(struct arena *arena, int64_t value)
{
	return arena_printf(arena, "%lld", (long long)value);
}

void
cors_print(const struct command_call *call, const struct cors_record *r)
{
	struct arena *arena = call->arena;
	struct buf json = buf_in(arena);

	if (command_switch(call, "--json")) {
		record_put(arena, &json, r);
		admin_print(&json);
		return;
	}
	admin_field("path", r->path);
	admin_field("origins", r->origin);
	admin_field("methods", cors_methods_text(arena, r->verb_mask));
	admin_field("headers", r->header);
	admin_field("exposed", r->exposed_header);
	admin_field("max age", number(arena, r->max_age));
	admin_field("credentials", yes_or_no(r->credentials));
	admin_field("active", yes_or_no(r->enabled));
	admin_field("description", r->description);
}

void
cors_list_print(
    const struct command_call *call, const struct cors_record *list, size_t n)
{
	struct arena *arena = call->arena;
	struct columns c = columns_new(arena,
	    "PATH ORIGINS METHODS HEADERS EXPOSED MAX-AGE CREDENTIALS ACTIVE");
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		const struct cors_record *r = &list[i];

		if (i > 0)
			buf_put_char(&json, ',');
		record_put(arena, &json, r);
		columns_put(&c, r->path);
		columns_put(&c, r->origin);
		columns_put(&c, cors_methods_text(arena, r->verb_mask));
		columns_put(&c, r->header);
		columns_put(&c, r->exposed_header);
		columns_put(&c, number(arena, r->max_age));
		columns_put(&c, yes_or_no(r->credentials));
		columns_put(&c, yes_or_no(r->enabled));
	}
	buf_put_char(&json, ']');
	if (command_switch(call, "--json"))
		admin_print(&json);
	else
		columns_print(&c);
}
