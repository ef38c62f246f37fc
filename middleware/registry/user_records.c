#include "middleware/registry/user_records.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/log.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/session_records.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/user_check.h"

#define NOTE_BYTES 128

#define SELECT_USER                                                            \
	"SELECT id, name, username, first_name, last_name, email, password,"   \
	" is_sys_admin, is_active, phone, security_question, security_answer," \
	" default_app_id, last_login_date, confirm_expires, created_date,"     \
	" last_modified_date FROM user"

static enum status
user_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct user_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->id = value_i64(&v[0]);
	r->name = value_text(list->arena, &v[1]);
	r->username = value_text(list->arena, &v[2]);
	r->first_name = value_text(list->arena, &v[3]);
	r->last_name = value_text(list->arena, &v[4]);
	r->email = value_text(list->arena, &v[5]);
	r->password = value_text(list->arena, &v[6]);
	r->is_sys_admin = value_i64(&v[7]) != 0;
	r->active = value_i64(&v[8]) != 0;
	r->phone = value_text(list->arena, &v[9]);
	r->security_question = value_text(list->arena, &v[10]);
	r->security_answer = value_text(list->arena, &v[11]);
	r->default_app_id = value_i64(&v[12]);
	r->last_login_date = value_text(list->arena, &v[13]);
	r->confirm_expires_ms = value_i64(&v[14]);
	r->created_date = value_text(list->arena, &v[15]);
	r->last_modified_date = value_text(list->arena, &v[16]);
	return ST_OK;
}

/* The one user that the statement finds; ST_MISSING leaves err alone. */
static enum status
user_read(struct system_db *db, struct arena *arena, const struct db_stmt *stmt,
    struct user_record *out, struct error *err)
{
	struct buf list = buf_in(arena);
	enum status st = system_db_run(db, stmt, user_row, &list, err);

	if (st == ST_OK && list.n == 0)
		return ST_MISSING;
	if (st == ST_OK)
		*out = *(const struct user_record *)(const void *)list.p;
	return st;
}

static enum status
missing_id(int64_t id, struct error *err)
{
	return error_set(
	    err, ST_MISSING, "no user has the id %lld", (long long)id);
}

enum status
user_record_get(struct system_db *db, struct arena *arena, int64_t id,
    struct user_record *out, struct error *err)
{
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt = DB_STMT(SELECT_USER " WHERE id = ?", args);
	enum status st = user_read(db, arena, &stmt, out, err);

	return st == ST_MISSING ? missing_id(id, err) : st;
}

enum status
user_record_find(struct system_db *db, struct arena *arena, enum user_key key,
    struct str text, struct user_record *out, struct error *err)
{
	struct db_value args[] = { bind_text(user_lower(arena, text)) };
	struct db_stmt by_email = DB_STMT(SELECT_USER " WHERE email = ?", args);
	struct db_stmt by_name =
	    DB_STMT(SELECT_USER " WHERE username = ?", args);
	bool email = key == USER_EMAIL;
	enum status st =
	    user_read(db, arena, email ? &by_email : &by_name, out, err);

	if (st != ST_MISSING)
		return st;
	return error_set(err, st,
	    "no user has the %s \"%.*s\": `weir user list` and `weir admin "
	    "list` show those there are",
	    email ? "e-mail" : "username", STR_ARG(text));
}

