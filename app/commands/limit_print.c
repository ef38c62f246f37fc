#include "app/commands/limit_print.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/words.h"

static struct str
period_text(struct arena *arena, const struct limit_record *r)
{
	struct buf text = buf_in(arena);

	period_put(&text, r->period);
	return buf_str(&text);
}

/* STR_NULL for a limit on every verb. */
static struct str
verb_text(struct arena *arena, const struct limit_record *r)
{
	struct buf text = buf_in(arena);

	if (r->verb_mask == 0)
		return STR_NULL;
	verbs_put(&text, r->verb_mask);
	return buf_str(&text);
}

static void
record_put(struct arena *arena, struct buf *json, const struct limit_record *r)
{
	buf_put_char(json, '{');
	member_i64(json, "id", r->id);
	member_text(json, "name", r->name);
	member_text(json, "type", limit_type_name(r->type));
	member_i64(json, "rate", r->rate);
	member_text(json, "period", period_text(arena, r));
	member_text(json, "app", r->app_name);
	member_text(json, "role", r->role_name);
	member_text(json, "service", r->service_name);
	member_text(json, "verb", verb_text(arena, r));
	member_bool(json, "is_active", r->active);
	buf_put_char(json, '}');
}

void
limit_print(const struct command_call *call, const struct limit_record *r)
{
	struct arena *arena = call->arena;
	struct buf json = buf_in(arena);

	if (command_switch(call, "--json")) {
		record_put(arena, &json, r);
		admin_print(&json);
		return;
	}
	admin_field("name", r->name);
	admin_field("type", limit_type_name(r->type));
	admin_field("rate", arena_printf(arena, "%lld", (long long)r->rate));
	admin_field("period", period_text(arena, r));
	admin_field("app", r->app_name);
	admin_field("role", r->role_name);
	admin_field("service", r->service_name);
	admin_field("verb", verb_text(arena, r));
	admin_field("active", r->active ? STR("yes") : STR("no"));
}

void
limits_print(
    const struct command_call *call, const struct limit_record *list, size_t n)
{
	struct arena *arena = call->arena;
	struct columns c = columns_new(
	    arena, "NAME TYPE RATE PERIOD APP ROLE SERVICE VERB ACTIVE");
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		const struct limit_record *r = &list[i];

		if (i > 0)
			buf_put_char(&json, ',');
		record_put(arena, &json, r);
		columns_put(&c, r->name);
		columns_put(&c, limit_type_name(r->type));
		columns_put(
		    &c, arena_printf(arena, "%lld", (long long)r->rate));
		columns_put(&c, period_text(arena, r));
		columns_put(&c, r->app_name);
		columns_put(&c, r->role_name);
		columns_put(&c, r->service_name);
		columns_put(&c, verb_text(arena, r));
		columns_put(&c, r->active ? STR("yes") : STR("no"));
	}
	buf_put_char(&json, ']');
	if (command_switch(call, "--json"))
		admin_print(&json);
	else
		columns_print(&c);
}
