/* What of a record is related records, and whether that can be written. */
#include "app/services/db/relation/nested.h"

#include <string.h>

#include "app/base/arena.h"
#include "app/services/db/relation/relation.h"
#include "drivers/db/catalog.h"
#include "middleware/json.h"
#include "middleware/request.h"

/* What all names of relations have in common, so that records without it need
 * no second look. */
static bool
may_nest(struct json record)
{
	return memmem(record.text.p, record.text.n, "_by_", 4) != NULL;
}

static const struct relations *
relations_of_call(const struct table_call *c, const struct db_table *table)
{
	const struct db_service *service = c->service;

	return &service->relations[table - service->catalog.tables];
}

/* A column of that name comes first. */
static const struct relation *
relation_of(
    const struct table_call *c, const struct db_table *table, struct str name)
{
	if (table_column(table, name) != NULL)
		return NULL;
	return relation_find(relations_of_call(c, table), name);
}

struct nesting
nested_of(const struct table_call *c, struct json record)
{
	struct arena *arena = c->req->arena;
	struct json_walk walk = json_walk(arena, record);
	struct json_member member;
	struct nesting out = { .n = 0 };

	if (!may_nest(record))
		return out;
	out.list = arena_alloc(arena, json_count(record) * sizeof(out.list[0]));
	while (json_next(&walk, &member)) {
		const struct relation *relation =
		    relation_of(c, c->table, member.name);

		if (relation != NULL)
			out.list[out.n++] =
			    (struct nested){ relation, member.value };
	}
	return out;
}

static enum status
refuse(const struct relation *relation, const char *must, struct error *err)
{
	return error_set(err, ST_INVALID, "Relation '%.*s' must be %s.",
	    STR_ARG(relation->name), must);
}

/* Related records have none of their own in a call. */
static enum status
depth_check(const struct table_call *c, const struct relation *relation,
    struct json record, struct error *err)
{
	struct json_walk walk = json_walk(c->req->arena, record);
	struct json_member member;

	if (!may_nest(record))
		return ST_OK;
	while (json_next(&walk, &member)) {
		if (relation_of(c, relation->ref, member.name) != NULL)
			return error_set(err, ST_INVALID,
			    "Relation '%.*s' goes deeper than 1 level, in "
			    "'%.*s'.",
			    STR_ARG(relation->name), STR_ARG(member.name));
	}
	return ST_OK;
}

static enum status
list_check(const struct table_call *c, const struct nested *nested, size_t *n,
    struct error *err)
{
	struct json_walk walk = json_walk(c->req->arena, nested->value);
	struct json_member element;

	if (json_kind(nested->value) != JSON_ARRAY)
		return refuse(nested->relation, "a list of records", err);
	for (; json_next(&walk, &element); ++*n) {
		if (json_kind(element.value) != JSON_OBJECT)
			return refuse(
			    nested->relation, "a list of records", err);
		if (depth_check(c, nested->relation, element.value, err) !=
		    ST_OK)
			return ST_INVALID;
	}
	return ST_OK;
}

static enum status
value_check(const struct table_call *c, const struct nested *nested, size_t *n,
    struct error *err)
{
	const struct relation *relation = nested->relation;

	if (!relation_is_single(relation))
		return list_check(c, nested, n, err);
	++*n;
	if (json_kind(nested->value) == JSON_NULL &&
	    relation->kind == RELATION_BELONGS_TO)
		return ST_OK;
	if (json_kind(nested->value) != JSON_OBJECT)
		return refuse(relation, "a record", err);
	return depth_check(c, relation, nested->value, err);
}

static void
table_note(struct table_call *c, const struct db_table *table)
{
	const struct catalog *catalog = &c->service->catalog;

	for (size_t i = 0; i < c->n_also; i++) {
		if (c->also[i] == table)
			return;
	}
	if (c->also == NULL)
		c->also = arena_alloc(
		    c->req->arena, catalog->n_tables * sizeof(c->also[0]));
	c->also[c->n_also++] = table;
}

static enum status
record_prepare(struct table_call *c, const struct nesting *nesting, size_t *n,
    struct error *err)
{
	for (size_t i = 0; i < nesting->n; i++) {
		const struct relation *relation = nesting->list[i].relation;
		enum status st = value_check(c, &nesting->list[i], n, err);

		if (st != ST_OK)
			return st;
		table_note(c, relation->ref);
		if (relation->junction != NULL)
			table_note(c, relation->junction);
	}
	return ST_OK;
}

enum status
nested_prepare(struct table_call *c, const struct records *records, bool *nests,
    struct error *err)
{
	size_t max = (size_t)c->service->max_records;
	size_t n = 0;

	*nests = false;
	for (size_t i = 0; i < records->n; i++) {
		struct nesting nesting = nested_of(c, records->list[i]);
		enum status st = record_prepare(c, &nesting, &n, err);

		if (st != ST_OK)
			return st;
		if (n > max)
			return error_set(err, ST_INVALID,
			    "There are more than %zu related records: send "
			    "fewer (max_records).",
			    max);
		*nests = *nests || nesting.n > 0;
	}
	return ST_OK;
}
