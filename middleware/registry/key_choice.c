/* Choosing keys that exist, and ending them: what key_records.h says of it. */
#include "middleware/registry/key_choice.h"

#include "middleware/registry/audit.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/system_db.h"

#define CHOSEN " WHERE revoked = 0 AND app_id = ? AND (? = 0 OR hint = ?)"

/* Rows of app_id are counted; the last one's is kept. */
static enum status
owner_row(void *ctx, const struct db_value *v, size_t n)
{
	struct key_choice *choice = ctx;

	(void)n; /* as many as the statement names */
	choice->app_id = value_i64(&v[0]);
	choice->n++;
	return ST_OK;
}

static enum status
owners_count(struct system_db *db, struct key_choice *c, struct error *err)
{
	struct db_value args[] = { bind_i64(c->app_id), bind_i64(c->app_id),
		bind_i64(c->by_hint ? 1 : 0), bind_text(c->name) };
	struct db_stmt stmt =
	    DB_STMT("SELECT app_id FROM app_key WHERE revoked = 0"
		    " AND (? = 0 OR app_id = ?) AND (? = 0 OR hint = ?)",
		args);

	return system_db_run(db, &stmt, owner_row, c, err);
}

/* A name that no app has is a hint. */
static enum status
app_choose(struct system_db *db, struct key_choice *c, struct error *err)
{
	struct error why = { 0 };
	enum status st;

	if (c->app_id != 0) {
		c->by_hint = !str_is_null(c->name);
		return ST_OK;
	}
	st = lookup_id(db, NOUN_APP, c->name, &c->app_id, &why);
	c->by_hint = st == ST_MISSING;
	return st == ST_OK || st == ST_MISSING
		   ? ST_OK
		   : error_set(err, st, "%s", why.text);
}

/* What is done with them now is audited. */
static enum status
chosen_watch(
    struct system_db *db, const struct key_choice *c, struct error *err)
{
	struct db_value args[] = { bind_i64(c->app_id),
		bind_i64(c->by_hint ? 1 : 0), bind_text(c->name) };
	struct db_stmt stmt = DB_STMT("SELECT id FROM app_key" CHOSEN, args);

	return audit_watch_each(db, AUDIT_KEY, &stmt, err);
}

enum status
keys_choose(struct system_db *db, struct key_choice *c, struct error *err)
{
	enum status st = app_choose(db, c, err);

	c->n = 0;
	if (st == ST_OK)
		st = owners_count(db, c, err);
	if (st != ST_OK)
		return st;
	if (c->n == 0)
		return error_set(err, ST_MISSING,
		    "no key in force belongs to \"%.*s\": `weir key list` "
		    "shows apps and keys",
		    STR_ARG(c->name));
	if (c->by_hint && c->n > 1)
		return error_set(err, ST_INVALID,
		    "%lld keys begin with \"%.*s\": name the app instead",
		    (long long)c->n, STR_ARG(c->name));
	return chosen_watch(db, c, err);
}

enum status
keys_shorten(struct system_db *db, const struct key_choice *c, int64_t until_ms,
    struct error *err)
{
	struct db_value args[] = { bind_i64(until_ms), bind_i64(c->app_id),
		bind_i64(c->by_hint ? 1 : 0), bind_text(c->name),
		bind_i64(until_ms) };
	struct db_stmt stmt = DB_STMT("UPDATE app_key SET expires = ?" CHOSEN
				      " AND (expires = 0 OR expires > ?)",
	    args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

/* What becomes of the chosen keys at a moment. */
struct ending {
	struct key_choice choice;
	const char *sql;
	int64_t when_ms;
};

static enum status
end(struct system_db *db, void *ctx, struct error *err)
{
	struct ending *e = ctx;
	const struct key_choice *c = &e->choice;
	enum status st = keys_choose(db, &e->choice, err);

	if (st != ST_OK)
		return st;
	struct db_value args[] = { bind_i64(e->when_ms), bind_i64(c->app_id),
		bind_i64(c->by_hint ? 1 : 0), bind_text(c->name) };
	struct db_stmt stmt = { str_of(e->sql), args,
		sizeof(args) / sizeof(args[0]) };

	return system_db_run(db, &stmt, NULL, NULL, err);
}

static enum status
ending_run(
    struct system_db *db, struct ending *e, int64_t *n, struct error *err)
{
	enum status st = system_db_write(db, end, e, err);

	*n = e->choice.n;
	return st;
}

#define SQL_REVOKE "UPDATE app_key SET revoked = ?" CHOSEN
#define SQL_EXPIRE "UPDATE app_key SET expires = ?" CHOSEN

enum status
key_record_revoke(struct system_db *db, struct str name_or_hint, int64_t *n,
    struct error *err)
{
	struct ending e = { { .name = name_or_hint }, SQL_REVOKE, db->wall_ms };

	return ending_run(db, &e, n, err);
}

enum status
key_record_expire(struct system_db *db, struct str name_or_hint,
    int64_t expires_ms, int64_t *n, struct error *err)
{
	struct ending e = { { .name = name_or_hint }, SQL_EXPIRE, expires_ms };

	return ending_run(db, &e, n, err);
}

enum status
app_key_revoke(struct system_db *db, int64_t app_id, struct str hint,
    int64_t *n, struct error *err)
{
	struct ending e = { { .name = hint, .app_id = app_id }, SQL_REVOKE,
		db->wall_ms };

	return ending_run(db, &e, n, err);
}

enum status
app_key_expire(struct system_db *db, int64_t app_id, struct str hint,
    int64_t expires_ms, struct error *err)
{
	struct ending e = { { .name = hint, .app_id = app_id }, SQL_EXPIRE,
		expires_ms };
	int64_t n;

	return ending_run(db, &e, &n, err);
}
