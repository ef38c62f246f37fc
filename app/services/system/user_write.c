/* Users and administrators of the System API, with their roles and lookups. */
#include "app/base/arena.h"
#include "app/base/password.h"
#include "app/services/system/children.h"
#include "app/services/system/resource.h"
#include "app/services/system/resources.h"
#include "app/services/system/write.h"
#include "app/services/user/account.h"
#include "app/services/user/mail.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/user_records.h"
#include "middleware/registry/user_roles.h"
#include "middleware/request.h"

static const struct {
	const char *name;
	size_t at; /* in the record */
} texts[] = {
	{ "name", offsetof(struct user_record, name) },
	{ "username", offsetof(struct user_record, username) },
	{ "first_name", offsetof(struct user_record, first_name) },
	{ "last_name", offsetof(struct user_record, last_name) },
	{ "email", offsetof(struct user_record, email) },
	{ "phone", offsetof(struct user_record, phone) },
	{ "security_question",
	    offsetof(struct user_record, security_question) },
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

/* Hashes, which take long to make; STR_NULL: it was not sent. */
struct secrets {
	struct str password;
	struct str answer;
	struct error
	    wrong; /* ST_INVALID: one of them, which fails the record */
};

/* A user as sent. */
struct sent {
	struct system_write *w;
	struct input in;
	const struct secrets *secrets;
};

static bool
is_admin(const struct system_write *w)
{
	return strcmp(w->resource->name, "admin") == 0;
}

/* null leaves it, as what cannot be read cannot be sent back; nothing else
 * does. */
static enum status
secret_take(const struct input *in, const char *name, struct str *out,
    struct error *err)
{
	struct json value = input_get(in, name);
	enum json_kind kind = json_kind(value);

	*out = kind == JSON_STRING ? json_to_str(in->arena, value) : STR_NULL;
	if (kind == JSON_NONE || kind == JSON_NULL || out->n > 0)
		return ST_OK;
	return error_set(
	    err, ST_INVALID, "%s must be a string that is not empty.", name);
}

/* In clear; STR_NULL: it was not sent. */
static enum status
secrets_take(const struct input *in, struct str *password, struct str *answer,
    struct error *err)
{
	struct error why = { 0 };
	enum status st = secret_take(in, "password", password, err);

	if (st == ST_OK)
		st = secret_take(in, "security_answer", answer, err);
	if (st != ST_OK || password->n == 0 ||
	    password_check(*password, &why) == ST_OK)
		return st;
	return error_set(err, ST_INVALID, "%s.", why.text);
}

void *
user_prepare(struct account_call *c, struct json record)
{
	const struct input in = { c->req->arena, record };
	struct secrets *s = arena_zalloc(in.arena, sizeof(*s));
	struct str password = STR_NULL, answer = STR_NULL;

	if (request_asks(c->req, "send_invite") &&
	    !mail_is_on(c->req->settings)) {
		response_fail(c->req, 501,
		    "This installation sends no mail (SENDMAIL): set the "
		    "password.");
		return NULL;
	}
	if (secrets_take(&in, &password, &answer, &s->wrong) != ST_OK)
		return s;
	if (password.n > 0 && !account_hash(c, password, &s->password))
		return NULL;
	if (answer.n > 0 && !account_hash(c, answer, &s->answer))
		return NULL;
	return s;
}

static enum status
app_take(struct sent *s, struct user_record *r, struct error *err)
{
	struct str name;
	enum status st =
	    input_number(&s->in, "default_app_id", &r->default_app_id, err);

	if (st != ST_OK ||
	    json_kind(input_get(&s->in, "default_app_id")) == JSON_NONE)
		return st;
	return system_write_refer(s->w, "default_app_id", SQL_APP_NAME,
	    r->default_app_id, &name, err);
}

/* What is empty becomes absent when it is stored. */
static enum status
user_take(void *ctx, struct user_record *r, struct error *err)
{
	struct sent *s = ctx;
	enum status st = ST_OK;

	if (s->secrets != NULL && s->secrets->wrong.status != ST_OK)
		return error_set(err, ST_INVALID, "%s", s->secrets->wrong.text);
	for (size_t i = 0; i < TEXTS && st == ST_OK; i++)
		st = input_text(&s->in, texts[i].name,
		    (struct str *)(void *)((char *)r + texts[i].at), err);
	if (st == ST_OK)
		st = input_switch(&s->in, "is_active", &r->active, err);
	if (st == ST_OK)
		st = app_take(s, r, err);
	if (s->secrets != NULL && !str_is_null(s->secrets->password))
		r->password = s->secrets->password;
	if (s->secrets != NULL && !str_is_null(s->secrets->answer))
		r->security_answer = s->secrets->answer;
	return st;
}

/* A role that stands there already. */
struct row {
	int64_t app_id;
	int64_t role_id;
	size_t n;
};

static enum status
row_take(void *ctx, const struct db_value *v, size_t n)
{
	struct row *row = ctx;

	(void)n; /* as many as the statement names */
	*row = (struct row){ value_i64(&v[0]), value_i64(&v[1]), 1 };
	return ST_OK;
}

static enum status
row_read(const struct child *c, struct row *row, struct error *err)
{
	const int64_t *user_id = c->parent;
	struct db_value args[] = { bind_i64(c->id), bind_i64(*user_id) };
	struct db_stmt stmt =
	    DB_STMT("SELECT app_id, role_id FROM user_to_app_to_role"
		    " WHERE id = ? AND user_id = ?",
		args);
	enum status st;

	*row = (struct row){ 0 };
	if (c->id == 0)
		return ST_OK;
	st = system_db_run(c->w->db, &stmt, row_take, row, err);
	return st == ST_OK && row->n == 0 ? ST_MISSING : st;
}

static enum status
row_remove(const struct child *c, int64_t app_id, struct error *err)
{
	const int64_t *user_id = c->parent;
	struct user_role role = { .user_id = *user_id };
	enum status st = system_write_refer(
	    c->w, "app_id", SQL_APP_NAME, app_id, &role.app_name, err);

	return st == ST_OK ? user_role_remove(c->w->db, &role, err) : st;
}

static enum status
row_put(
    const struct child *c, int64_t app_id, int64_t before, struct error *err)
{
	const int64_t *user_id = c->parent;
	struct user_role role = { .user_id = *user_id };
	int64_t role_id = before;
	enum status st = input_number(&c->in, "role_id", &role_id, err);

	if (st == ST_OK && (app_id == 0 || role_id == 0))
		return error_set(
		    err, ST_INVALID, "app_id and role_id are required.");
	if (st == ST_OK)
		st = system_write_refer(
		    c->w, "app_id", SQL_APP_NAME, app_id, &role.app_name, err);
	if (st == ST_OK)
		st = system_write_refer(c->w, "role_id", SQL_ROLE_NAME, role_id,
		    &role.role_name, err);
	if (st == ST_OK)
		st = system_write_give(c->w, role_id, before, err);
	return st == ST_OK ? user_role_put(c->w->db, &role, err) : st;
}

/* A user has one role in an app: another app is another row. */
static enum status
role_child(const struct child *c, struct error *err)
{
	struct row before;
	int64_t app_id;
	enum status st = row_read(c, &before, err);

	if (st == ST_OK && c->removes)
		return row_remove(c, before.app_id, err);
	app_id = before.app_id;
	if (st == ST_OK)
		st = input_number(&c->in, "app_id", &app_id, err);
	if (st == ST_OK && before.n > 0 && before.app_id != app_id)
		st = row_remove(c, before.app_id, err);
	return st == ST_OK ? row_put(c, app_id, before.role_id, err) : st;
}

static enum status
parts_write(struct system_write *w, const struct input *in, int64_t id,
    struct error *err)
{
	const struct lookup_scope scope = { .user_id = id };
	const struct children roles = { "user_to_app_to_role_by_user_id",
		"user_to_app_to_role", "user_id", &id, role_child };
	enum status st = children_write(w, in, &roles, err);

	if (st == ST_OK)
		st = lookups_write(
		    w, in, "lookup_by_user_id", "user_id", &scope, err);
	return st == ST_OK ? lookups_write(w, in, "user_lookup_by_user_id",
				 "user_id", &scope, err)
			   : st;
}

static enum status
invite(struct system_write *w, const struct user_record *r, struct error *err)
{
	return request_asks(w->req, "send_invite")
		   ? system_write_invite(w, r->id, r->email, err)
		   : ST_OK;
}

enum status
user_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err)
{
	struct sent s = { w, { w->arena, record }, w->prepared };
	struct user_record r = { .active = true, .is_sys_admin = is_admin(w) };
	enum status st = user_take(&s, &r, err);

	if (st == ST_OK && r.email.n == 0)
		st = error_set(err, ST_INVALID, "email is required.");
	if (st == ST_OK)
		st = user_record_add(w->db, w->arena, &r, err);
	if (st == ST_OK)
		st = invite(w, &r, err);
	if (st != ST_OK)
		return st;
	*id = r.id;
	return parts_write(w, &s.in, r.id, err);
}

