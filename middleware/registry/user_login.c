#include "middleware/registry/user_login.h"

#include "app/base/hash.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/user_records.h"

enum status
user_login_note(struct system_db *db, int64_t user_id, struct error *err)
{
	char now[DATE_BYTES];

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(str_of(now)), bind_i64(user_id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE user SET last_login_date = ? WHERE id = ?", args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

enum status
user_login_rehash(struct system_db *db, const struct user_record *user,
    const char *hash, struct error *err)
{
	struct db_value args[] = { bind_text(str_of(hash)), bind_i64(user->id),
		bind_text(user->password) };
	struct db_stmt stmt = DB_STMT(
	    "UPDATE user SET password = ? WHERE id = ? AND password = ?", args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

static enum status
hash_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct str *hash = array_add(list, sizeof(*hash));

	(void)n; /* as many as the statement names */
	*hash = value_text(list->arena, &v[0]);
	return ST_OK;
}

struct str
user_login_decoy(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, struct str name)
{
	struct db_stmt count = DB_STMT_PLAIN(
	    "SELECT COUNT(*) FROM user WHERE password IS NOT NULL");
	struct buf list = buf_in(arena);
	int64_t n = 0;

	if (system_db_number(db, &count, &n, NULL) != ST_OK || n == 0)
		return STR_NULL;
	struct db_value args[] = { bind_i64(
	    (int64_t)(hash_keyed(keys->codes[0], name) % (uint64_t)n)) };
	struct db_stmt stmt =
	    DB_STMT("SELECT password FROM user WHERE password IS NOT NULL"
		    " ORDER BY id LIMIT 1 OFFSET ?",
		args);

	if (system_db_run(db, &stmt, hash_row, &list, NULL) != ST_OK ||
	    list.n == 0)
		return STR_NULL;
	return *(const struct str *)(const void *)list.p;
}

/* A code is bound to its user. */
static void
code_hash(const uint8_t *key, int64_t user_id, struct str code,
    uint8_t out[SECRET_HASH_BYTES])
{
	uint8_t of_user[SECRET_HASH_BYTES];

	secret_hash(
	    key, str_make((const char *)&user_id, sizeof(user_id)), of_user);
	secret_hash(of_user, code, out);
}

enum status
user_code_new(struct system_db *db, const struct app_keys *keys,
    int64_t user_id, int64_t expires_ms, char code[CONFIRM_CODE_BYTES + 1],
    struct error *err)
{
	uint8_t hash[SECRET_HASH_BYTES];

	secret_new_token(code, CONFIRM_CODE_BYTES);
	code[CONFIRM_CODE_BYTES] = '\0';
	code_hash(keys->codes[0], user_id, str_of(code), hash);
	struct db_value args[] = { bind_blob(hash, sizeof(hash)),
		bind_i64(expires_ms), bind_i64(user_id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE user SET confirm_code = ?, confirm_expires = ?"
		    " WHERE id = ?",
		args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

static enum status
take_under(struct system_db *db, const uint8_t *key, int64_t user_id,
    struct str code, struct error *err)
{
	uint8_t hash[SECRET_HASH_BYTES];

	code_hash(key, user_id, code, hash);
	struct db_value args[] = { bind_i64(user_id),
		bind_blob(hash, sizeof(hash)), bind_i64(db->wall_ms) };
	struct db_stmt stmt = DB_STMT(
	    "UPDATE user SET confirm_code = NULL, confirm_expires = 0"
	    " WHERE id = ? AND confirm_code = ? AND confirm_expires > ?",
	    args);

	return system_db_change(db, &stmt, err);
}

enum status
user_code_take(struct system_db *db, const struct app_keys *keys,
    int64_t user_id, struct str code, struct error *err)
{
	enum status st = ST_MISSING;

	for (size_t i = 0; st == ST_MISSING && i < keys->n; i++)
		st = take_under(db, keys->codes[i], user_id, code, err);
	if (st != ST_MISSING)
		return st;
	return error_set(err, ST_DENIED,
	    "the code is not the one that was sent, or its time is over");
}
