/* XML: members become elements, a list repeats the one it is named by. */
#include "app/base/xmlout.h"
#include "middleware/convert.h"

/* The elements of the outermost list, and of a list within a list. */
#define LIST_NAME STR("resource")
#define ITEM_NAME STR("item")

/* How deep elements stand in each other; deeper values are text. */
#define DEPTH_MAX 64

struct xml {
	struct buf *out;
	struct arena *scratch;
	unsigned depth;
};

static void value_put(struct xml *x, struct str name, struct json v);

static void
tag_put(struct xml *x, const char *before, struct str name, const char *behind)
{
	buf_put(x->out, str_of(before));
	xml_put_name(x->out, name);
	buf_put(x->out, str_of(behind));
}

static void
text_put(struct xml *x, struct json v)
{
	xml_put_text(x->out,
	    json_kind(v) == JSON_STRING ? json_to_str(x->scratch, v) : v.text);
}

/* A list within a list stands in an element of its own. */
static void
element_put(struct xml *x, struct str name, struct json v)
{
	if (json_kind(v) != JSON_ARRAY) {
		value_put(x, name, v);
		return;
	}
	tag_put(x, "<", name, ">");
	value_put(x, ITEM_NAME, v);
	tag_put(x, "</", name, ">");
}

static void
list_put(struct xml *x, struct str name, struct json v)
{
	struct json_walk walk = json_walk(x->scratch, v);
	struct json_member element;

	while (json_next(&walk, &element))
		element_put(x, name, element.value);
}

static void
object_put(struct xml *x, struct str name, struct json v)
{
	struct json_walk walk = json_walk(x->scratch, v);
	struct json_member member;

	tag_put(x, "<", name, ">");
	while (json_next(&walk, &member))
		value_put(x, member.name, member.value);
	tag_put(x, "</", name, ">");
}

static void
scalar_put(struct xml *x, struct str name, struct json v)
{
	if (json_kind(v) == JSON_NULL || json_kind(v) == JSON_NONE) {
		tag_put(x, "<", name, "/>");
		return;
	}
	tag_put(x, "<", name, ">");
	text_put(x, v);
	tag_put(x, "</", name, ">");
}

/* As deep as DEPTH_MAX. */
static void
value_put(struct xml *x, struct str name, struct json v)
{
	enum json_kind kind = x->depth < DEPTH_MAX ? json_kind(v) : JSON_STRING;

	x->depth++;
	switch (kind) {
	case JSON_ARRAY:
		list_put(x, name, v);
		break;
	case JSON_OBJECT:
		object_put(x, name, v);
		break;
	default:
		scalar_put(x, name, v);
	}
	x->depth--;
}

static void
member_put(struct xml *x, struct json name, struct json v)
{
	value_put(x, json_to_str(x->scratch, name), v);
}

void
convert_xml_part(struct convert *c, const struct json_part *part)
{
	struct xml x = { .out = c->out, .scratch = &c->scratch };
	struct json v = convert_value(c, part->value);

	switch (part->kind) {
	case JSON_PART_MEMBER:
		member_put(&x, convert_value(c, part->name), v);
		break;
	case JSON_PART_ELEMENT:
		element_put(&x, LIST_NAME, v);
		break;
	case JSON_PART_WHOLE:
		if (json_kind(v) != JSON_NULL)
			text_put(&x, v);
		break;
	case JSON_PART_LIST:
		break; /* its elements have its name */
	}
}
