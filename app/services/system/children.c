#include "app/services/system/children.h"

#include "app/services/system/known.h"
#include "app/services/system/lookup_input.h"
#include "app/services/system/write.h"

#define CHILDREN_MAX 1000

static enum status
child_write(struct system_write *w, const struct children *c,
    struct json record, struct error *err)
{
	struct child child = {
		.w = w, .parent = c->parent, .in = { w->arena, record }
	};
	struct error why = { 0 };
	enum status st = ST_INVALID;

	if (json_kind(record) == JSON_OBJECT)
		st = input_number(&child.in, "id", &child.id, &why);
	else
		(void)error_set(&why, st, "an object is expected.");
	if (st == ST_OK)
		st = known_check(w, c->table, record, &why);
	child.removes = json_kind(input_get(&child.in, c->link)) == JSON_NULL;
	if (st == ST_OK && child.removes && child.id == 0)
		return ST_OK; /* it never was */
	if (st == ST_OK)
		st = c->f(&child, &why);
	if (st == ST_OK)
		return st;
	if (st == ST_MISSING)
		return error_set(err, ST_INVALID,
		    "%s: there is none of the id %lld here.", c->relation,
		    (long long)child.id);
	return error_set(err, st, "%s: %s", c->relation, why.text);
}

enum status
children_write(struct system_write *w, const struct input *parent,
    const struct children *c, struct error *err)
{
	struct json list;
	struct json_walk walk;
	struct json_member element;
	enum status st = input_list(parent, c->relation, &list, err);

	if (json_count(list) > CHILDREN_MAX)
		return error_set(err, ST_INVALID,
		    "%s: at most %d are expected.", c->relation, CHILDREN_MAX);
	walk = json_walk(w->arena, list);
	while (st == ST_OK && json_next(&walk, &element))
		st = child_write(w, c, element.value, err);
	return st;
}

static enum status
lookup_child(const struct child *c, struct error *err)
{
	const struct lookup_scope *scope = c->parent;

	if (c->id == 0)
		return lookup_input_add(c->w, &c->in, scope, NULL, err);
	if (c->removes)
		return lookup_input_remove(c->w, c->id, scope, err);
	return lookup_input_set(c->w, c->id, &c->in, scope, err);
}

enum status
lookups_write(struct system_write *w, const struct input *parent,
    const char *relation, const char *link, const struct lookup_scope *scope,
    struct error *err)
{
	const struct children children = { relation, "lookup", link, scope,
		lookup_child };

	return children_write(w, parent, &children, err);
}