enum status
user_records_list(struct system_db *db, struct arena *arena, bool admins,
    struct user_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_value args[] = { bind_i64(admins ? 1 : 0) };
	struct db_stmt stmt =
	    DB_STMT(SELECT_USER " WHERE is_sys_admin = ? ORDER BY email", args);
	enum status st = system_db_run(db, &stmt, user_row, &list, err);

	*out = (struct user_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st;
}

/* The database would say it in words of its own. */
static enum status
app_check(struct system_db *db, const struct user_record *r, struct error *err)
{
	struct db_value args[] = { bind_i64(r->default_app_id) };
	struct db_stmt stmt = DB_STMT("SELECT id FROM app WHERE id = ?", args);
	struct error why = { 0 };
	int64_t id;
	enum status st = ST_OK;

	if (r->default_app_id != 0)
		st = system_db_number(db, &stmt, &id, &why);
	if (st == ST_MISSING)
		return error_set(err, ST_INVALID,
		    "default_app_id: there is none of the id %lld",
		    (long long)r->default_app_id);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

/* Which of both it is that another has. */
static enum status
refuse_taken(
    struct system_db *db, const struct user_record *r, struct error *err)
{
	struct db_value args[] = { bind_text(r->email), bind_i64(r->id) };
	struct db_stmt stmt =
	    DB_STMT("SELECT id FROM user WHERE email = ? AND id <> ?", args);
	int64_t id;
	bool email = system_db_number(db, &stmt, &id, NULL) == ST_OK;

	return error_set(err, ST_EXISTS,
	    "another user has the %s \"%.*s\" already",
	    email ? "e-mail" : "username",
	    STR_ARG(email ? r->email : r->username));
}

static enum status
user_insert(struct system_db *db, struct user_record *r, struct error *err)
{
	struct str now = r->created_date;
	enum status st;
	struct db_value args[] = { bind_text(r->name), bind_text(r->username),
		bind_text(r->first_name), bind_text(r->last_name),
		bind_text(r->email), bind_text(r->password),
		bind_i64(r->is_sys_admin ? 1 : 0), bind_i64(r->active ? 1 : 0),
		bind_text(r->phone), bind_text(r->security_question),
		bind_text(r->security_answer), bind_id(r->default_app_id),
		bind_text(now), bind_text(now), bind_actor(db),
		bind_actor(db) };
	struct db_stmt stmt = DB_STMT(
	    "INSERT INTO user (name, username, first_name, last_name, email,"
	    " password, is_sys_admin, is_active, phone, security_question,"
	    " security_answer, default_app_id, created_date,"
	    " last_modified_date, created_by_id, last_modified_by_id)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    args);

	st = app_check(db, r, err);
	if (st == ST_OK)
		st = system_db_insert(db, &stmt, &r->id, err);
	if (st == ST_OK)
		st = audit_added(db, AUDIT_USER, r->id, err);
	return st == ST_EXISTS ? refuse_taken(db, r, err) : st;
}

struct adding {
	struct user_record *record;
	int64_t role_id; /* in every app; 0: none */
};

/* As many rows as there are apps are one of the audit. */
static void
roles_audit(struct system_db *db, int64_t user_id, int64_t role_id)
{
	struct audit_note note = { .kind = AUDIT_USER_ROLE };
	char text[NOTE_BYTES];

	(void)snprintf(text, sizeof(text),
	    "{\"user_id\":%lld,\"app_id\":\"*\",\"role_id\":%lld}",
	    (long long)user_id, (long long)role_id);
	note.after = str_of(text);
	audit_note(db, &note);
}

static enum status
roles_insert(
    struct system_db *db, int64_t user_id, int64_t role_id, struct error *err)
{
	struct db_value args[] = { bind_i64(role_id), bind_i64(user_id),
		bind_i64(role_id) };
	struct db_stmt known = { STR("SELECT id FROM role WHERE id = ?"), args,
		1 };
	struct db_stmt insert = {
		STR("INSERT INTO user_to_app_to_role (user_id, app_id, role_id)"
		    " SELECT ?, id, ? FROM app"),
		args + 1, 2
	};
	int64_t id;
	enum status st = system_db_number(db, &known, &id, err);

	if (st == ST_MISSING) { /* it was removed since it was named */
		log_line(LOG_ERROR, STR_NULL,
		    "who registers gets no role: there is none of the id %lld",
		    (long long)role_id);
		return ST_OK;
	}
	if (st == ST_OK)
		st = system_db_run(db, &insert, NULL, NULL, err);
	if (st == ST_OK)
		roles_audit(db, user_id, role_id);
	return st;
}

static enum status
add(struct system_db *db, void *ctx, struct error *err)
{
	const struct adding *adding = ctx;
	enum status st = user_insert(db, adding->record, err);

	if (st != ST_OK || adding->role_id == 0)
		return st;
	return roles_insert(db, adding->record->id, adding->role_id, err);
}

enum status
user_record_register(struct system_db *db, struct arena *arena,
    struct user_record *record, int64_t role_id, struct error *err)
{
	struct adding adding = { record, role_id };
	char now[DATE_BYTES];
	enum status st = user_check(arena, record, err);

	if (st != ST_OK)
		return st;
	date_text(db->wall_ms, now);
	record->id = 0;
	record->created_date = arena_dup(arena, str_of(now));
	record->last_modified_date = record->created_date;
	return system_db_transact(db, add, &adding, err);
}

enum status
user_record_add(struct system_db *db, struct arena *arena,
    struct user_record *record, struct error *err)
{
	return user_record_register(db, arena, record, 0, err);
}

struct changing {
	struct arena *arena;
	const struct user_order *order;
	struct user_record *record;
};

/* Reads the record so that nobody changes it before this is through. */
static enum status
record_hold(struct system_db *db, struct changing *c, struct error *err)
{
	struct db_value args[] = { bind_i64(c->order->id) };
	struct db_stmt plain = DB_STMT(SELECT_USER " WHERE id = ?", args);
	struct db_stmt held =
	    DB_STMT(SELECT_USER " WHERE id = ? FOR UPDATE", args);
	enum status st = user_read(db, c->arena,
	    db->driver->for_update ? &held : &plain, c->record, err);

	return st == ST_MISSING ? missing_id(c->order->id, err) : st;
}

static enum status
user_update(
    struct system_db *db, const struct user_record *r, struct error *err)
{
	struct error why = { 0 };
	char now[DATE_BYTES];
	enum status st;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(r->name), bind_text(r->username),
		bind_text(r->first_name), bind_text(r->last_name),
		bind_text(r->email), bind_text(r->password),
		bind_i64(r->is_sys_admin ? 1 : 0), bind_i64(r->active ? 1 : 0),
		bind_text(r->phone), bind_text(r->security_question),
		bind_text(r->security_answer), bind_id(r->default_app_id),
		bind_text(str_of(now)), bind_actor(db), bind_i64(r->id) };
	struct db_stmt stmt = DB_STMT(
	    "UPDATE user SET name = ?, username = ?, first_name = ?,"
	    " last_name = ?, email = ?, password = ?, is_sys_admin = ?,"
	    " is_active = ?, phone = ?, security_question = ?,"
	    " security_answer = ?, default_app_id = ?,"
	    " last_modified_date = ?, last_modified_by_id = ? WHERE id = ?",
	    args);

	st = system_db_run(db, &stmt, NULL, NULL, &why);
	if (st == ST_EXISTS)
		return refuse_taken(db, r, err);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

/* Who begins a session anew must be asked for more, or is another. */
static bool
ends_sessions(const struct user_record *before, const struct user_record *after)
{
	return !str_eq(before->password, after->password) ||
	       (before->active && !after->active) ||
	       before->is_sys_admin != after->is_sys_admin;
}

/* A code that was mailed sets the password of who had the address then, and
 * for one that is forgotten, not for one that is new. */
static enum status
code_drop(struct system_db *db, int64_t id, struct error *err)
{
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt = DB_STMT("UPDATE user SET confirm_code = NULL,"
				      " confirm_expires = 0 WHERE id = ?",
	    args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

static enum status
change(struct system_db *db, void *ctx, struct error *err)
{
	struct changing *c = ctx;
	struct user_record before;
	bool ends;
	enum status st = record_hold(db, c, err);

	before = *c->record;
	if (st == ST_OK)
		st = audit_watch(db, AUDIT_USER, c->record->id, err);
	if (st == ST_OK)
		st = c->order->edit(c->order->ctx, c->record, err);
	if (st == ST_OK)
		st = user_check(c->arena, c->record, err);
	if (st == ST_OK)
		st = app_check(db, c->record, err);
	if (st == ST_OK)
		st = user_update(db, c->record, err);
	ends = st == ST_OK && ends_sessions(&before, c->record);
	if (ends || (st == ST_OK && !str_eq(before.email, c->record->email)))
		st = code_drop(db, c->record->id, err);
	if (st == ST_OK && ends)
		st = session_records_end(
		    db, c->record->id, c->order->keep_session, err);
	return st;
}

enum status
user_record_set(struct system_db *db, struct arena *arena,
    const struct user_order *order, struct user_record *out, struct error *err)
{
	struct changing c = { arena, order, out };

	return system_db_transact(db, change, &c, err);
}

static enum status
user_delete(struct system_db *db, void *ctx, struct error *err)
{
	static const char *const parts[] = {
		"DELETE FROM user_to_app_to_role WHERE user_id = ?",
		"DELETE FROM limits WHERE user_id = ?",
		"DELETE FROM lookup WHERE user_id = ?",
		"DELETE FROM user_session WHERE user_id = ?",
		NULL,
	};
	const int64_t *id = ctx;
	struct db_value args[] = { bind_i64(*id) };
	struct db_stmt stmt = DB_STMT("DELETE FROM user WHERE id = ?", args);
	enum status st = audit_watch(db, AUDIT_USER, *id, err);

	if (st == ST_OK)
		st = system_db_each(db, parts, *id, err);
	if (st == ST_OK)
		st = system_db_change(db, &stmt, err);
	return st == ST_MISSING ? missing_id(*id, err) : st;
}

enum status
user_record_remove(struct system_db *db, int64_t id, struct error *err)
{
	return system_db_transact(db, user_delete, &id, err);
}
