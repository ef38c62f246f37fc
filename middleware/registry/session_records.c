#include "middleware/registry/session_records.h"

#include <stdio.h>

#include "middleware/registry/audit.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/user_login.h"
#include "middleware/registry/user_records.h"

#define SECOND_MS     1000
#define DROPPED_BYTES 64

#define SELECT_SESSION                                                         \
	"SELECT id, user_id, token_id, begun, issued, expires, forever,"       \
	" address FROM user_session"

static int64_t
now_of(const struct system_db *db)
{
	return db->wall_ms / SECOND_MS;
}

static enum status
session_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct session_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->id = value_i64(&v[0]);
	r->user_id = value_i64(&v[1]);
	r->token_id = value_text(list->arena, &v[2]);
	r->begun = value_i64(&v[3]);
	r->issued = value_i64(&v[4]);
	r->expires = value_i64(&v[5]);
	r->forever = value_i64(&v[6]) != 0;
	r->address = value_text(list->arena, &v[7]);
	return ST_OK;
}

struct adding {
	const struct user_record *user;
	struct session_record *record;
	bool *ended;
};

/* Is the user still the one whose password was verified? Whoever changes that
 * waits until this transaction is through, or has been before it. */
static enum status
user_hold(
    struct system_db *db, const struct user_record *user, struct error *err)
{
	struct db_value args[] = { bind_i64(user->id),
		bind_text(user->password),
		bind_i64(user->is_sys_admin ? 1 : 0) };
	struct db_stmt plain =
	    DB_STMT("SELECT id FROM user WHERE id = ? AND password = ?"
		    " AND is_sys_admin = ? AND is_active = 1",
		args);
	struct db_stmt held =
	    DB_STMT("SELECT id FROM user WHERE id = ? AND password = ?"
		    " AND is_sys_admin = ? AND is_active = 1 FOR UPDATE",
		args);
	int64_t id;
	enum status st = system_db_number(
	    db, db->driver->for_update ? &held : &plain, &id, err);

	return st == ST_MISSING ? ST_DENIED : st;
}

