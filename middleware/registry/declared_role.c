/* ROLE_<NAME>_ACCESS="SERVICE:COMPONENT:VERBS; ...", ROLE_<NAME>_<FIELD>. */
#include "app/base/arena.h"
#include "middleware/registry/access.h"
#include "middleware/registry/declared.h"
#include "middleware/registry/declared_reader.h"
#include "middleware/registry/words.h"

bool
declared_role_knows(const struct declared_thing *thing, struct str field)
{
	(void)thing; /* all roles have the same */
	return str_eq_nocase(field, STR("ACCESS")) ||
	       str_eq_nocase(field, STR("DESCRIPTION")) ||
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
}
