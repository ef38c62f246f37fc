#include "app/services/db/schema/field_draft.h"

#include <stddef.h>

#include "app/base/arena.h"
#include "app/services/db/schema/schema_name.h"
#include "app/services/db/schema/simple_type.h"

/* Bounds of what is read; what fits a type is looked at with the type. */
#define NUMBER_MAX 1000000000

struct reading {
	struct arena *arena;
	struct field_draft *out;
	struct json value; /* of the member */
	const char *member;
};

static enum status
refuse(const struct reading *r, const char *wanted, struct error *err)
{
	return error_set(err, ST_INVALID, "Field '%.*s': '%s' must be %s.",
	    STR_ARG(r->out->name), r->member, wanted);
}

static enum status
number_read(const struct reading *r, int64_t *out, struct error *err)
{
	int64_t n;

	if (json_kind(r->value) == JSON_NULL)
		return ST_OK;
	if (!json_to_i64(r->value, &n) &&
	    !str_to_i64(json_to_str(r->arena, r->value), &n))
		return refuse(r, "an integer", err);
	if (n < 0 || n > NUMBER_MAX)
		return refuse(r, "an integer that a column can have", err);
	*out = n;
	return ST_OK;
}

static enum status
flag_read(const struct reading *r, enum said *out, struct error *err)
{
	struct str word = json_to_str(r->arena, r->value);
	bool flag = false;
	int64_t n;

	if (json_kind(r->value) == JSON_NULL)
		return ST_OK;
	if (json_to_bool(r->value, &flag))
		; /* as it should be */
	else if (json_to_i64(r->value, &n) && (n == 0 || n == 1))
		flag = n == 1;
	else if (!str_is_null(word) && (str_to_bool(word) || str_is_no(word)))
		flag = str_to_bool(word);
	else
		return refuse(r, "true or false", err);
	*out = flag ? SAID_YES : SAID_NO;
	return ST_OK;
}

static enum status
text_read(const struct reading *r, struct str *out, struct error *err)
{
	if (json_kind(r->value) == JSON_NULL)
		return ST_OK;
	if (json_kind(r->value) != JSON_STRING)
		return refuse(r, "a string", err);
	*out = json_to_str(r->arena, r->value);
	if (out->n == 0)
		*out = STR_NULL;
	return ST_OK;
}

static enum status
type_read(const struct reading *r, struct error *err)
{
	struct error why = { .text = "" };
	struct str name = STR_NULL;
	enum status st = text_read(r, &name, err);

	if (st != ST_OK || str_is_null(name))
		return st;
	st = simple_type_find(name, &r->out->type, &why);
	if (st == ST_OK)
		return ST_OK;
	return error_set(
	    err, st, "Field '%.*s': %s", STR_ARG(r->out->name), why.text);
}

static enum status
action_read(const struct reading *r, struct str *out, struct error *err)
{
	static const struct str actions[] = { { "CASCADE", 7 },
		{ "SET NULL", 8 }, { "RESTRICT", 8 }, { "NO ACTION", 9 } };
	struct str word = STR_NULL;
	enum status st = text_read(r, &word, err);

	if (st != ST_OK || str_is_null(word))
		return st;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		*out = actions[i];
		if (str_eq_nocase(word, *out))
			return ST_OK;
	}
	*out = STR_NULL;
	return refuse(r, "CASCADE, SET NULL, RESTRICT or NO ACTION", err);
}

static bool
says_nothing(struct arena *arena, struct json v)
{
	bool flag = false;

	switch (json_kind(v)) {
	case JSON_NULL:
		return true;
	case JSON_BOOL:
		return json_to_bool(v, &flag) && !flag;
	case JSON_STRING:
		return json_to_str(arena, v).n == 0;
	case JSON_ARRAY:
	case JSON_OBJECT:
		return json_count(v) == 0;
	default:
		return false;
	}
}

/* DreamFactory's beside the database: they would change what clients see. */
static enum status
extra_read(const struct reading *r, struct error *err)
{
	if (says_nothing(r->arena, r->value))
		return ST_OK;
	return error_set(err, ST_DENIED,
	    "Field '%.*s': '%s' is not supported by this database.",
	    STR_ARG(r->out->name), r->member);
}

/* The contrary, where allow_null says nothing. */
static enum status
required_read(const struct reading *r, struct error *err)
{
	enum said required = UNSAID;
	enum status st = flag_read(r, &required, err);

	if (st == ST_OK && required != UNSAID && r->out->may_be_null == UNSAID)
		r->out->may_be_null = required == SAID_YES ? SAID_NO : SAID_YES;
	return st;
}

