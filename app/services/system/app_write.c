/*
 * Apps of the System API, and their keys: one comes with the app, and by
 * parameters of a change others take its place (regenerate, grace), or keys
 * end (expires_in, revoke).
 */
#include "app/base/arena.h"
#include "app/base/secret.h"
#include "app/services/system/children.h"
#include "app/services/system/resources.h"
#include "app/services/system/write.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/app_records.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"
#include "middleware/request.h"

#define KEY_NEW_BYTES 64
#define SECOND_MS     INT64_C(1000)
#define SECONDS_MAX   (INT64_C(36500) * 86400)

/* An app as sent, and what is to be done with its keys. */
struct sent {
	struct system_write *w;
	struct input in;
	struct str name; /* that it has */
	int64_t role_id; /* the same; 0: none */
	struct app_change change;
	struct str key;  /* to be taken; STR_NULL: one is made */
	struct str hint; /* of the one key that is meant; STR_NULL: all */
	bool regenerates, revokes, expires;
	int64_t grace;      /* seconds */
	int64_t expires_in; /* seconds, 0: never */
};

static enum status
role_take(struct sent *s, struct error *err)
{
	int64_t role_id = 0;
	enum status st = input_number(&s->in, "role_id", &role_id, err);

	if (st != ST_OK || json_kind(input_get(&s->in, "role_id")) == JSON_NONE)
		return st;
	s->change.no_role = role_id == 0;
	st = system_write_refer(
	    s->w, "role_id", SQL_ROLE_NAME, role_id, &s->change.role, err);
	return st == ST_OK ? system_write_give(s->w, role_id, s->role_id, err)
			   : st;
}

static enum status
app_take(struct sent *s, bool is_active, struct error *err)
{
	enum status st = input_text(&s->in, "name", &s->change.name, err);

	if (st == ST_OK)
		st = input_text(
		    &s->in, "description", &s->change.description, err);
	if (st == ST_OK)
		st = input_switch(&s->in, "is_active", &is_active, err);
	if (json_kind(input_get(&s->in, "is_active")) != JSON_NONE)
		s->change.active = is_active ? FLIP_ON : FLIP_OFF;
	return st == ST_OK ? role_take(s, err) : st;
}

/* A parameter of the call, or else a member of the record. */
static enum status
seconds_take(
    const struct sent *s, const char *name, int64_t *out, struct error *err)
{
	struct str text = request_query(s->w->req, str_of(name));
	enum status st = ST_OK;

	if (!str_is_null(text) && !str_to_i64(text, out))
		*out = -1;
	if (str_is_null(text))
		st = input_number(&s->in, name, out, err);
	if (st == ST_OK && (*out < 0 || *out > SECONDS_MAX))
		return error_set(err, ST_INVALID,
		    "%s: 0 to %lld seconds are expected.", name,
		    (long long)SECONDS_MAX);
	return st;
}

static bool
is_given(const struct sent *s, const char *name)
{
	return !str_is_null(request_query(s->w->req, str_of(name))) ||
	       json_kind(input_get(&s->in, name)) != JSON_NONE;
}

static bool
asks(const struct sent *s, const char *name)
{
	struct str text = request_query(s->w->req, str_of(name));
	bool on = false;

	if (!str_is_null(text))
		return str_to_bool(text);
	return input_switch(&s->in, name, &on, NULL) == ST_OK && on;
}

/* What a record shows of a key, when it is sent back, is no key. */
static bool
is_shown(struct str key)
{
	return str_ends(key, STR("\xE2\x80\xA6"));
}

static enum status
keys_take(struct sent *s, struct error *err)
{
	enum status st = input_text(&s->in, "api_key", &s->key, err);

	if (st == ST_OK)
		st = seconds_take(s, "grace", &s->grace, err);
	if (st == ST_OK)
		st = seconds_take(s, "expires_in", &s->expires_in, err);
	if (s->key.n == 0 || is_shown(s->key))
		s->key = STR_NULL;
	s->hint = request_query(s->w->req, STR("key"));
	s->regenerates = asks(s, "regenerate") || !str_is_null(s->key);
	s->revokes = asks(s, "revoke");
	s->expires = is_given(s, "expires_in");
	if (st == ST_OK && s->regenerates && s->revokes)
		return error_set(err, ST_INVALID,
		    "regenerate and revoke exclude each other.");
	return st;
}

