/* SERVICE_<NAME>_<FIELD>: a field is a member of the type's config in upper
 * case, or one that every service has. */
#include "app/base/arena.h"
#include "drivers/cache/cache.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/config_value.h"
#include "middleware/registry/declared.h"
#include "middleware/registry/declared_reader.h"
#include "middleware/registry/service_config.h"
#include "middleware/registry/words.h"
#include "middleware/service.h"

static const char *const common[] = { "TYPE", "LABEL", "DESCRIPTION", "ACTIVE",
	"CACHE_ENABLED", "CACHE_TTL" };

static bool
is_common(struct str field)
{
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		if (str_eq_nocase(field, str_of(common[i])))
			return true;
	}
	return false;
}

static const struct service_type *
type_of(const struct declared_thing *thing)
{
	struct str type = thing->entry->value;

	return str_is_null(type) ? NULL : service_type_find(type);
}

static const struct config_field *
member_of(const struct service_type *type, struct str field)
{
	const struct config_field *f = type->config;

	while (f->name != NULL && !str_eq_nocase(field, str_of(f->name)))
		f++;
	return f->name == NULL ? NULL : f;
}

/* Of a type that is unknown nothing is: that alone is the problem. */
bool
declared_service_knows(const struct declared_thing *thing, struct str field)
{
	const struct service_type *type = type_of(thing);

	return is_common(field) || type == NULL ||
	       member_of(type, field) != NULL;
}

static void
ttl_take(
    struct declared_reader *r, const struct declared_thing *thing, int64_t *out)
{
	const struct env_entry *entry = declared_entry(thing, "CACHE_TTL");
	int64_t number;

	if (entry == NULL)
		return;
	if (str_to_i64(entry->value, &number) && number >= 0 &&
	    number <= CACHE_TTL_MAX)
		*out = number;
	else
		declared_problem(
		    r, entry, "must be 0 to %d seconds", CACHE_TTL_MAX);
}

/* Appends the member that a field gives to an array of them. */
static void
member_take(struct declared_reader *r, const struct service_type *type,
    const struct declared_field *field, struct buf *members)
{
	const struct config_field *f = member_of(type, field->name);
	struct buf json = buf_in(r->arena);
	struct error err = { 0 };
	struct config_member member;

	if (is_common(field->name) || f == NULL ||
	    str_is_null(field->entry->value))
		return;
	member = (struct config_member){ str_of(f->name), field->entry->value };
	if (config_value_put(&json, f, member.value, &err) == ST_OK)
		buf_put(
		    members, str_make((const char *)&member, sizeof(member)));
	else
		declared_problem(r, field->entry, "%s", err.text);
	secret_wipe(json.p, json.n);
}

static struct str
upper_case(struct arena *arena, struct str s)
{
	char *out = arena_alloc(arena, s.n + 1);

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		out[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return str_make(out, s.n);
}

static void
required_check(struct declared_reader *r, const struct declared_thing *thing,
    const struct service_type *type)
{
	for (const struct config_field *f = type->config; f->name != NULL;
	     f++) {
		struct str name = upper_case(r->arena, str_of(f->name));

		if (f->required && declared_text(thing, f->name).n == 0)
			declared_problem(r, thing->entry,
			    "needs SERVICE_%.*s_%.*s beside it: %s",
			    STR_ARG(thing->name), STR_ARG(name), f->help);
	}
}

static void
config_take(struct declared_reader *r, const struct declared_thing *thing,
    struct service_record *record)
{
	const struct service_type *type = type_of(thing);
	const struct config_owner owner = { record->name, type };
	struct config_given given = { .type = record->type };
	struct buf members = buf_in(r->arena);
	struct error err = { 0 };
	enum status st;

	for (size_t i = 0; i < thing->n_fields; i++)
		member_take(r, type, &thing->fields[i], &members);
	required_check(r, thing, type);
	if (r->failed)
		return;
	given.list = (const struct config_member *)(const void *)members.p;
	given.n = members.n / sizeof(*given.list);
	st = service_single_check(record->type, &err);
	if (st == ST_OK)
		st = service_config_make(
		    r->arena, &given, &record->config, &err);
	if (st == ST_OK)
		st = service_caching_check(
		    record->type, record->config, record->cache_enabled, &err);
	if (st == ST_OK)
		st = config_seal(
		    r->arena, r->keys, &owner, &record->config, &err);
	if (st != ST_OK)
		declared_problem(r, thing->entry, "is wrong: %s", err.text);
}

static void
refuse_type(struct declared_reader *r, const struct declared_thing *thing)
{
	struct buf names = buf_in(r->arena);

	for (size_t i = 0; service_types[i] != NULL; i++)
		buf_printf(
		    &names, "%s%s", i == 0 ? "" : ", ", service_types[i]->name);
	declared_problem(r, thing->entry,
	    "must be a service type that this weir was built with: %.*s",
	    STR_ARG(buf_str(&names)));
}

void
declared_service_read(
    struct declared_reader *r, const struct declared_thing *thing)
{
	struct service_record *record = &r->out->services[r->out->n_services++];
	struct error err = { 0 };

	*record = (struct service_record){
		.name = declared_lower(r->arena, thing->name),
		.type = thing->entry->value,
		.active = true,
		.place = declared_where(r, thing->entry),
	};
	record->id = declared_id(r->arena, NOUN_SERVICE, record->name);
	if (service_name_check(record->name, &err) != ST_OK)
		declared_problem(r, thing->entry, "is wrong: %s", err.text);
	declared_take_text(r, thing, "LABEL", LABEL_MAX, &record->label);
	declared_take_text(
	    r, thing, "DESCRIPTION", DESCRIPTION_MAX, &record->description);
	declared_take_flag(r, thing, "ACTIVE", &record->active);
	declared_take_flag(r, thing, "CACHE_ENABLED", &record->cache_enabled);
	ttl_take(r, thing, &record->cache_ttl);
	if (type_of(thing) == NULL)
		refuse_type(r, thing);
	else
		config_take(r, thing, record);
}
