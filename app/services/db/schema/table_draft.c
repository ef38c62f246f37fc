#include "app/services/db/schema/table_draft.h"

#include "app/services/db/db.h"
#include "app/services/db/relation/relation.h"

static enum status
refuse(const struct table_draft *t, enum status st, const char *why,
    struct error *err)
{
	return error_set(err, st, "Table '%.*s' %s.", STR_ARG(t->name), why);
}

static enum status
name_read(struct arena *arena, struct json object, struct str name,
    struct table_draft *out, struct error *err)
{
	struct json said = json_get(arena, object, STR("name"));

	out->name = name;
	if (json_kind(said) == JSON_NONE && !str_is_null(name))
		return ST_OK;
	if (json_kind(said) != JSON_STRING || json_to_str(arena, said).n == 0)
		return error_set(err, ST_INVALID,
		    "Table schema received does not have a valid name.");
	out->name = json_to_str(arena, said);
	if (!str_is_null(name) && !str_eq_nocase(name, out->name))
		return error_set(err, ST_DENIED,
		    "Table '%.*s' cannot be called '%.*s': renaming is not "
		    "supported.",
		    STR_ARG(name), STR_ARG(out->name));
	return ST_OK;
}

static enum status
fields_count(const struct table_draft *t, size_t n, struct error *err)
{
	if (n <= SCHEMA_FIELDS_MAX)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "Table '%.*s' would have %zu fields; at most %d are allowed.",
	    STR_ARG(t->name), n, SCHEMA_FIELDS_MAX);
}

static enum status
field_read(struct arena *arena, struct json object, struct table_draft *out,
    struct error *err)
{
	struct error why = { .text = "" };
	enum status st = field_draft_read(
	    arena, object, STR_NULL, &out->fields[out->n_fields], &why);

	out->n_fields++;
	if (st == ST_OK)
		return ST_OK;
	return error_set(
	    err, st, "Table '%.*s': %s", STR_ARG(out->name), why.text);
}

/* A list, or one field alone. */
static enum status
fields_read(struct arena *arena, struct json list, struct table_draft *out,
    struct error *err)
{
	struct json_walk walk = json_walk(arena, list);
	enum json_kind kind = json_kind(list);
	size_t n = kind == JSON_ARRAY ? json_count(list) : 1;
	struct json_member element;
	enum status st = fields_count(out, n, err);

	if (kind == JSON_NONE || kind == JSON_NULL)
		return ST_OK;
	if (kind != JSON_ARRAY && kind != JSON_OBJECT)
		return refuse(
		    out, ST_INVALID, "has no list in its 'field'", err);
	if (st != ST_OK)
		return st;
	out->fields = arena_alloc(arena, n * sizeof(out->fields[0]));
	if (kind == JSON_OBJECT)
		return field_read(arena, list, out, err);
	while (st == ST_OK && json_next(&walk, &element))
		st = field_read(arena, element.value, out, err);
	return st;
}

static enum status
key_read(struct arena *arena, struct json said, struct table_draft *out,
    struct error *err)
{
	struct json_walk walk = json_walk(arena, said);
	struct json_member element;
	enum json_kind kind = json_kind(said);

	if (kind == JSON_NONE || kind == JSON_NULL)
		return ST_OK;
	if (kind != JSON_ARRAY && kind != JSON_STRING)
		return refuse(out, ST_INVALID,
		    "has a 'primary_key' that is no list of names", err);
	out->key =
	    arena_alloc(arena, (json_count(said) + 1) * sizeof(out->key[0]));
	if (kind == JSON_STRING)
		out->key[out->n_key++] = json_to_str(arena, said);
	while (json_next(&walk, &element)) {
		if (json_kind(element.value) != JSON_STRING)
			return refuse(out, ST_INVALID,
			    "has a 'primary_key' that is no list of names",
			    err);
		out->key[out->n_key++] = json_to_str(arena, element.value);
	}
	return ST_OK;
}

/* Relations come of foreign keys: those that there are may be sent back. */
static enum status
related_check(const struct db_service *service, struct arena *arena,
    struct json list, const struct table_draft *t, struct error *err)
{
	struct json_walk walk = json_walk(arena, list);
	struct json_member element;

	while (json_kind(list) == JSON_ARRAY && json_next(&walk, &element)) {
		struct str name = json_to_str(
		    arena, json_get(arena, element.value, STR("name")));
		const struct relations *has =
		    t->table == NULL
			? NULL
			: &service
			       ->relations[t->table - service->catalog.tables];

		if (has == NULL || relation_find(has, name) == NULL)
			return refuse(t, ST_DENIED,
			    "cannot be given relations: they come of fields "
			    "that refer, with 'ref_table' and 'ref_field'",
			    err);
	}
	return ST_OK;
}

static bool
says_something(struct arena *arena, struct json v)
{
	return json_kind(v) == JSON_STRING && json_to_str(arena, v).n > 0;
}

static enum status
others_check(const struct db_service *service, struct arena *arena,
    struct json object, const struct table_draft *t, struct error *err)
{
	bool is_view = false;

	if (says_something(arena, json_get(arena, object, STR("alias"))))
		return refuse(t, ST_DENIED, "cannot have an alias", err);
	if (json_to_bool(json_get(arena, object, STR("is_view")), &is_view) &&
	    is_view && (t->table == NULL || !t->table->is_view))
		return refuse(t, ST_DENIED, "cannot be made a view", err);
	return related_check(
	    service, arena, json_get(arena, object, STR("related")), t, err);
}

enum status
table_draft_read(const struct db_service *service, struct arena *arena,
    struct json object, struct str name, struct table_draft *out,
    struct error *err)
{
	enum status st;

	*out = (struct table_draft){ .n_fields = 0 };
	if (json_kind(object) != JSON_OBJECT)
		return error_set(
		    err, ST_INVALID, "A table is described by an object.");
	st = name_read(arena, object, name, out, err);
	if (st != ST_OK)
		return st;
	out->table = db_service_table(service, out->name);
	if (out->table != NULL)
		out->name = out->table->name;
	st =
	    fields_read(arena, json_get(arena, object, STR("field")), out, err);
	if (st == ST_OK)
		st = key_read(arena,
		    json_get(arena, object, STR("primary_key")), out, err);
	return st == ST_OK ? others_check(service, arena, object, out, err)
			   : st;
}

enum status
table_draft_fields(struct arena *arena, const struct db_table *table,
    const struct json *list, size_t n, struct table_draft *out,
    struct error *err)
{
	enum status st;

	*out = (struct table_draft){ .name = table->name, .table = table };
	st = fields_count(out, n, err);
	if (st == ST_OK)
		out->fields = arena_alloc(arena, n * sizeof(out->fields[0]));
	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = field_read(arena, list[i], out, err);
	return st;
}