/* The key of the order: as sent, or a new one. */
static struct key_order
order_make(struct sent *s)
{
	char *text = arena_alloc(s->w->arena, KEY_NEW_BYTES);
	struct key_order order = { .key = s->key,
		.pepper = s->w->keys->pepper[0] };

	if (str_is_null(order.key)) {
		secret_new_token(text, KEY_NEW_BYTES);
		order.key = str_make(text, KEY_NEW_BYTES);
	}
	if (s->expires && s->expires_in > 0)
		order.expires_ms =
		    s->w->db->wall_ms + s->expires_in * SECOND_MS;
	return order;
}

static enum status
name_check(const struct sent *s, struct error *err)
{
	struct error why = { 0 };
	int64_t id;

	if (s->change.name.n == 0)
		return error_set(err, ST_INVALID, "name is required.");
	if (lookup_id(s->w->db, NOUN_APP, s->change.name, &id, &why) == ST_OK)
		return error_set(err, ST_EXISTS,
		    "an app is named \"%.*s\" already",
		    STR_ARG(s->change.name));
	return lookup_undeclared(s->w->db, NOUN_APP, s->change.name, err);
}

static enum status
lookups_take(const struct sent *s, int64_t id, struct error *err)
{
	const struct lookup_scope scope = { .app_id = id };
	enum status st = lookups_write(
	    s->w, &s->in, "lookup_by_app_id", "app_id", &scope, err);

	return st == ST_OK ? lookups_write(s->w, &s->in, "app_lookup_by_app_id",
				 "app_id", &scope, err)
			   : st;
}

/* As it is in DreamFactory, an app is not active unless that is said. */
enum status
app_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err)
{
	struct sent s = {
		.w = w, .in = { w->arena, record }, .change.active = FLIP_OFF
	};
	struct key_order order;
	struct str name;
	enum status st = app_take(&s, false, err);

	if (st == ST_OK)
		st = keys_take(&s, err);
	if (st == ST_OK)
		st = name_check(&s, err);
	if (st != ST_OK)
		return st;
	order = order_make(&s);
	order.app = s.change.name;
	order.role = s.change.role;
	order.no_role = true;
	st = key_record_add(w->db, &order, err);
	if (st == ST_OK)
		st = lookup_id(w->db, NOUN_APP, order.app, id, err);
	if (st != ST_OK)
		return st;
	name = s.change.name;
	s.change.name = STR_NULL; /* it has it */
	st = app_record_set(w->db, name, &s.change, err);
	if (st == ST_OK)
		st = lookups_take(&s, *id, err);
	if (st == ST_OK)
		system_write_key(w, *id, order.key);
	return st;
}

/* Is the hint of a key in force of this app? */
static enum status
hint_check(const struct sent *s, int64_t id, struct error *err)
{
	struct db_value args[] = { bind_i64(id), bind_text(s->hint) };
	struct db_stmt stmt =
	    DB_STMT("SELECT COUNT(*) FROM app_key WHERE app_id = ?"
		    " AND hint = ? AND revoked = 0",
		args);
	int64_t n = 0;
	enum status st;

	if (str_is_null(s->hint))
		return ST_OK;
	st = system_db_number(s->w->db, &stmt, &n, err);
	if (st != ST_OK || n > 0)
		return st;
	return error_set(err, ST_INVALID,
	    "key: the app has no key in force that begins so.");
}

static enum status
key_rotate(struct sent *s, int64_t id, struct error *err)
{
	struct key_order order = order_make(s);
	struct system_write *w = s->w;
	int64_t until_ms = w->db->wall_ms + s->grace * SECOND_MS;
	struct error why = { 0 };
	enum status st;
	int64_t n;

	order.app_id = id;
	order.hint = s->hint;
	st = key_record_rotate(w->db, w->arena, &order, until_ms, &n, &why);
	if (st == ST_MISSING) { /* none is in force: the app gets one */
		order.app = s->name;
		st = key_record_add(w->db, &order, err);
	} else if (st != ST_OK) {
		return error_set(err, st, "%s", why.text);
	}
	if (st == ST_OK)
		system_write_key(w, id, order.key);
	return st;
}

