/* Services of the System API: what is sent of them, checked and stored. */
#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/services/system/input.h"
#include "app/services/system/resources.h"
#include "app/services/system/write.h"
#include "middleware/json_config.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/known_services.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/service_config.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/service_set.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"
#include "middleware/request.h"
#include "middleware/service.h"

/* A service as sent. */
struct sent {
	struct system_write *w;
	struct input in;
	struct str before;  /* the name that it had; STR_NULL: it is new */
	struct str type;    /* of its config */
	struct buf members; /* struct config_member: those of the config */
	struct buf unset;   /* the same: those sent as null */
};

static void
member_add(struct buf *list, struct str name, struct str value)
{
	struct config_member *member = array_add(list, sizeof(*member));

	*member = (struct config_member){ name, value };
}

static const struct config_member *
members_of_list(const struct buf *list, size_t *n)
{
	*n = list->n / sizeof(struct config_member);
	return (const struct config_member *)(const void *)list->p;
}

static bool
is_sent(const struct buf *list, struct str name)
{
	size_t n;
	const struct config_member *all = members_of_list(list, &n);

	for (size_t i = 0; i < n; i++) {
		if (str_eq(all[i].name, name))
			return true;
	}
	return false;
}

/* The mask of a secret says that it stays. */
static bool
is_masked(const struct sent *s, const struct json_member *member)
{
	return show_is_secret(s->type, member->name) &&
	       str_eq(
		   json_to_str(s->w->arena, member->value), STR(SECRET_MASK));
}

static enum status
member_take(struct sent *s, const struct json_member *member, struct error *err)
{
	switch (json_kind(member->value)) {
	case JSON_NULL:
		member_add(&s->unset, member->name, STR_NULL);
		return ST_OK;
	case JSON_STRING:
		if (!is_masked(s, member))
			member_add(&s->members, member->name,
			    json_to_str(s->w->arena, member->value));
		return ST_OK;
	case JSON_NUMBER:
	case JSON_BOOL:
		member_add(&s->members, member->name, member->value.text);
		return ST_OK;
	default:
		return error_set(err, ST_INVALID,
		    "config: \"%.*s\" must be a text, a number, true or false.",
		    STR_ARG(member->name));
	}
}

/* cache_enabled and cache_ttl stand in the config, or beside it. */
static enum status
cache_take(const struct input *in, struct service_record *r, struct error *err)
{
	enum status st =
	    input_switch(in, "cache_enabled", &r->cache_enabled, err);

	return st == ST_OK ? input_number(in, "cache_ttl", &r->cache_ttl, err)
			   : st;
}

static bool
is_of_cache(struct str name)
{
	return str_eq(name, STR("cache_enabled")) ||
	       str_eq(name, STR("cache_ttl"));
}

static enum status
config_take(struct sent *s, struct service_record *r, struct error *err)
{
	struct json config = input_get(&s->in, "config");
	struct input of_config = { s->w->arena, config };
	struct json_walk walk = json_walk(s->w->arena, config);
	struct json_member member;
	enum json_kind kind = json_kind(config);
	enum status st = cache_take(&s->in, r, err);

	if (kind == JSON_ARRAY && json_count(config) == 0)
		return st; /* as some languages write an empty object */
	if (kind != JSON_OBJECT && kind != JSON_NONE && kind != JSON_NULL)
		return error_set(err, ST_INVALID, "config must be an object.");
	if (st == ST_OK)
		st = cache_take(&of_config, r, err);
	while (st == ST_OK && json_next(&walk, &member)) {
		if (!is_of_cache(member.name))
			st = member_take(s, &member, err);
	}
	return st;
}

static enum status
texts_take(struct sent *s, struct service_record *r, struct error *err)
{
	enum status st = input_text(&s->in, "name", &r->name, err);

	if (st == ST_OK)
		st = input_text(&s->in, "label", &r->label, err);
	if (st == ST_OK)
		st = input_text(&s->in, "description", &r->description, err);
	if (st == ST_OK)
		st = input_switch(&s->in, "is_active", &r->active, err);
	return st;
}

static struct str
lower(struct arena *arena, struct str name)
{
	return lower_case(name, arena_alloc(arena, name.n + 1), name.n);
}

static enum status
config_make(struct sent *s, const struct buf *members, struct str *out,
    struct error *err)
{
	struct config_given given = { .type = s->type };

	given.list = members_of_list(members, &given.n);
	return service_config_make(s->w->arena, &given, out, err);
}

/* The config of the record, in clear, with its secrets sealed for its name. */
static enum status
config_close(struct sent *s, struct service_record *r, struct error *err)
{
	const struct config_owner owner = { lower(s->w->arena, r->name),
		service_type_find(r->type) };
	enum status st =
	    service_caching_check(r->type, r->config, r->cache_enabled, err);

	if (st == ST_OK)
		st = service_place_check(
		    s->w->arena, s->w->req->settings, r->type, r->config, err);
	return st == ST_OK ? config_seal(s->w->arena, s->w->keys, &owner,
				 &r->config, err)
			   : st;
}

static struct sent
sent_open(struct system_write *w, struct json record)
{
	return (struct sent){ .w = w,
		.in = { w->arena, record },
		.members = buf_in(w->arena),
		.unset = buf_in(w->arena) };
}

