#include "app/services/system/items.h"

#include "app/base/arena.h"
#include "app/services/db/write/body_options.h"
#include "app/services/system/input.h"
#include "app/services/system/read.h"
#include "app/services/system/resource.h"
#include "app/services/user/account.h"
#include "middleware/request.h"

/* What the items are made of. */
struct source {
	struct account_call *call;
	const struct system_resource *resource;
	struct options options;
	struct records records; /* n: 0: none */
	struct items *out;
};

static bool
refuse(struct source *s, const char *why)
{
	response_fail(s->call->req, 400, "%s", why);
	return false;
}

static struct str
asked(const struct source *s, const char *name, const char *alias)
{
	struct str text = params_get(&s->options.params, str_of(name));

	return str_is_null(text) && alias != NULL
		   ? params_get(&s->options.params, str_of(alias))
		   : text;
}

static void
item_add(struct source *s, int64_t id, struct json record)
{
	s->out->list[s->out->n++] = (struct item){ id, record, NULL };
}

static void
room_make(struct source *s, size_t n)
{
	s->out->list =
	    arena_alloc(s->call->req->arena, (n + 1) * sizeof(struct item));
}

/* The one record that is said of all ids. */
static struct json
record_of_all(const struct source *s)
{
	return s->records.n > 0 ? s->records.list[0]
				: (struct json){ STR("{}") };
}

static bool
ids_take(struct source *s, struct str text)
{
	struct str rest = text;

	room_make(s, text.n < ITEMS_MAX ? text.n : ITEMS_MAX);
	while (!str_is_null(rest) && s->out->n <= ITEMS_MAX) {
		struct str piece = str_trim(str_cut(&rest, ','));
		int64_t id;

		if (!str_to_i64(piece, &id) || id < 1)
			return refuse(s,
			    "Parameter 'ids' must be numbers above 0 with "
			    "commas between them.");
		item_add(s, id, record_of_all(s));
	}
	return true;
}

static bool
filter_take(struct source *s)
{
	struct system_read read = { .resource = s->resource };
	int64_t *ids;
	size_t n;

	if (!system_read_ids(s->call->req, &read, &ids, &n))
		return false;
	room_make(s, n);
	for (size_t i = 0; i < n; i++)
		item_add(s, ids[i], record_of_all(s));
	return true;
}

static bool
records_take(struct source *s)
{
	bool is_new = s->call->req->method == METHOD_POST;
	struct error err = { 0 };

	room_make(s, s->records.n);
	for (size_t i = 0; i < s->records.n; i++) {
		struct input in = { s->call->req->arena, s->records.list[i] };
		int64_t id = 0;

		if (!is_new &&
		    (input_number(&in, "id", &id, &err) != ST_OK || id < 1))
			return refuse(
			    s, "Each record must have its 'id', a number.");
		item_add(s, id, s->records.list[i]);
	}
	return true;
}

static bool
items_choose(struct source *s, int64_t id)
{
	struct str ids = asked(s, "ids", NULL);
	bool is_new = s->call->req->method == METHOD_POST;

	s->out->is_list = id == 0;
	if (id != 0) {
		room_make(s, 1);
		item_add(s, id, record_of_all(s));
		return true;
	}
	if (!is_new && ids.n > 0)
		return ids_take(s, ids);
	if (!is_new && asked(s, "filter", "where").n > 0)
		return filter_take(s);
	if (s->records.form == RECORDS_OBJECT)
		s->out->is_list = false;
	return records_take(s);
}

/* Has the body records besides options? */
static bool
is_wrapped(const struct account_call *c)
{
	struct json list = json_get(c->req->arena, c->body, STR("resource"));

	return json_kind(c->body) == JSON_ARRAY || json_kind(list) != JSON_NONE;
}

/* Ids and filters need none to delete by; the path, none to change by. */
static bool
records_read_body(struct source *s, bool named, bool single)
{
	struct account_call *c = s->call;
	bool deletes = c->req->method == METHOD_DELETE;

	if (deletes && named && !is_wrapped(c))
		return true;
	if (single && json_kind(c->body) == JSON_NONE)
		return true;
	return json_records(c->req, c->body, ITEMS_MAX, &s->records) == ST_OK;
}

/* A record that stands alone has no options. */
static struct json
options_body(const struct account_call *c)
{
	return c->req->method == METHOD_DELETE || is_wrapped(c)
		   ? c->body
		   : (struct json){ STR_NULL };
}

static bool
items_prepare(struct source *s)
{
	for (size_t i = 0; i < s->out->n; i++) {
		struct item *item = &s->out->list[i];

		if (s->resource->prepare == NULL ||
		    json_kind(item->record) != JSON_OBJECT)
			continue;
		item->prepared = s->resource->prepare(s->call, item->record);
		if (item->prepared == NULL)
			return false;
	}
	return true;
}

bool
items_read(struct account_call *c, const struct system_resource *resource,
    int64_t id, struct items *out)
{
	struct request *req = c->req;
	struct source s = { .call = c,
		.resource = resource,
		.options = options_of(req, options_body(c)),
		.out = out };
	bool named = id != 0 || asked(&s, "ids", NULL).n > 0 ||
		     asked(&s, "filter", "where").n > 0;

	*out =
	    (struct items){ .go_on = str_to_bool(asked(&s, "continue", NULL)),
		    .rollback = str_to_bool(asked(&s, "rollback", NULL)) };
	if (out->go_on && out->rollback)
		return refuse(&s,
		    "Rollback and continue operations can not be requested at "
		    "the same time.");
	if (!records_read_body(&s, named, id != 0) || !items_choose(&s, id))
		return false;
	if (out->n > ITEMS_MAX)
		return refuse(&s, "A call writes at most 1000 records.");
	return items_prepare(&s);
}