/* An id is of a user or of an administrator, and there never was another. */
static enum status
user_find(struct system_write *w, int64_t id, struct user_record *r,
    struct error *err)
{
	struct error why = { 0 };
	enum status st = user_record_get(w->db, w->arena, id, r, &why);

	if (st == ST_OK && r->is_sys_admin != is_admin(w))
		return ST_MISSING;
	return st == ST_OK || st == ST_MISSING
		   ? st
		   : error_set(err, st, "%s", why.text);
}

/* How many administrators may do anything (dreamfactory.md 2.2). */
static enum status
free_count(struct system_write *w, int64_t *n, struct error *err)
{
	struct db_stmt stmt =
	    DB_STMT_PLAIN("SELECT COUNT(*) FROM user WHERE is_sys_admin = 1"
			  " AND is_active = 1 AND id NOT IN"
			  " (SELECT user_id FROM user_to_app_to_role)");

	*n = 0;
	return is_admin(w) ? system_db_number(w->db, &stmt, n, err) : ST_OK;
}

/* Somebody must be able to undo it. */
static enum status
last_check(struct system_write *w, int64_t before, struct error *err)
{
	int64_t now;
	enum status st = free_count(w, &now, err);

	if (st != ST_OK || before == 0 || now > 0)
		return st;
	return error_set(err, ST_EXISTS,
	    "There is no other active administrator without a role: make one "
	    "first.");
}