static enum status
past_delete(struct system_db *db, struct error *err)
{
	struct db_value args[] = { bind_i64(now_of(db)) };
	struct db_stmt stmt =
	    DB_STMT("DELETE FROM user_session WHERE expires <= ?", args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

/* Leaves room for one more. */
static enum status
oldest_delete(
    struct system_db *db, int64_t user_id, bool *ended, struct error *err)
{
	struct db_value args[] = { bind_i64(user_id),
		bind_i64(SESSIONS_MAX - 1) };
	struct db_stmt find =
	    DB_STMT("SELECT id FROM user_session WHERE user_id = ?"
		    " ORDER BY id DESC LIMIT 1 OFFSET ?",
		args);
	int64_t last = 0;
	enum status st = system_db_number(db, &find, &last, err);

	*ended = st == ST_OK;
	if (st != ST_OK)
		return st == ST_MISSING ? ST_OK : st;
	struct db_value bounds[] = { bind_i64(user_id), bind_i64(last) };
	struct db_stmt drop = DB_STMT(
	    "DELETE FROM user_session WHERE user_id = ? AND id <= ?", bounds);

	return system_db_run(db, &drop, NULL, NULL, err);
}

static enum status
session_insert(
    struct system_db *db, struct session_record *r, struct error *err)
{
	struct db_value args[] = { bind_i64(r->user_id), bind_text(r->token_id),
		bind_i64(r->begun), bind_i64(r->issued), bind_i64(r->expires),
		bind_i64(r->forever ? 1 : 0), bind_text(r->address) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO user_session (user_id, token_id, begun,"
		    " issued, expires, forever, address)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?)",
		args);

	return system_db_insert(db, &stmt, &r->id, err);
}

static enum status
add(struct system_db *db, void *ctx, struct error *err)
{
	struct adding *a = ctx;
	enum status st = user_hold(db, a->user, err);

	if (st == ST_OK)
		st = past_delete(db, err);
	if (st == ST_OK)
		st = oldest_delete(db, a->user->id, a->ended, err);
	if (st == ST_OK)
		st = session_insert(db, a->record, err);
	return st == ST_OK ? user_login_note(db, a->user->id, err) : st;
}

enum status
session_record_add(struct system_db *db, const struct user_record *user,
    struct session_record *record, bool *ended, struct error *err)
{
	struct adding a = { user, record, ended };

	*ended = false;
	record->user_id = user->id;
	return system_db_transact(db, add, &a, err);
}

enum status
session_record_renew(struct system_db *db, struct str old,
    const struct session_record *r, struct error *err)
{
	struct db_value args[] = { bind_text(r->token_id), bind_i64(r->issued),
		bind_i64(r->expires), bind_text(old), bind_i64(r->user_id),
		bind_i64(now_of(db)) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE user_session SET token_id = ?, issued = ?,"
		    " expires = ? WHERE token_id = ? AND user_id = ?"
		    " AND expires > ?",
		args);

	return system_db_change(db, &stmt, err);
}

static enum status
read_one(struct system_db *db, struct arena *arena, const struct db_stmt *stmt,
    struct session_record *out, struct error *err)
{
	struct buf list = buf_in(arena);
	enum status st = system_db_run(db, stmt, session_row, &list, err);

	if (st == ST_OK && list.n == 0)
		return ST_MISSING;
	if (st == ST_OK)
		*out = *(const struct session_record *)(const void *)list.p;
	return st;
}

enum status
session_record_find(struct system_db *db, struct arena *arena,
    struct str token_id, struct session_record *out, struct error *err)
{
	struct db_value args[] = { bind_text(token_id), bind_i64(now_of(db)) };
	struct db_stmt stmt =
	    DB_STMT(SELECT_SESSION " WHERE token_id = ? AND expires > ?", args);

	return read_one(db, arena, &stmt, out, err);
}

enum status
session_record_get(struct system_db *db, struct arena *arena, int64_t id,
    struct session_record *out, struct error *err)
{
	struct db_value args[] = { bind_i64(id), bind_i64(now_of(db)) };
	struct db_stmt stmt =
	    DB_STMT(SELECT_SESSION " WHERE id = ? AND expires > ?", args);
	enum status st = read_one(db, arena, &stmt, out, err);

	if (st == ST_MISSING)
		return error_set(
		    err, st, "no session has the id %lld", (long long)id);
	return st;
}

enum status
session_records_list(struct system_db *db, struct arena *arena, int64_t user_id,
    size_t max, struct session_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_value args[] = { bind_i64(now_of(db)), bind_i64((int64_t)max),
		bind_i64(user_id), bind_i64(now_of(db)),
		bind_i64((int64_t)max) };
	struct db_stmt all = { STR(SELECT_SESSION " WHERE expires > ?"
						  " ORDER BY id DESC LIMIT ?"),
		args, 2 };
	struct db_stmt one = { STR(SELECT_SESSION
				   " WHERE user_id = ? AND expires > ?"
				   " ORDER BY id DESC LIMIT ?"),
		args + 2, 3 };
	enum status st = system_db_run(
	    db, user_id == 0 ? &all : &one, session_row, &list, err);

	*out = (struct session_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st;
}

enum status
session_record_end(struct system_db *db, int64_t id, struct error *err)
{
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt =
	    DB_STMT("DELETE FROM user_session WHERE id = ?", args);
	enum status st = system_db_change(db, &stmt, err);

	if (st == ST_MISSING)
		return error_set(
		    err, st, "no session has the id %lld", (long long)id);
	return st;
}

enum status
session_records_end(
    struct system_db *db, int64_t user_id, int64_t but, struct error *err)
{
	struct db_value args[] = { bind_i64(user_id), bind_i64(but) };
	struct db_stmt stmt = DB_STMT(
	    "DELETE FROM user_session WHERE user_id = ? AND id <> ?", args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

struct dropping {
	int64_t user_id;
	int64_t id;
};

static enum status
drop(struct system_db *db, void *ctx, struct error *err)
{
	const struct dropping *d = ctx;
	struct audit_note note = { .kind = AUDIT_SESSION, .id = d->id };
	enum status st = d->id == 0
			     ? session_records_end(db, d->user_id, 0, err)
			     : session_record_end(db, d->id, err);
	char text[DROPPED_BYTES];

	(void)snprintf(
	    text, sizeof(text), "{\"user_id\":%lld}", (long long)d->user_id);
	note.before = str_of(text);
	if (st == ST_OK)
		audit_note(db, &note);
	return st;
}

enum status
session_records_drop(
    struct system_db *db, int64_t user_id, int64_t id, struct error *err)
{
	struct dropping d = { user_id, id };

	return system_db_transact(db, drop, &d, err);
}
