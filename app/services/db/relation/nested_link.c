/* Records of many_many: written, and linked by a row of the junction. */
#include "app/base/arena.h"
#include "app/services/db/read/select.h"
#include "app/services/db/relation/nested_put.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/write/draft.h"
#include "app/services/db/write/record.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

/* The row of the junction that leads to a related record. */
static struct record_name
link_name(const struct nested_put *put, const struct db_value *far,
    struct identity *by)
{
	const struct relation *relation = put->relation;
	struct arena *arena = put->call->req->arena;
	size_t n_near = relation->joint.n;
	size_t n = n_near + relation->far.n;
	const struct column **columns =
	    arena_alloc(arena, n * sizeof(columns[0]));
	struct db_value *parts = arena_alloc(arena, n * sizeof(parts[0]));

	for (size_t i = 0; i < n; i++) {
		bool near = i < n_near;

		columns[i] = near ? relation->joint.right[i]
				  : relation->far.left[i - n_near];
		parts[i] = near ? put->values[i] : far[i - n_near];
	}
	*by = (struct identity){ relation->junction, columns, n };
	return (struct record_name){ by, parts };
}

static enum status
link_make(const struct nested_put *put, const struct record_name *name,
    struct error *err)
{
	const struct db_table *junction = name->by->table;
	struct arena *arena = put->call->req->arena;
	struct db_value *key =
	    arena_zalloc(arena, junction->n_key * sizeof(key[0]));
	struct draft draft = draft_empty(arena, junction);
	struct table_call c;
	bool known;
	enum status st = nested_reach(put, junction, METHOD_POST, &c, err);

	for (size_t i = 0; i < name->by->n; i++)
		draft_set(&draft, name->by->columns[i], &name->parts[i]);
	if (st == ST_OK)
		st = draft_check(junction, &draft, DRAFT_NEW, err);
	if (st == ST_OK)
		st = record_insert(&c, &draft, key, &known, err);
	return st == ST_OK ? record_check(&c, name, err) : st;
}

/* Once is enough, whoever may see it. */
static enum status
link_have(const struct nested_put *put, const struct record_name *name,
    struct error *err)
{
	const struct identity *by = name->by;
	struct table_call c = *put->call;
	struct db_value *seen =
	    arena_alloc(c.req->arena, by->n * sizeof(seen[0]));
	struct error why = { .text = "" };
	enum status st;

	c.table = by->table;
	c.role = NULL;
	st = record_values(&c, name, by->columns, by->n, seen, &why);
	if (st == ST_MISSING)
		return link_make(put, name, err);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

/* {"books.id":null} */
static bool
unlinks(const struct nested_put *put, struct json object)
{
	const struct db_table *table = put->relation->table;
	struct json_walk walk = json_walk(put->call->req->arena, object);
	struct json_member member;

	while (json_next(&walk, &member)) {
		struct str column = member.name;
		struct str name = str_cut(&column, '.');

		if (json_kind(member.value) == JSON_NULL &&
		    !str_is_null(column) && table->n_key > 0 &&
		    str_eq_nocase(name, table->name) &&
		    table_column(table, column) == table->key[0])
			return true;
	}
	return false;
}

/* One that is not linked is not linked afterwards. */
static enum status
link_end(const struct nested_put *put, struct json object, struct error *err)
{
	const struct relation *relation = put->relation;
	struct arena *arena = put->call->req->arena;
	struct identity key = identity_key(relation->ref);
	struct db_value *far =
	    arena_alloc(arena, relation->far.n * sizeof(far[0]));
	struct table_call c = *put->call;
	struct record_name name;
	struct identity by;
	struct identifier id;
	struct error why = { .text = "" };
	enum status st = identifier_of_record(arena, &key, object, &id, err);

	if (st != ST_OK)
		return st;
	name = (struct record_name){ &key, id.parts };
	c.table = relation->ref;
	c.role = NULL;
	st = record_values(
	    &c, &name, relation->far.right, relation->far.n, far, &why);
	if (st == ST_OK)
		st = nested_reach(
		    put, relation->junction, METHOD_DELETE, &c, &why);
	if (st == ST_OK) {
		name = link_name(put, far, &by);
		st = record_delete(&c, &name, &why);
	}
	if (st == ST_OK || st == ST_MISSING)
		return ST_OK;
	return error_set(err, st, "%s", why.text);
}

enum status
nested_link(const struct nested_put *put, struct json object, struct error *err)
{
	const struct relation *relation = put->relation;
	struct arena *arena = put->call->req->arena;
	struct db_value *far =
	    arena_alloc(arena, relation->far.n * sizeof(far[0]));
	struct record_name name;
	struct identity by;
	struct draft draft;
	enum status st;

	if (unlinks(put, object))
		return link_end(put, object, err);
	st =
	    draft_members(arena, relation->ref, object, DRAFT_NEW, &draft, err);
	if (st == ST_OK)
		st = nested_put_values(put, &draft, relation->far.right,
		    relation->far.n, far, err);
	if (st != ST_OK)
		return st;
	name = link_name(put, far, &by);
	return link_have(put, &name, err);
}
