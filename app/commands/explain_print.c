#include "app/commands/explain_print.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/jsonread.h"

static struct str
plain(struct arena *arena, struct json value)
{
	bool yes;

	if (json_to_bool(value, &yes))
		return yes ? STR("yes") : STR("no");
	if (json_kind(value) == JSON_NULL)
		return STR_NULL;
	return json_kind(value) == JSON_STRING ? json_to_str(arena, value)
					       : value.text;
}

/* The members of an object in one line: "name a, type b"; what is null is left
 * out. */
static struct str
in_line(struct arena *arena, struct json value)
{
	struct json_walk walk = json_walk(arena, value);
	struct buf line = buf_in(arena);
	struct json_member member;

	if (json_kind(value) != JSON_OBJECT)
		return plain(arena, value);
	while (json_next(&walk, &member)) {
		if (json_kind(member.value) == JSON_NULL)
			continue;
		if (line.n > 0)
			buf_put_lit(&line, ", ");
		buf_put(&line, member.name);
		buf_put_char(&line, ' ');
		buf_put(&line, plain(arena, member.value));
	}
	return buf_str(&line);
}

static void
line_print(const char *name, struct str value)
{
	if (value.n == 0)
		value = STR("-");
	(void)printf("%-18s %.*s\n", name, STR_ARG(value));
}

static void
list_print(struct arena *arena, const char *name, struct json list)
{
	struct json_walk walk = json_walk(arena, list);
	struct json_member element;

	if (json_count(list) == 0)
		line_print(name, STR_NULL);
	while (json_next(&walk, &element)) {
		line_print(name, in_line(arena, element.value));
		name = "";
	}
}

/* Does it hold neither objects nor lists? */
static bool
is_flat(struct arena *arena, struct json object)
{
	struct json_walk walk = json_walk(arena, object);
	struct json_member member;
	bool flat = true;

	while (json_next(&walk, &member))
		flat = flat && json_kind(member.value) != JSON_OBJECT &&
		       json_kind(member.value) != JSON_ARRAY;
	return flat;
}

static void members_print(
    struct arena *arena, const char *before, struct json object);

static void
member_print(
    struct arena *arena, const char *before, const struct json_member *member)
{
	struct json value = member->value;
	const char *name =
	    arena_printf(arena, "%s%.*s", before, STR_ARG(member->name)).p;

	if (json_kind(value) == JSON_ARRAY)
		list_print(arena, name, value);
	else if (json_kind(value) == JSON_OBJECT && !is_flat(arena, value))
		members_print(arena, arena_printf(arena, "%s ", name).p, value);
	else
		line_print(name, in_line(arena, value));
}

static void
members_print(struct arena *arena, const char *before, struct json object)
{
	struct json_walk walk = json_walk(arena, object);
	struct json_member member;

	while (json_next(&walk, &member))
		member_print(arena, before, &member);
}

void
explain_print(struct arena *arena, struct str json)
{
	struct json all;

	/* It is weir's own, so nothing is wrong with it. */
	if (json_parse(arena, json, &all, NULL) == ST_OK)
		members_print(arena, "", all);
}
