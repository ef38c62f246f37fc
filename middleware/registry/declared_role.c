/*
 * ROLE_<NAME>_ACCESS="SERVICE:COMPONENT:VERBS; ...", ROLE_<NAME>_<FIELD>.
 * ROLE_<NAME>_FILTERS='{"SERVICE:COMPONENT":[...], ...}' says which rows of
 * tables; {"filters":[...],"filter_op":"or"} in place of a list joins it so.
 */
#include "app/base/arena.h"
#include "middleware/registry/access.h"
#include "middleware/registry/declared.h"
#include "middleware/registry/declared_reader.h"
#include "middleware/registry/row_filters.h"
#include "middleware/registry/words.h"

bool
declared_role_knows(const struct declared_thing *thing, struct str field)
{
	(void)thing; /* all roles have the same */
	return str_eq_nocase(field, STR("ACCESS")) ||
	       str_eq_nocase(field, STR("DESCRIPTION")) ||
	       str_eq_nocase(field, STR("FILTERS")) ||
	       str_eq_nocase(field, STR("ACTIVE"));
}

/* The part behind the last c, which is cut off *text; STR_NULL without one. */
static struct str
cut_last(struct str *text, char c)
{
	size_t n = text->n;
	struct str last;

	while (n > 0 && text->p[n - 1] != c)
		n--;
	if (n == 0)
		return STR_NULL;
	last = str_skip(*text, n);
	text->n = n - 1;
	return last;
}

/* One row; a component may have a ":" in it, the others may not. */
static enum status
row_parse(struct arena *arena, struct str text, struct access_record *row,
    struct error *err)
{
	struct str rest = text;
	struct str verbs = str_trim(cut_last(&rest, ':'));
	struct str service = str_trim(str_cut(&rest, ':'));
	enum status st;

	if (verbs.n == 0 || service.n == 0 || str_is_null(rest))
		return error_set(err, ST_INVALID,
		    "row \"%.*s\": SERVICE:COMPONENT:VERBS is expected, as in "
		    "shop:_table/*:GET,POST",
		    STR_ARG(text));
	*row = (struct access_record){
		.component = component_trim(str_trim(rest)),
		.requestor_mask = REQUESTOR_API,
		.filter_op = STR("and"),
	};
	if (!str_eq(service, STR("*")))
		row->service_name = declared_lower(arena, service);
	st = component_check(service, row->component, err);
	return st == ST_OK ? verbs_parse(verbs, &row->verb_mask, err) : st;
}

static void
rows_read(struct declared_reader *r, const struct declared_thing *thing,
    struct role_record *record)
{
	struct str rest = thing->entry->value;
	struct buf rows = buf_in(r->arena);

	while (!str_is_null(rest)) {
		struct str text = str_trim(str_cut(&rest, ';'));
		struct access_record row;
		struct error err = { 0 };

		if (text.n == 0)
			continue;
		if (row_parse(r->arena, text, &row, &err) != ST_OK) {
			declared_problem(r, thing->entry, "%s", err.text);
			return;
		}
		row.role_id = record->id;
		buf_put(&rows, str_make((const char *)&row, sizeof(row)));
	}
	record->rows = (struct access_record *)(void *)rows.p;
	record->n_rows = rows.n / sizeof(*record->rows);
}

/* Does "SERVICE:COMPONENT" name the row? */
static bool
is_named(const struct access_record *row, struct str name)
{
	struct str service = str_trim(str_cut(&name, ':'));

	return !str_is_null(name) &&
	       str_eq_nocase(row->service_name, service) &&
	       str_eq_nocase(row->component, component_trim(str_trim(name)));
}

static size_t
filters_put(struct role_record *record, struct str name, struct str filters,
    struct str op)
{
	size_t found = 0;

	for (size_t i = 0; i < record->n_rows; i++) {
		if (!is_named(&record->rows[i], name))
			continue;
		record->rows[i].filters = filters;
		record->rows[i].filter_op = op;
		found++;
	}
	return found;
}

static enum status
member_read(struct arena *arena, const struct json_member *member,
    struct role_record *record, struct error *err)
{
	const struct row_filters *filters;
	struct json list = member->value;
	struct str op = STR("and");
	enum status st;

	if (json_kind(list) == JSON_OBJECT) {
		op = json_to_str(
		    arena, json_get(arena, member->value, STR("filter_op")));
		list = json_get(arena, member->value, STR("filters"));
		if (op.n == 0)
			op = STR("and");
	}
	st = row_filters_parse(arena, list.text, op, &filters, err);
	if (st == ST_OK && filters == NULL)
		return error_set(err, ST_INVALID, "there are no filters");
	if (st == ST_OK &&
	    filters_put(record, member->name, list.text, op) == 0)
		return error_set(err, ST_INVALID,
		    "no row of ACCESS is about this SERVICE:COMPONENT");
	return st;
}

static void
filters_read(struct declared_reader *r, const struct declared_thing *thing,
    struct role_record *record)
{
	const struct env_entry *entry = declared_entry(thing, "FILTERS");
	struct error err = { 0 };
	struct json_member member;
	struct json_walk walk;
	struct json object;

	if (entry == NULL)
		return;
	if (json_parse(r->arena, entry->value, &object, &err) != ST_OK ||
	    json_kind(object) != JSON_OBJECT) {
		declared_problem(r, entry,
		    "must be a JSON object, as in "
		    "{\"shop:_table/orders/*\":[{\"name\":\"region\","
		    "\"operator\":\"=\",\"value\":\"north\"}]}");
		return;
	}
	walk = json_walk(r->arena, object);
	while (json_next(&walk, &member)) {
		struct error why = { 0 };

		if (member_read(r->arena, &member, record, &why) != ST_OK)
			declared_problem(r, entry, "\"%.*s\": %s",
			    STR_ARG(member.name), why.text);
	}
}

void
declared_role_read(
    struct declared_reader *r, const struct declared_thing *thing)
{
	struct role_record *record = &r->out->roles[r->out->n_roles++];
	struct error err = { 0 };

	*record = (struct role_record){
		.name = declared_lower(r->arena, thing->name),
		.active = true,
		.place = declared_where(r, thing->entry),
	};
	record->id = declared_id(r->arena, NOUN_ROLE, record->name);
	if (record_name_check(record->name, "role", &err) != ST_OK)
		declared_problem(r, thing->entry, "is wrong: %s", err.text);
	declared_take_text(
	    r, thing, "DESCRIPTION", DESCRIPTION_MAX, &record->description);
	declared_take_flag(r, thing, "ACTIVE", &record->active);
	rows_read(r, thing, record);
	filters_read(r, thing, record);
}
