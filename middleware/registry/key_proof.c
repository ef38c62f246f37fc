#include "middleware/registry/key_proof.h"

#include "middleware/registry/app_keys.h"
#include "middleware/registry/system_db.h"

/* No API key has blanks. */
#define PROVEN STR("the APP_KEY of this system database")

struct proof {
	uint8_t hash[SECRET_HASH_BYTES];
	bool found;
};

static enum status
proof_row(void *ctx, const struct db_value *v, size_t n)
{
	struct proof *proof = ctx;

	(void)n; /* as many as the statement names */
	if (v[0].type != DB_BLOB || v[0].s.n != sizeof(proof->hash))
		return ST_OK;
	memcpy(proof->hash, v[0].s.p, sizeof(proof->hash));
	proof->found = true;
	return ST_OK;
}

static bool
is_proof_of(const struct proof *proof, const uint8_t *pepper)
{
	uint8_t hash[SECRET_HASH_BYTES];

	secret_hash(pepper, PROVEN, hash);
	return secret_equal(hash, proof->hash, sizeof(hash));
}

enum status
key_proof_check(struct system_db *db, const struct app_keys *keys, bool *is_old,
    struct error *err)
{
	struct db_stmt stmt = DB_STMT_PLAIN("SELECT hash FROM app_key_proof");
	struct proof proof = { .found = false };
	enum status st = system_db_run(db, &stmt, proof_row, &proof, err);

	*is_old = true;
	if (st != ST_OK || !proof.found)
		return st;
	for (size_t i = 0; i < keys->n; i++) {
		if (is_proof_of(&proof, keys->pepper[i])) {
			*is_old = i > 0;
			return ST_OK;
		}
	}
	return error_set(err, ST_INVALID,
	    "the system database belongs to another APP_KEY: set the one it "
	    "was "
	    "made under, on this host or another, or add that to "
	    "APP_PREVIOUS_KEYS; if it is lost, `weir setup --accept-key` takes "
	    "this one, and API keys and passwords of services must be given "
	    "anew");
}

enum status
key_proof_fill(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	struct db_stmt drop = DB_STMT_PLAIN("DELETE FROM app_key_proof");
	uint8_t hash[SECRET_HASH_BYTES];
	int64_t id;
	enum status st = system_db_run(db, &drop, NULL, NULL, err);

	if (st != ST_OK)
		return st;
	secret_hash(keys->pepper[0], PROVEN, hash);
	struct db_value args[] = { bind_blob(hash, sizeof(hash)) };
	struct db_stmt put =
	    DB_STMT("INSERT INTO app_key_proof (hash) VALUES (?)", args);

	return system_db_insert(db, &put, &id, err);
}

static enum status
put(struct system_db *db, void *ctx, struct error *err)
{
	return key_proof_fill(db, ctx, err);
}

enum status
key_proof_put(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	return system_db_write(db, put, (void *)(uintptr_t)keys, err);
}
