#include "middleware/registry/known_apps.h"

#include "app/base/secret.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/system_db.h"

struct known_app {
	const char *name;
	const char *key;
};

static const struct known_app known_apps[] = {
	{ "admin", "6498a8ad1beb9d84d63035c5d1120c007fad6de706734db9689f8996707"
		   "e0f7d" },
	{ "api_docs", "36fda24fe5588fa4285ac6c6c2fdfbdb6b6bc9834699774c9bf777f7"
		      "06d05a88" },
	{ "file_manager", "b5cb82af7b5d4130f36149f90aa2746782e59a872ac70454ac18"
			  "8743cb55b0ba" },
};

#define KNOWN (sizeof(known_apps) / sizeof(known_apps[0]))

static enum status
known_app_add(struct system_db *db, const struct known_app *app,
    const uint8_t *pepper, struct error *err)
{
	uint8_t hash[SECRET_HASH_BYTES];
	char now[DATE_BYTES];
	int64_t id;
	enum status st;

	date_text(db->wall_ms, now);
	struct db_value app_args[] = { bind_text(str_of(app->name)),
		bind_text(str_of(now)), bind_text(str_of(now)) };
	struct db_stmt add_app =
	    DB_STMT("INSERT INTO app (name, created_date, last_modified_date)"
		    " VALUES (?, ?, ?)",
		app_args);

	st = system_db_insert(db, &add_app, &id, err);
	if (st != ST_OK)
		return st == ST_EXISTS ? ST_OK : st;
	secret_hash(pepper, str_of(app->key), hash);
	struct db_value key_args[] = { bind_i64(id),
		bind_blob(hash, sizeof(hash)), bind_text(str_make(app->key, 6)),
		bind_text(str_of(now)) };
	struct db_stmt add_key =
	    DB_STMT("INSERT INTO app_key (app_id, hash, hint, created)"
		    " VALUES (?, ?, ?, ?)",
		key_args);

	st = system_db_insert(db, &add_key, &id, err);
	return st == ST_EXISTS ? ST_OK : st;
}

enum status
known_apps_add(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	for (size_t i = 0; i < KNOWN; i++) {
		enum status st =
		    known_app_add(db, &known_apps[i], keys->pepper[0], err);

		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status
rehash(struct system_db *db, const uint8_t *from, const uint8_t *to,
    const struct known_app *app, struct error *err)
{
	uint8_t before[SECRET_HASH_BYTES], after[SECRET_HASH_BYTES];

	secret_hash(from, str_of(app->key), before);
	secret_hash(to, str_of(app->key), after);
	struct db_value args[] = { bind_blob(after, sizeof(after)),
		bind_blob(before, sizeof(before)) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE app_key SET hash = ? WHERE hash = ?", args);
	struct error why = { 0 };
	enum status st = system_db_run(db, &stmt, NULL, NULL, &why);

	/* Somebody has given the key to an app since. */
	if (st == ST_OK || st == ST_EXISTS)
		return ST_OK;
	return error_set(err, st, "%s", why.text);
}

enum status
known_apps_rehash(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < KNOWN; i++) {
		for (size_t k = 1; st == ST_OK && k < keys->n; k++)
			st = rehash(db, keys->pepper[k], keys->pepper[0],
			    &known_apps[i], err);
	}
	return st;
}
