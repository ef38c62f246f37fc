#include "app/services/db/read/listing.h"

#include "app/base/jsonout.h"
#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/schema/label.h"
#include "app/services/db/schema/names.h"
#include "app/services/db/table_rights.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

/* Members of an item, in their order. */
enum member {
	MEMBER_NAME,
	MEMBER_CLASS,
	MEMBER_LABEL,
	MEMBER_PLURAL,
	MEMBER_IS_VIEW,
	MEMBER_ACCESS,
	MEMBERS
};

static const char *const member_names[MEMBERS] = { "name", "class", "label",
	"plural", "is_view", "access" };

#define OF_RESOURCES                                                           \
	(1u << MEMBER_NAME | 1u << MEMBER_CLASS | 1u << MEMBER_LABEL)
#define OF_TABLES (~(1u << MEMBER_CLASS))

static const struct resource {
	const char *name;
	const char *class;
	const char *label;
	bool holds_tables;
	bool holds_routines; /* which not every engine has */
} resources[] = {
	{ "_schema", "Schema", "Schema", true, false },
	{ "_table", "Table", "Tables", true, false },
	{ "_proc", "Procedure", "Stored Procedures", false, true },
	{ "_func", "Function", "Stored Functions", false, true },
};

enum form {
	FORM_OBJECTS,
	FORM_NAMES, /* as_list */
	FORM_ACCESS /* as_access_list: what a role's rows may name */
};

struct listing {
	struct request *req;
	struct buf *out;
	enum form form;
	unsigned members; /* bits of enum member */
	bool wrap;
	size_t n;
};

static enum status
fields_read(
    struct str text, unsigned offered, unsigned *members, struct error *err)
{
	*members = text.n == 0 ? 1u << MEMBER_NAME : 0;
	while (text.n > 0) {
		struct str name = str_trim(str_cut(&text, ','));
		size_t i = 0;

		if (str_eq(name, STR("*"))) {
			*members = offered;
			return ST_OK;
		}
		while (i < MEMBERS && !str_eq(name, str_of(member_names[i])))
			i++;
		if (i == MEMBERS || (offered & 1u << i) == 0)
			return error_set(err, ST_INVALID,
			    "Invalid field requested: '%.*s'.", STR_ARG(name));
		*members |= 1u << i;
	}
	return ST_OK;
}

static bool
asks(const struct request *req, struct json body, const char *name)
{
	return str_to_bool(names_option(req, body, str_of(name)));
}

/* ST_OK, or the response holds the refusal. */
static enum status
listing_open(
    struct listing *l, struct request *req, struct json body, unsigned offered)
{
	struct str fields = names_option(req, body, STR("fields"));
	struct str wrap = names_option(req, body, STR("wrap"));
	struct error err = { .text = "" };

	if (wrap.n == 0)
		wrap = req->param[PARAM_WRAP];
	*l = (struct listing){ .req = req,
		.out = &req->response.build,
		.wrap = !str_is_no(str_trim(wrap)) };
	if (asks(req, body, "as_access_list"))
		l->form = FORM_ACCESS;
	else if (asks(req, body, "as_list"))
		l->form = FORM_NAMES;
	if (fields_read(fields, offered, &l->members, &err) != ST_OK) {
		answer_refuse(req, ST_INVALID, &err);
		return ST_INVALID;
	}
	if (asks(req, body, "include_access"))
		l->members |= 1u << MEMBER_ACCESS & offered;
	buf_put_lit(l->out, "{\"resource\":[");
	return ST_OK;
}

static void
listing_end(struct listing *l)
{
	buf_put_lit(l->out, "]}");
	answer_list(l->req, !l->wrap, false);
}

static void
listing_next(struct listing *l)
{
	if (l->n++ > 0)
		buf_put_char(l->out, ',');
}

static void
listing_word(struct listing *l, struct str word)
{
	listing_next(l);
	json_put_str(l->out, word);
}

/* An object's member, when it is wanted. */
static bool
member_begin(struct listing *l, enum member m)
{
	if ((l->members & 1u << m) == 0)
		return false;
	json_put_name(l->out, str_of(member_names[m]));
	return true;
}

static void
member_text(struct listing *l, enum member m, struct str text)
{
	if (member_begin(l, m))
		json_put_str(l->out, text);
}