enum status
user_update(
    struct system_write *w, int64_t id, struct json record, struct error *err)
{
	struct sent s = { w, { w->arena, record }, w->prepared };
	struct user_order order = { .id = id, .edit = user_take, .ctx = &s };
	struct user_record before = { 0 }, after = { 0 };
	int64_t n = 0;
	enum status st = user_find(w, id, &before, err);

	if (st == ST_OK)
		st = free_count(w, &n, err);
	if (st == ST_OK)
		st = system_write_user(w, id, err);
	if (st == ST_OK)
		st = user_record_set(w->db, w->arena, &order, &after, err);
	if (st == ST_OK)
		st = invite(w, &after, err);
	if (st == ST_OK)
		st = parts_write(w, &s.in, id, err);
	return st == ST_OK ? last_check(w, n, err) : st;
}

enum status
user_remove(struct system_write *w, int64_t id, struct error *err)
{
	struct user_record r = { 0 };
	int64_t n = 0;
	enum status st = user_find(w, id, &r, err);

	if (st == ST_OK)
		st = free_count(w, &n, err);
	if (st == ST_OK)
		st = system_write_user(w, id, err);
	if (st == ST_OK)
		st = user_record_remove(w->db, id, err);
	return st == ST_OK ? last_check(w, n, err) : st;
}
