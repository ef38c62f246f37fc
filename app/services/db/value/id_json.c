/* Identifiers that stand in a JSON body. */
#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/services/db/identifier.h"
#include "app/services/db/value/id_value.h"
#include "app/services/db/value/value.h"
#include "drivers/db/catalog.h"

static bool
is_scalar(struct json v)
{
	enum json_kind kind = json_kind(v);

	return kind == JSON_STRING || kind == JSON_NUMBER || kind == JSON_BOOL;
}

static struct str
scalar_text(struct arena *arena, struct json v)
{
	return json_kind(v) == JSON_STRING ? json_to_str(arena, v) : v.text;
}

static enum status
refuse_element(size_t i, struct error *err)
{
	return error_set(
	    err, ST_INVALID, "Element %zu of 'ids' is no identifier.", i + 1);
}

/* [1,"a"] */
static enum status
element_parts(struct arena *arena, const struct identity *by,
    struct json element, struct identifier *out)
{
	struct db_value *parts = arena_alloc(arena, by->n * sizeof(parts[0]));
	struct json_walk walk = json_walk(arena, element);
	struct json_member part;
	size_t n = 0;

	if (json_kind(element) != JSON_ARRAY || json_count(element) != by->n)
		return ST_INVALID;
	while (json_next(&walk, &part)) {
		if (!is_scalar(part.value))
			return ST_INVALID;
		parts[n] = id_value(
		    arena, by->columns[n], scalar_text(arena, part.value));
		n++;
	}
	*out = (struct identifier){ element.text, parts };
	return ST_OK;
}

static enum status
element_parse(struct arena *arena, const struct identity *by,
    struct json element, struct identifier *out, struct error *err)
{
	struct id_text text = { .text = STR_NULL };

	if (!is_scalar(element))
		return element_parts(arena, by, element, out);
	text.text = scalar_text(arena, element);
	return identifier_parse(arena, by, text, out, err);
}

enum status
identifier_elements(struct arena *arena, const struct identity *by,
    struct json list, size_t max, struct identifier **out, size_t *n,
    struct error *err)
{
	struct json_walk walk = json_walk(arena, list);
	struct json_member element;
	size_t room = json_count(list);

	*n = 0;
	if (room > max)
		return error_set(err, ST_INVALID,
		    "Parameter 'ids' names more than %zu records "
		    "(max_records).",
		    max);
	*out = arena_alloc(arena, room * sizeof(**out));
	while (json_next(&walk, &element)) {
		if (element_parse(arena, by, element.value, &(*out)[*n], err) !=
		    ST_OK)
			return refuse_element(*n, err);
		++*n;
	}
	return ST_OK;
}

static struct json
member_of(struct arena *arena, struct json record, const struct identity *by,
    const struct column *column)
{
	struct json_walk walk = json_walk(arena, record);
	struct json_member member;

	while (json_next(&walk, &member)) {
		if (table_column(by->table, member.name) == column)
			return member.value;
	}
	return (struct json){ STR_NULL };
}

enum status
identifier_of_record(struct arena *arena, const struct identity *by,
    struct json record, struct identifier *out, struct error *err)
{
	struct db_value *parts = arena_alloc(arena, by->n * sizeof(parts[0]));
	struct buf text = buf_in(arena);

	if (identity_check(by, err) != ST_OK)
		return ST_INVALID;
	for (size_t i = 0; i < by->n; i++) {
		const struct column *column = by->columns[i];
		struct json v = member_of(arena, record, by, column);
		enum status st;

		if (json_kind(v) == JSON_NONE || json_kind(v) == JSON_NULL)
			return error_set(err, ST_INVALID,
			    "Identifying field '%.*s' is missing in the "
			    "record.",
			    STR_ARG(column->name));
		st = value_read(arena, column, v, &parts[i], err);
		if (st != ST_OK)
			return st;
		if (by->n > 1)
			buf_put_char(&text, i == 0 ? '(' : ',');
		buf_put(&text, scalar_text(arena, v));
	}
	if (by->n > 1)
		buf_put_char(&text, ')');
	*out = (struct identifier){ buf_str(&text), parts };
	return ST_OK;
}