static void
table_put(struct listing *l, const struct db_table *t, unsigned verbs)
{
	struct arena *arena = l->req->arena;

	listing_next(l);
	buf_put_char(l->out, '{');
	member_text(l, MEMBER_NAME, t->name);
	member_text(l, MEMBER_LABEL, label_of(arena, t->name));
	member_text(l, MEMBER_PLURAL, label_plural(arena, t->name));
	if (member_begin(l, MEMBER_IS_VIEW))
		json_put_bool(l->out, t->is_view);
	if (member_begin(l, MEMBER_ACCESS))
		table_rights_put(l->out, verbs);
	buf_put_char(l->out, '}');
}

/* Components end in a slash for the thing itself, in a star for what is
 * beneath it too. */
static void
components_put(struct listing *l, struct str path)
{
	struct arena *arena = l->req->arena;

	listing_word(l, arena_printf(arena, "%.*s/", STR_ARG(path)));
	listing_word(l, arena_printf(arena, "%.*s/*", STR_ARG(path)));
}

static void
list_table(struct listing *l, struct str resource, const struct db_table *t)
{
	unsigned verbs = table_rights(l->req, resource, t->name);

	if (verbs == 0)
		return;
	if (l->form == FORM_OBJECTS)
		table_put(l, t, verbs);
	else if (l->form == FORM_NAMES)
		listing_word(l, t->name);
	else
		components_put(l, arena_printf(l->req->arena, "%.*s/%.*s",
				      STR_ARG(resource), STR_ARG(t->name)));
}

static void
list_tables(struct listing *l, struct str resource)
{
	const struct db_service *service = l->req->service->instance;
	const struct catalog *c = &service->catalog;

	for (size_t i = 0; i < c->n_tables; i++)
		list_table(l, resource, &c->tables[i]);
}

static void
list_resource(struct listing *l, const struct resource *resource)
{
	struct str name = str_of(resource->name);

	if (l->form == FORM_NAMES) {
		listing_word(l, name);
		return;
	}
	if (l->form == FORM_ACCESS) {
		components_put(l, name);
		if (resource->holds_tables)
			list_tables(l, name);
		return;
	}
	listing_next(l);
	buf_put_char(l->out, '{');
	member_text(l, MEMBER_NAME, name);
	member_text(l, MEMBER_CLASS, str_of(resource->class));
	member_text(l, MEMBER_LABEL, str_of(resource->label));
	buf_put_char(l->out, '}');
}

void
listing_root(struct request *req, struct json body)
{
	const struct db_service *service = req->service->instance;
	bool routines = service->driver->call != NULL;
	struct listing l;

	if (listing_open(&l, req, body, OF_RESOURCES) != ST_OK)
		return;
	if (l.form == FORM_ACCESS) {
		listing_word(&l, STR(""));
		listing_word(&l, STR("*"));
	}
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		if (routines || !resources[i].holds_routines)
			list_resource(&l, &resources[i]);
	}
	listing_end(&l);
}

/* One that the role may not see is as good as none. */
static const struct db_table *
table_seen(struct request *req, struct str resource, struct str name)
{
	const struct db_service *service = req->service->instance;
	const struct db_table *t = db_service_table(service, name);

	if (t == NULL || table_rights(req, resource, t->name) == 0)
		return NULL;
	return t;
}

/* A service has the tables of one schema: of another it has none. */
static bool
is_of_schema(const struct request *req, struct json body)
{
	const struct db_service *service = req->service->instance;
	struct str asked = names_option(req, body, STR("schema"));
	const char *own = service->driver->schema;

	if (own == NULL)
		own = service->config.database;
	return asked.n == 0 || str_eq_nocase(asked, str_of(own));
}

void
listing_tables(struct request *req, struct str resource, struct json body,
    const struct names *names)
{
	struct error err = { .text = "" };
	struct listing l;
	enum status st = ST_OK;

	if (listing_open(&l, req, body, OF_TABLES) != ST_OK)
		return;
	if (names->n == 0 && is_of_schema(req, body))
		list_tables(&l, resource);
	for (size_t i = 0; i < names->n && st == ST_OK; i++) {
		const struct db_table *t =
		    table_seen(req, resource, names->list[i]);

		if (t == NULL)
			st = answer_no_table(names->list[i], &err);
		else
			list_table(&l, resource, t);
	}
	if (st == ST_OK)
		listing_end(&l);
	else
		answer_refuse(req, st, &err);
}