enum form { NUMBER, FLAG, TEXT, ACTION };

/* Members and where they go. */
static const struct {
	const char *name;
	enum form form;
	size_t place;
} members[] = {
	{ "length", NUMBER, offsetof(struct field_draft, length) },
	{ "size", NUMBER, offsetof(struct field_draft, length) },
	{ "precision", NUMBER, offsetof(struct field_draft, precision) },
	{ "scale", NUMBER, offsetof(struct field_draft, scale) },
	{ "allow_null", FLAG, offsetof(struct field_draft, may_be_null) },
	{ "fixed_length", FLAG, offsetof(struct field_draft, is_fixed) },
	{ "auto_increment", FLAG, offsetof(struct field_draft, counts) },
	{ "is_primary_key", FLAG, offsetof(struct field_draft, is_key) },
	{ "is_unique", FLAG, offsetof(struct field_draft, is_unique) },
	{ "is_index", FLAG, offsetof(struct field_draft, is_index) },
	{ "is_foreign_key", FLAG, offsetof(struct field_draft, is_foreign) },
	{ "ref_table", TEXT, offsetof(struct field_draft, ref_table) },
	{ "ref_field", TEXT, offsetof(struct field_draft, ref_field) },
	{ "ref_on_update", ACTION, offsetof(struct field_draft, on_update) },
	{ "ref_on_delete", ACTION, offsetof(struct field_draft, on_delete) },
};

static enum status
member_read(const struct reading *r, struct error *err)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		void *place = (char *)r->out + members[i].place;

		if (strcmp(r->member, members[i].name) != 0)
			continue;
		switch (members[i].form) {
		case NUMBER:
			return number_read(r, place, err);
		case FLAG:
			return flag_read(r, place, err);
		case TEXT:
			return text_read(r, place, err);
		case ACTION:
			return action_read(r, place, err);
		}
	}
	return ST_OK;
}

/* Those that are read in another way than by what they hold. */
static const struct {
	const char *name;
	enum status (*read)(const struct reading *r, struct error *err);
} special[] = {
	{ "type", type_read },
	{ "required", required_read },
	{ "alias", extra_read },
	{ "validation", extra_read },
	{ "db_function", extra_read },
	{ "is_virtual", extra_read },
	{ "is_aggregate", extra_read },
};

static enum status
value_read_of(struct reading *r, struct str name, struct error *err)
{
	r->member = arena_dup(r->arena, name).p;
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (strcmp(r->member, special[i].name) == 0)
			return special[i].read(r, err);
	}
	if (str_eq(name, STR("default")))
		r->out->fallback = r->value;
	else if (str_eq(name, STR("picklist")) &&
		 !says_nothing(r->arena, r->value))
		r->out->picklist = r->value;
	return member_read(r, err);
}

static enum status
name_read(struct arena *arena, struct json object, struct str name,
    struct field_draft *out, struct error *err)
{
	struct json said = json_get(arena, object, STR("name"));

	out->name = name;
	if (json_kind(said) == JSON_NONE && !str_is_null(name))
		return ST_OK;
	if (json_kind(said) != JSON_STRING)
		return error_set(err, ST_INVALID,
		    "A field has no 'name', which must be a string.");
	out->name = json_to_str(arena, said);
	if (!str_is_null(name) && !str_eq_nocase(out->name, name))
		return error_set(err, ST_DENIED,
		    "Field '%.*s' cannot be called '%.*s': renaming is not "
		    "supported.",
		    STR_ARG(name), STR_ARG(out->name));
	return ST_OK;
}

enum status
field_draft_read(struct arena *arena, struct json object, struct str name,
    struct field_draft *out, struct error *err)
{
	struct json_walk walk = json_walk(arena, object);
	struct reading r = { .arena = arena, .out = out };
	struct json_member member;
	enum status st;

	*out =
	    (struct field_draft){ .length = -1, .precision = -1, .scale = -1 };
	if (json_kind(object) != JSON_OBJECT)
		return error_set(
		    err, ST_INVALID, "A field is described by an object.");
	st = name_read(arena, object, name, out, err);
	while (st == ST_OK && json_next(&walk, &member)) {
		r.value = member.value;
		st = value_read_of(&r, member.name, err);
	}
	return st;
}
