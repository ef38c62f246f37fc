#include "app/services/system/reading.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/services/db/relation/relation.h"
#include "app/services/system/read.h"
#include "app/services/system/tables.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"
#include "middleware/response.h"

/* Names of relations by which other versions know them. */
static const struct {
	const char *name;
	const char *now;
} renamed[] = {
	{ "role_lookup_by_role_id", "lookup_by_role_id" },
	{ "app_lookup_by_app_id", "lookup_by_app_id" },
	{ "user_lookup_by_user_id", "lookup_by_user_id" },
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct str
reading_asked(const struct reading *r, const char *name, const char *alias)
{
	struct str text = params_get(&r->options.params, str_of(name));

	return str_is_null(text) && alias != NULL
		   ? params_get(&r->options.params, str_of(alias))
		   : text;
}

static void
field_add(struct reading *r, struct str *list, struct str name)
{
	for (size_t i = 0; i < r->show.n_fields; i++) {
		if (str_eq_nocase(list[i], name))
			return;
	}
	list[r->show.n_fields++] = name;
}

static bool
has_field(const struct reading *r, const struct str *list, const char *name)
{
	for (size_t i = 0; i < r->show.n_fields; i++) {
		if (str_eq_nocase(list[i], str_of(name)))
			return true;
	}
	return false;
}

/* The config of a service comes with its id and type (dreamfactory.md 8.2). */
static void
config_add(struct reading *r, struct str *list)
{
	if (str_eq(r->table->name, STR("service")) &&
	    has_field(r, list, "id") && has_field(r, list, "type"))
		field_add(r, list, STR("config"));
}

bool
reading_fields(struct reading *r)
{
	struct str text = reading_asked(r, "fields", "select");
	struct str rest = str_is_null(text) ? r->read->fields : text;
	struct str *list =
	    arena_alloc(r->req->arena, (rest.n + 5) * sizeof(list[0]));

	if (str_is_null(rest))
		return true;
	if (rest.n == 0)
		field_add(r, list, STR("id"));
	while (rest.n > 0) {
		struct str name = str_trim(str_cut(&rest, ','));

		if (str_eq(name, STR("*")))
			return true;
		if (name.n == 0)
			continue;
		if (!show_has(r->table, name)) {
			response_fail(r->req, 400,
			    "Invalid field requested: %.*s", STR_ARG(name));
			return false;
		}
		field_add(r, list, name);
	}
	config_add(r, list);
	if (r->show.counters != NULL)
		field_add(r, list, STR(LIMIT_COUNTERS));
	if (r->read->n_keys > 0)
		field_add(r, list, STR("api_key"));
	r->show.fields = list;
	return true;
}

static struct str
renamed_of(struct str name)
{
	for (size_t i = 0; i < LENGTH(renamed); i++) {
		if (str_eq_nocase(name, str_of(renamed[i].name)))
			return str_of(renamed[i].now);
	}
	return name;
}

static bool
is_known(const struct reading *r, struct str item)
{
	const struct relations *relations =
	    system_tables_relations(r->tables, r->table);
	const struct relation *relation;
	struct error why = { 0 };
	struct str head = str_cut(&item, '.');

	return str_eq(head, STR("*")) ||
	       relation_named(relations, head, &relation, &why) == ST_OK;
}

/* Relations that there are not are none (dreamfactory.md 7.5); what a member
 * is made of comes along. */
struct str
reading_related(struct reading *r)
{
	struct buf list = buf_in(r->req->arena);
	struct str rest = reading_asked(r, "related", NULL);
	struct str always = show_always(r->table);

	while (rest.n > 0) {
		struct str item = renamed_of(str_trim(str_cut(&rest, ',')));

		if (!is_known(r, item))
			continue;
		if (str_eq_nocase(item, always) || str_eq(item, STR("*")))
			r->show.shows_always = true;
		buf_put(&list, item);
		buf_put_char(&list, ',');
	}
	if (!r->show.shows_always && !str_is_null(always)) {
		buf_put(&list, always);
		buf_put_char(&list, ',');
	}
	return list.n == 0 ? STR_NULL : str_make(list.p, list.n - 1);
}
