/* CSV: the first record names the columns; the others keep to them. */
#include "app/base/csvout.h"
#include "middleware/convert.h"

/* The one column of a list without records. */
#define LIST_NAME STR("resource")

static void
value_put(struct convert *c, struct buf *out, struct json v)
{
	switch (json_kind(v)) {
	case JSON_NONE:
	case JSON_NULL:
		break;
	case JSON_STRING:
		csv_put_text(out, json_to_str(&c->scratch, v));
		break;
	case JSON_BOOL:
	case JSON_NUMBER:
		buf_put(out, v.text);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		csv_put_text(out, v.text);
		break;
	}
}

static void
column_put(struct buf *out, size_t i, struct str name)
{
	if (i > 0)
		buf_put_char(out, ',');
	csv_put_text(out, name);
}

static void
header_put(struct convert *c, struct json record)
{
	struct json_walk walk = json_walk(&c->scratch, record);
	struct json_member member;

	c->columns =
	    arena_alloc(&c->kept, json_count(record) * sizeof(c->columns[0]));
	while (json_next(&walk, &member)) {
		column_put(c->out, c->n_columns, member.name);
		c->columns[c->n_columns++] = arena_dup(&c->kept, member.name);
	}
	buf_put(c->out, CSV_LINE_END);
}

/* As a rule the members stand in the order of the columns. */
static void
record_put(struct convert *c, struct json record)
{
	struct json_walk walk = json_walk(&c->scratch, record);
	struct json_member member;

	for (size_t i = 0; i < c->n_columns; i++) {
		if (!json_next(&walk, &member) ||
		    !str_eq(member.name, c->columns[i]))
			member.value =
			    json_get(&c->scratch, record, c->columns[i]);
		if (i > 0)
			buf_put_char(c->out, ',');
		value_put(c, c->out, member.value);
	}
	buf_put(c->out, CSV_LINE_END);
}

static void
element_put(struct convert *c, struct json v)
{
	bool is_record = json_kind(v) == JSON_OBJECT;

	if (!c->has_header && is_record) {
		header_put(c, v);
	} else if (!c->has_header) {
		buf_put(c->out, LIST_NAME);
		buf_put(c->out, CSV_LINE_END);
	}
	c->has_header = true;
	if (is_record && c->n_columns > 0) {
		record_put(c, v);
		return;
	}
	value_put(c, c->out, v);
	buf_put(c->out, CSV_LINE_END);
}

/* Of a single record, unless a list follows. */
static void
member_put(struct convert *c, const struct json_part *part)
{
	struct json name = convert_value(c, part->name);

	column_put(&c->names, c->n_members, json_to_str(&c->scratch, name));
	if (c->n_members++ > 0)
		buf_put_char(&c->fields, ',');
	value_put(c, &c->fields, convert_value(c, part->value));
}

void
convert_csv_part(struct convert *c, const struct json_part *part)
{
	switch (part->kind) {
	case JSON_PART_MEMBER:
		member_put(c, part);
		break;
	case JSON_PART_LIST:
		break;
	case JSON_PART_ELEMENT:
		element_put(c, convert_value(c, part->value));
		break;
	case JSON_PART_WHOLE:
		value_put(c, c->out, convert_value(c, part->value));
		buf_put(c->out, CSV_LINE_END);
		break;
	}
}

static void
names_put(struct convert *c, struct json names)
{
	struct json_walk walk = json_walk(&c->scratch, names);
	struct json_member name;

	while (json_next(&walk, &name))
		column_put(c->out, c->n_columns++,
		    json_to_str(&c->scratch, name.value));
	buf_put(c->out, CSV_LINE_END);
}

void
convert_csv_end(struct convert *c)
{
	bool is_list = json_split_has_list(&c->split);

	if (is_list && !c->has_header && !str_is_null(c->no_records))
		names_put(c, (struct json){ c->no_records });
	if (is_list || c->n_members == 0)
		return;
	buf_put(c->out, buf_str(&c->names));
	buf_put(c->out, CSV_LINE_END);
	buf_put(c->out, buf_str(&c->fields));
	buf_put(c->out, CSV_LINE_END);
}
