#include "app/services/system/show.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/services/db/relation/relation.h"
#include "app/services/system/member.h"
#include "app/services/system/tables.h"
#include "drivers/db/catalog.h"

static bool
is_listed(const struct str *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(list[i], name))
			return true;
	}
	return false;
}

static bool
is_named(const char *const *names, struct str name)
{
	for (; names != NULL && *names != NULL; names++) {
		if (str_eq_nocase(str_of(*names), name))
			return true;
	}
	return false;
}

struct str
show_always(const struct db_table *table)
{
	const struct members *m = members_of(table->name);

	return m == NULL ? STR_NULL : str_of(m->always);
}

bool
show_has(const struct db_table *table, struct str name)
{
	const struct members *m = members_of(table->name);

	if (m != NULL && is_named(m->added, name))
		return true;
	return table_column(table, name) != NULL &&
	       (m == NULL || !is_named(m->hidden, name));
}

/* One record at some depth. */
struct depth {
	const struct show *show;
	const struct db_table *table;
	const struct members *members;
	bool is_top;
	struct json record;
};

static bool
is_wanted(const struct depth *d, struct str name)
{
	const struct show *s = d->show;

	return !d->is_top || s->fields == NULL ||
	       is_listed(s->fields, s->n_fields, name);
}

static void put_record(const struct show *s, const struct db_table *table,
    struct json record, bool is_top, struct buf *out);

static void
put_related(const struct show *s, const struct db_table *table,
    struct json value, struct buf *out)
{
	struct json_walk walk = json_walk(s->arena, value);
	struct json_member element;

	if (json_kind(value) == JSON_OBJECT) {
		put_record(s, table, value, false, out);
		return;
	}
	if (json_kind(value) != JSON_ARRAY) {
		buf_put(out, value.text);
		return;
	}
	buf_put_char(out, '[');
	for (size_t i = 0; json_next(&walk, &element); i++) {
		if (i > 0)
			buf_put_char(out, ',');
		put_record(s, table, element.value, false, out);
	}
	buf_put_char(out, ']');
}

/* What is only there to make others of is left out. */
static bool
is_unseen(const struct depth *d, struct str name)
{
	const struct members *m = d->members;

	if (m == NULL)
		return false;
	return is_named(m->hidden, name) ||
	       (d->is_top && !d->show->shows_always &&
		   str_eq(str_of(m->always), name));
}

static void
put_member(
    const struct depth *d, const struct json_member *member, struct buf *out)
{
	const struct show *s = d->show;
	const struct members *m = d->members;
	const struct relation *relation = relation_find(
	    system_tables_relations(s->tables, d->table), member->name);

	if (is_unseen(d, member->name) ||
	    (relation == NULL && !is_wanted(d, member->name)))
		return;
	json_put_name(out, member->name);
	if (relation != NULL)
		put_related(s, relation->ref, member->value, out);
	else if (m == NULL || m->put == NULL ||
		 !m->put(s, d->record, member, out))
		buf_put(out, member->value.text);
}

/* Members that no column holds, unless what they are made of is missing. */
static void
put_added(const struct depth *d, struct buf *out)
{
	const struct members *m = d->members;

	for (const char *const *name = m->added; name != NULL && *name != NULL;
	     name++) {
		struct json_member member = { .name = str_of(*name) };
		struct buf value = buf_in(d->show->arena);

		if (!is_wanted(d, member.name) ||
		    !m->put(d->show, d->record, &member, &value))
			continue;
		json_put_name(out, member.name);
		buf_put(out, buf_str(&value));
	}
}

static void
put_record(const struct show *s, const struct db_table *table,
    struct json record, bool is_top, struct buf *out)
{
	struct depth d = { s, table, members_of(table->name), is_top, record };
	struct json_walk walk = json_walk(s->arena, record);
	struct json_member member;

	if (json_kind(record) != JSON_OBJECT) {
		buf_put(out, record.text);
		return;
	}
	buf_put_char(out, '{');
	while (json_next(&walk, &member))
		put_member(&d, &member, out);
	if (d.members != NULL)
		put_added(&d, out);
	buf_put_char(out, '}');
}

void
show_record(const struct show *s, const struct db_table *table,
    struct json record, struct buf *out)
{
	put_record(s, table, record, true, out);
}

static void
put_list(const struct show *s, const struct db_table *table, struct json list,
    struct buf *out)
{
	struct json_walk walk = json_walk(s->arena, list);
	struct json_member element;

	buf_put_char(out, '[');
	for (size_t i = 0; json_next(&walk, &element); i++) {
		if (i > 0)
			buf_put_char(out, ',');
		put_record(s, table, element.value, true, out);
	}
	buf_put_char(out, ']');
}

void
show_list(const struct show *s, const struct db_table *table,
    struct json answer, struct buf *out)
{
	struct json_walk walk = json_walk(s->arena, answer);
	struct json_member member;

	if (json_kind(answer) == JSON_ARRAY) {
		put_list(s, table, answer, out);
		return;
	}
	if (json_kind(answer) != JSON_OBJECT) {
		buf_put(out, answer.text);
		return;
	}
	buf_put_char(out, '{');
	while (json_next(&walk, &member)) {
		json_put_name(out, member.name);
		if (str_eq(member.name, STR("resource")))
			put_list(s, table, member.value, out);
		else
			buf_put(out, member.value.text);
	}
	buf_put_char(out, '}');
}