static enum status
keys_change(struct sent *s, int64_t id, struct error *err)
{
	struct system_db *db = s->w->db;
	struct error why = { 0 };
	int64_t when_ms = 0, n;
	enum status st = hint_check(s, id, err);

	if (st != ST_OK)
		return st;
	if (s->regenerates)
		return key_rotate(s, id, err);
	if (s->revokes)
		st = app_key_revoke(db, id, s->hint, &n, &why);
	else if (!s->expires)
		return ST_OK;
	else if (s->expires_in > 0)
		when_ms = db->wall_ms + s->expires_in * SECOND_MS;
	if (!s->revokes)
		st = app_key_expire(db, id, s->hint, when_ms, &why);
	if (st == ST_OK || st == ST_MISSING) /* none in force: none is left */
		return ST_OK;
	return error_set(err, st, "%s", why.text);
}

/* A key in force of the app that is sent back is no change. */
static enum status
key_compare(struct sent *s, int64_t id, struct error *err)
{
	const struct app_keys *keys = s->w->keys;
	int64_t n = 0;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < keys->n && n == 0; i++) {
		uint8_t hash[SECRET_HASH_BYTES];

		if (str_is_null(s->key))
			return ST_OK;
		secret_hash(keys->pepper[i], s->key, hash);
		struct db_value args[] = { bind_i64(id),
			bind_blob(hash, sizeof(hash)) };
		struct db_stmt stmt =
		    DB_STMT("SELECT COUNT(*) FROM app_key WHERE app_id = ?"
			    " AND hash = ? AND revoked = 0",
			args);

		st = system_db_number(s->w->db, &stmt, &n, err);
	}
	if (n > 0) {
		s->key = STR_NULL;
		s->regenerates = asks(s, "regenerate");
	}
	return st;
}

static bool
changes_app(const struct app_change *c)
{
	return !str_is_null(c->name) || !str_is_null(c->description) ||
	       !str_is_null(c->role) || c->no_role || c->active != FLIP_KEEP;
}

/* The role as it stands. */
static enum status
role_read(struct sent *s, int64_t id, struct error *err)
{
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt =
	    DB_STMT("SELECT COALESCE(role_id, 0) FROM app WHERE id = ?", args);

	return system_db_number(s->w->db, &stmt, &s->role_id, err);
}

enum status
app_update(
    struct system_write *w, int64_t id, struct json record, struct error *err)
{
	struct sent s = { .w = w, .in = { w->arena, record } };
	enum status st = system_write_name(w, SQL_APP_NAME, id, &s.name, err);

	if (st == ST_OK)
		st = role_read(&s, id, err);
	if (st == ST_OK)
		st = app_take(&s, false, err);
	if (st == ST_OK)
		st = keys_take(&s, err);
	if (st == ST_OK)
		st = key_compare(&s, id, err);
	if (st == ST_OK)
		st = keys_change(&s, id, err);
	if (st == ST_OK && str_eq(s.name, s.change.name))
		s.change.name = STR_NULL;
	if (st == ST_OK && changes_app(&s.change))
		st = app_record_set(w->db, s.name, &s.change, err);
	return st == ST_OK ? lookups_take(&s, id, err) : st;
}

/* Roles that users have in it and its limits go with it only for who says
 * so. */
static enum status
unused_check(struct system_write *w, int64_t id, struct error *err)
{
	struct db_value args[] = { bind_i64(id), bind_i64(id) };
	struct db_stmt users =
	    DB_STMT("SELECT 'user', u.email FROM user u"
		    " JOIN user_to_app_to_role x ON x.user_id = u.id"
		    " WHERE x.app_id = ?"
		    " UNION ALL SELECT 'limit', name FROM limits"
		    " WHERE app_id = ?",
		args);

	return system_write_unused(w, "app", true, &users, err);
}

enum status
app_remove(struct system_write *w, int64_t id, struct error *err)
{
	struct str name;
	enum status st = system_write_name(w, SQL_APP_NAME, id, &name, err);

	if (st == ST_OK)
		st = unused_check(w, id, err);
	return st == ST_OK ? app_record_remove(w->db, name, err) : st;
}
