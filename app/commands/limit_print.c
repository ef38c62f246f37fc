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

static struct str
number_text(struct arena *arena, int64_t number)
{
	return arena_printf(arena, "%lld", (long long)number);
}

static struct str
yes_or_no(bool yes)
{
	return yes ? STR("yes") : STR("no");
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
	member_text(json, "algorithm", limit_algorithm_name(r->algorithm));
	if (r->algorithm == CACHE_GCRA)
		member_i64(json, "burst", r->burst == 0 ? r->rate : r->burst);
	member_bool(json, "lockout", r->lockout);
	member_text(json, "app", r->app_name);
	member_text(json, "user", r->user_email);
	member_text(json, "role", r->role_name);
	member_text(json, "service", r->service_name);
	member_text(json, "endpoint", r->endpoint);
	member_text(json, "verb", verb_text(arena, r));
	member_text(json, "description", r->description);
	member_bool(json, "dry_run", r->dry_run);
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
	admin_field("rate", number_text(arena, r->rate));
	admin_field("period", period_text(arena, r));
	admin_field("algorithm", limit_algorithm_name(r->algorithm));
	if (r->algorithm == CACHE_GCRA)
		admin_field("burst",
		    number_text(arena, r->burst == 0 ? r->rate : r->burst));
	admin_field("lockout", yes_or_no(r->lockout));
	admin_field("app", r->app_name);
	admin_field("user", r->user_email);
	admin_field("role", r->role_name);
	admin_field("service", r->service_name);
	admin_field("endpoint", r->endpoint);
	admin_field("verb", verb_text(arena, r));
	admin_field("description", r->description);
	admin_field("dry run", yes_or_no(r->dry_run));
	admin_field("active", yes_or_no(r->active));
}

void
limits_print(
    const struct command_call *call, const struct limit_record *list, size_t n)
{
	struct arena *arena = call->arena;
	struct columns c = columns_new(arena,
	    "NAME TYPE RATE PERIOD APP USER ROLE SERVICE ENDPOINT VERB "
	    "ACTIVE");
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		const struct limit_record *r = &list[i];

		if (i > 0)
			buf_put_char(&json, ',');
		record_put(arena, &json, r);
		columns_put(&c, r->name);
		columns_put(&c, limit_type_name(r->type));
		columns_put(&c, number_text(arena, r->rate));
		columns_put(&c, period_text(arena, r));
		columns_put(&c, r->app_name);
		columns_put(&c, r->user_email);
		columns_put(&c, r->role_name);
		columns_put(&c, r->service_name);
		columns_put(&c, r->endpoint);
		columns_put(&c, verb_text(arena, r));
		columns_put(&c, yes_or_no(r->active));
	}
	buf_put_char(&json, ']');
	if (command_switch(call, "--json"))
		admin_print(&json);
	else
		columns_print(&c);
}
