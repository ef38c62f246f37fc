#include "middleware/registry/key_records.h"

#include "middleware/registry/audit.h"
#include "middleware/registry/key_choice.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"

/* A key on its way into the database. */
struct adding {
	const struct key_order *order;
	int64_t app_id;
	int64_t role_id;
};

static enum status
app_insert(struct system_db *db, struct adding *a, struct error *err)
{
	char now[DATE_BYTES];
	enum status st;

	if (str_is_null(a->order->role) && !a->order->no_role)
		return error_set(err, ST_INVALID,
		    "the app \"%.*s\" is new: name its role with --role",
		    STR_ARG(a->order->app));
	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(a->order->app),
		bind_id(a->role_id), bind_text(str_of(now)),
		bind_text(str_of(now)), bind_actor(db), bind_actor(db) };
	struct db_stmt stmt = DB_STMT(
	    "INSERT INTO app (name, role_id, created_date, last_modified_date,"
	    " created_by_id, last_modified_by_id) VALUES (?, ?, ?, ?, ?, ?)",
	    args);

	st = system_db_insert(db, &stmt, &a->app_id, err);
	return st == ST_OK ? audit_added(db, AUDIT_APP, a->app_id, err) : st;
}

/* A key must not change what the app's other keys open. */
static enum status
same_role_check(struct system_db *db, const struct adding *a, struct error *err)
{
	struct db_value args[] = { bind_i64(a->app_id) };
	struct db_stmt stmt =
	    DB_STMT("SELECT role_id FROM app WHERE id = ?", args);
	int64_t has = 0;
	enum status st = system_db_number(db, &stmt, &has, err);

	if (st != ST_OK || str_is_null(a->order->role) || has == a->role_id)
		return st;
	return error_set(err, ST_EXISTS,
	    "the app \"%.*s\" exists with another role: leave out --role, or "
	    "take another name",
	    STR_ARG(a->order->app));
}

/* The app of the order, made when there is none. */
static enum status
app_find(struct system_db *db, struct adding *a, struct error *err)
{
	struct error why = { 0 };
	enum status st;

	st = lookup_id(db, NOUN_APP, a->order->app, &a->app_id, &why);
	if (st == ST_MISSING)
		return app_insert(db, a, err);
	if (st != ST_OK)
		return error_set(err, st, "%s", why.text);
	return same_role_check(db, a, err);
}

static enum status
key_insert(struct system_db *db, const struct adding *a, struct error *err)
{
	const struct key_order *order = a->order;
	uint8_t hash[SECRET_HASH_BYTES];
	char now[DATE_BYTES];
	int64_t id;
	enum status st;

	date_text(db->wall_ms, now);
	secret_hash(order->pepper, order->key, hash);
	struct db_value args[] = { bind_i64(a->app_id),
		bind_blob(hash, sizeof(hash)),
		bind_text(str_make(order->key.p, KEY_HINT_BYTES)),
		bind_text(str_of(now)), bind_i64(order->expires_ms) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO app_key (app_id, hash, hint, created, expires)"
		    " VALUES (?, ?, ?, ?, ?)",
		args);

	st = system_db_insert(db, &stmt, &id, err);
	if (st == ST_OK)
		st = audit_added(db, AUDIT_KEY, id, err);
	if (st != ST_EXISTS)
		return st;
	return error_set(err, ST_EXISTS,
	    "this key is known already, perhaps as one that was revoked: "
	    "choose another, or leave out --key");
}

static enum status
add(struct system_db *db, void *ctx, struct error *err)
{
	struct adding *a = ctx;
	enum status st = ST_OK;

	if (!str_is_null(a->order->role))
		st = lookup_id(db, NOUN_ROLE, a->order->role, &a->role_id, err);
	if (st == ST_OK)
		st = app_find(db, a, err);
	return st == ST_OK ? key_insert(db, a, err) : st;
}

enum status
key_record_check(struct str key, struct error *err)
{
	bool bad = key.n < KEY_MIN_BYTES || key.n > KEY_MAX_BYTES;

	for (size_t i = 0; i < key.n && !bad; i++)
		bad = key.p[i] <= ' ' || key.p[i] > '~';
	if (bad)
		return error_set(err, ST_INVALID,
		    "key: %d to %d visible ASCII characters are expected",
		    KEY_MIN_BYTES, KEY_MAX_BYTES);
	return ST_OK;
}

enum status
key_record_add(
    struct system_db *db, const struct key_order *order, struct error *err)
{
	struct adding adding = { .order = order };
	enum status st = record_name_check(order->app, "app", err);

	if (st == ST_OK)
		st = key_record_check(order->key, err);
	return st == ST_OK ? system_db_write(db, add, &adding, err) : st;
}

/* A new key on its way, and the end of those before it. */
struct rotating {
	struct key_order *order;
	struct arena *arena;
	int64_t until_ms;
	struct key_choice choice;
};

static enum status
app_name_row(void *ctx, const struct db_value *v, size_t n)
{
	struct rotating *r = ctx;

	(void)n; /* as many as the statement names */
	r->order->app = value_text(r->arena, &v[0]);
	return ST_OK;
}

static enum status
rotate(struct system_db *db, void *ctx, struct error *err)
{
	struct rotating *r = ctx;
	struct adding a = { .order = r->order };
	enum status st = keys_choose(db, &r->choice, err);

	if (st == ST_OK)
		st = keys_shorten(db, &r->choice, r->until_ms, err);
	if (st != ST_OK)
		return st;
	a.app_id = r->choice.app_id;
	struct db_value args[] = { bind_i64(a.app_id) };
	struct db_stmt stmt =
	    DB_STMT("SELECT name FROM app WHERE id = ?", args);

	st = system_db_run(db, &stmt, app_name_row, r, err);
	return st == ST_OK ? key_insert(db, &a, err) : st;
}

enum status
key_record_rotate(struct system_db *db, struct arena *arena,
    struct key_order *order, int64_t until_ms, int64_t *n, struct error *err)
{
	struct rotating r = { .order = order,
		.arena = arena,
		.until_ms = until_ms,
		.choice = { .name = order->app } };
	enum status st = key_record_check(order->key, err);

	if (order->app_id != 0)
		r.choice = (struct key_choice){ .name = order->hint,
			.app_id = order->app_id };
	if (st == ST_OK)
		st = system_db_write(db, rotate, &r, err);
	*n = r.choice.n;
	return st;
}

static enum status
key_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct key_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	if (v[3].type != DB_BLOB || v[3].s.n != sizeof(r->hash))
		return ST_ERROR;
	memcpy(r->hash, v[3].s.p, sizeof(r->hash));
	r->app_id = value_i64(&v[0]);
	r->app_name = value_text(list->arena, &v[1]);
	r->role_name = value_text(list->arena, &v[2]);
	r->hint = value_text(list->arena, &v[4]);
	r->created = value_text(list->arena, &v[5]);
	r->expires_ms = value_i64(&v[6]);
	r->revoked_ms = value_i64(&v[7]);
	return ST_OK;
}

enum status
key_records_list(struct system_db *db, struct arena *arena,
    struct key_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_stmt stmt = DB_STMT_PLAIN(
	    "SELECT k.app_id, a.name, r.name, k.hash, k.hint, k.created,"
	    " k.expires, k.revoked FROM app_key k"
	    " JOIN app a ON a.id = k.app_id"
	    " LEFT JOIN role r ON r.id = a.role_id ORDER BY a.name, k.id");
	enum status st = system_db_run(db, &stmt, key_row, &list, err);

	*out = (struct key_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st == ST_ERROR ? error_set(err, st, "a key's hash is damaged")
			      : st;
}
