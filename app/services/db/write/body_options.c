#include "app/services/db/write/body_options.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "middleware/request.h"

static struct str
text_of(struct arena *arena, struct json value)
{
	return json_kind(value) == JSON_STRING ? json_to_str(arena, value)
					       : value.text;
}

static struct str
value_text(struct arena *arena, struct json value)
{
	struct json_walk walk = json_walk(arena, value);
	struct json_member element;
	struct buf list = buf_in(arena);

	if (json_kind(value) != JSON_ARRAY)
		return text_of(arena, value);
	for (size_t i = 0; json_next(&walk, &element); i++) {
		if (i > 0)
			buf_put_char(&list, ',');
		buf_put(&list, text_of(arena, element.value));
	}
	return buf_str(&list);
}

/* The query as it was sent: which commas were encoded is told nowhere else. */
static struct str
query_sent(const struct request *req)
{
	struct str uri = req->param[PARAM_URI];

	if (!str_is_null(req->param[PARAM_QUERY]))
		return req->param[PARAM_QUERY];
	(void)str_cut(&uri, '?');
	return uri;
}

static bool
asks_for_ids(const struct params *query)
{
	for (size_t i = 0; i < query->n; i++) {
		if (str_eq_nocase(query->list[i].name, STR("ids")))
			return true;
	}
	return false;
}

static struct str
ids_sent(const struct request *req)
{
	struct str rest =
	    asks_for_ids(&req->query) ? query_sent(req) : STR_NULL;

	while (!str_is_null(rest)) {
		struct str value = str_cut(&rest, '&');
		struct str name = str_cut(&value, '=');

		if (uri_decode(req->arena, name, true, &name) &&
		    str_eq_nocase(name, STR("ids")))
			return str_is_null(value) ? STR("") : value;
	}
	return STR_NULL;
}

static void
member_take(
    struct options *options, struct arena *arena, struct json_member *member)
{
	if (json_kind(member->value) == JSON_NULL ||
	    str_eq(member->name, STR("resource")))
		return;
	if (str_eq_nocase(member->name, STR("ids")))
		options->ids = member->value;
	options->params.list[options->params.n++] =
	    (struct param){ member->name, value_text(arena, member->value) };
}

struct options
options_of(const struct request *req, struct json body)
{
	const struct params *query = &req->query;
	struct options options = {
		.params = *query, .n_url = query->n, .ids_sent = ids_sent(req)
	};
	struct json_walk walk = json_walk(req->arena, body);
	struct json_member member;
	struct param *list;

	if (json_kind(body) != JSON_OBJECT)
		return options;
	list = arena_alloc(
	    req->arena, (query->n + json_count(body)) * sizeof(list[0]));
	if (query->n > 0)
		memcpy(list, query->list, query->n * sizeof(list[0]));
	options.params.list = list;
	while (json_next(&walk, &member))
		member_take(&options, req->arena, &member);
	return options;
}
