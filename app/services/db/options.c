#include "app/services/db/options.h"

#include "app/base/arena.h"
#include "app/base/buf.h"

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

struct params
options_of(struct arena *arena, const struct params *query, struct json body)
{
	struct params all = *query;
	struct json_walk walk;
	struct json_member member;

	if (json_kind(body) != JSON_OBJECT)
		return all;
	all.list = arena_alloc(
	    arena, (query->n + json_count(body)) * sizeof(all.list[0]));
	if (query->n > 0)
		memcpy(all.list, query->list, query->n * sizeof(all.list[0]));
	walk = json_walk(arena, body);
	while (json_next(&walk, &member)) {
		if (json_kind(member.value) == JSON_NULL ||
		    str_eq(member.name, STR("resource")))
			continue;
		all.list[all.n++] = (struct param){ member.name,
			value_text(arena, member.value) };
	}
	return all;
}