enum status
service_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err)
{
	struct sent s = sent_open(w, record);
	struct service_record r = { .active = true };
	enum status st = input_text(&s.in, "type", &r.type, err);

	s.type = r.type;
	if (st == ST_OK)
		st = texts_take(&s, &r, err);
	if (st == ST_OK && str_is_null(r.name))
		st = error_set(err, ST_INVALID, "name is required.");
	if (st == ST_OK && str_is_null(r.type))
		st = error_set(err, ST_INVALID, "type is required.");
	if (st == ST_OK)
		st = config_take(&s, &r, err);
	if (st == ST_OK)
		st = service_name_check(r.name, err);
	if (st == ST_OK)
		st = config_make(&s, &s.members, &r.config, err);
	if (st == ST_OK)
		st = config_close(&s, &r, err);
	if (st == ST_OK)
		st = service_record_add(w->db, &r, err);
	if (st != ST_OK)
		return st;
	*id = r.id;
	system_write_service(w, lower(w->arena, r.name));
	return ST_OK;
}

static bool
member_keep(void *ctx, struct str name, struct str value)
{
	struct sent *s = ctx;

	member_add(&s->members, name, value);
	return true;
}

/* What stays of a config: a secret that no key opens any more can be sent
 * anew. */
static enum status
config_kept(
    struct sent *s, struct str config, struct str *kept, struct error *err)
{
	struct buf out = buf_in(s->w->arena);
	struct json_member member;
	struct json_walk walk;
	struct json object;
	enum status st = json_parse(s->w->arena, config, &object, err);

	if (st != ST_OK)
		return st;
	walk = json_walk(s->w->arena, object);
	buf_put_char(&out, '{');
	while (json_next(&walk, &member)) {
		if (is_sent(&s->members, member.name) ||
		    is_sent(&s->unset, member.name))
			continue;
		json_put_name(&out, member.name);
		buf_put(&out, member.value.text);
	}
	buf_put_char(&out, '}');
	*kept = buf_str(&out);
	return ST_OK;
}

/* Secrets that stay are opened, since a name that changes seals them anew. */
static enum status
config_edit(struct sent *s, struct service_record *r, struct error *err)
{
	const struct config_owner owner = { s->before,
		service_type_find(r->type) };
	struct str clear;
	enum status st = config_kept(s, r->config, &clear, err);

	if (st == ST_OK)
		st =
		    config_unseal(s->w->arena, s->w->keys, &owner, &clear, err);
	if (st == ST_OK)
		st = json_config_each(s->w->arena, clear, member_keep, s, err);
	if (st == ST_OK)
		st = config_make(s, &s->members, &r->config, err);
	return st == ST_OK ? config_close(s, r, err) : st;
}

static enum status
type_check(
    const struct sent *s, const struct service_record *r, struct error *err)
{
	struct str type = r->type;
	enum status st = input_text(&s->in, "type", &type, err);

	if (st != ST_OK || str_eq(type, r->type))
		return st;
	return error_set(err, ST_INVALID,
	    "type: the service is of type %.*s, and stays so; add another "
	    "service instead.",
	    STR_ARG(r->type));
}

/* What would undo it is a call of that service, too. */
static enum status
lock_check(
    const struct sent *s, const struct service_record *r, struct error *err)
{
	if (!str_eq(s->type, STR("system")) ||
	    (r->active && str_eq_nocase(s->before, r->name)))
		return ST_OK;
	return error_set(err, ST_EXISTS,
	    "The service \"%.*s\" stays active, and keeps its name: without it "
	    "nobody could undo this.",
	    STR_ARG(s->before));
}

static enum status
service_edit(void *ctx, struct service_record *r, struct error *err)
{
	struct sent *s = ctx;
	enum status st = type_check(s, r, err);

	s->before = r->name;
	s->type = r->type;
	if (st == ST_OK)
		st = texts_take(s, r, err);
	if (st == ST_OK)
		st = lock_check(s, r, err);
	r->name = lower(s->w->arena, r->name);
	if (st == ST_OK)
		st = config_take(s, r, err);
	return st == ST_OK ? config_edit(s, r, err) : st;
}

enum status
service_update(
    struct system_write *w, int64_t id, struct json record, struct error *err)
{
	struct sent s = sent_open(w, record);
	struct service_record r = { 0 };
	struct service_order order = { .edit = service_edit, .ctx = &s };
	enum status st =
	    system_write_name(w, SQL_SERVICE_NAME, id, &order.name, err);

	if (st == ST_OK)
		st = service_record_set(w->db, w->arena, &order, &r, err);
	if (st == ST_OK)
		system_write_service(w, r.name);
	return st;
}

/* Its rows in roles and its limits go with it only for who says so. */
static enum status
unused_check(struct system_write *w, int64_t id, struct error *err)
{
	struct db_value args[] = { bind_i64(id), bind_i64(id) };
	struct db_stmt users = DB_STMT(
	    "SELECT DISTINCT 'role', r.name FROM role r"
	    " JOIN role_service_access a ON a.role_id = r.id"
	    " WHERE a.service_id = ?"
	    " UNION ALL SELECT 'limit', name FROM limits WHERE service_id = ?",
	    args);

	return system_write_unused(w, "service", true, &users, err);
}

enum status
service_remove(struct system_write *w, int64_t id, struct error *err)
{
	struct str name;
	enum status st = system_write_name(w, SQL_SERVICE_NAME, id, &name, err);

	if (st == ST_OK && known_service(name))
		return error_set(err, ST_INVALID,
		    "The service \"%.*s\" is a part of the platform.",
		    STR_ARG(name));
	if (st == ST_OK)
		st = unused_check(w, id, err);
	return st == ST_OK ? service_record_remove(w->db, name, err) : st;
}
