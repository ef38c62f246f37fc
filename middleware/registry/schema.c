/*
 * What the steps of the schema do. Tables carry DreamFactory's names where it
 * has them. $id, $hash, $text and $engine are words that engines have not in
 * common: migrations.c puts in what the engine at hand says for them. A script
 * may have ended halfway where a table cannot be taken back.
 */
#include "middleware/registry/schema.h"

#include "app/base/secret.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/key_proof.h"
#include "middleware/registry/known_apps.h"
#include "middleware/registry/known_services.h"
#include "middleware/registry/system_db.h"

static const char tables_sql[] =
    "CREATE TABLE IF NOT EXISTS service ("
    " id $id,"
    " name VARCHAR(40) NOT NULL UNIQUE,"
    " label VARCHAR(80),"
    " description VARCHAR(255),"
    " is_active BOOLEAN NOT NULL DEFAULT 1,"
    " type VARCHAR(40) NOT NULL,"
    " config $text NOT NULL,"
    " created_date VARCHAR(19) NOT NULL,"
    " last_modified_date VARCHAR(19) NOT NULL)$engine;"
    "CREATE TABLE IF NOT EXISTS service_cache_config ("
    " service_id BIGINT NOT NULL PRIMARY KEY,"
    " cache_enabled BOOLEAN NOT NULL DEFAULT 0,"
    " cache_ttl BIGINT NOT NULL DEFAULT 0,"
    " FOREIGN KEY (service_id) REFERENCES service (id))$engine;"
    "CREATE TABLE IF NOT EXISTS role ("
    " id $id,"
    " name VARCHAR(64) NOT NULL UNIQUE,"
    " description VARCHAR(255),"
    " is_active BOOLEAN NOT NULL DEFAULT 1,"
    " created_date VARCHAR(19) NOT NULL,"
    " last_modified_date VARCHAR(19) NOT NULL)$engine;"
    "CREATE TABLE IF NOT EXISTS role_service_access ("
    " id $id,"
    " role_id BIGINT NOT NULL,"
    " service_id BIGINT,"
    " component VARCHAR(255) NOT NULL,"
    " verb_mask INTEGER NOT NULL,"
    " requestor_mask INTEGER NOT NULL DEFAULT 1,"
    " filters $text,"
    " filter_op VARCHAR(32) NOT NULL DEFAULT 'and',"
    " created_date VARCHAR(19) NOT NULL,"
    " last_modified_date VARCHAR(19) NOT NULL,"
    " FOREIGN KEY (role_id) REFERENCES role (id),"
    " FOREIGN KEY (service_id) REFERENCES service (id))$engine;"
    "CREATE TABLE IF NOT EXISTS app ("
    " id $id,"
    " name VARCHAR(64) NOT NULL UNIQUE,"
    " description VARCHAR(255),"
    " is_active BOOLEAN NOT NULL DEFAULT 1,"
    " role_id BIGINT,"
    " created_date VARCHAR(19) NOT NULL,"
    " last_modified_date VARCHAR(19) NOT NULL,"
    " FOREIGN KEY (role_id) REFERENCES role (id))$engine;"
    "CREATE TABLE IF NOT EXISTS app_key ("
    " id $id,"
    " app_id BIGINT NOT NULL,"
    " hash $hash NOT NULL UNIQUE,"
    " hint VARCHAR(6) NOT NULL,"
    " created VARCHAR(19) NOT NULL,"
    " expires BIGINT NOT NULL DEFAULT 0,"
    " revoked BIGINT NOT NULL DEFAULT 0,"
    " FOREIGN KEY (app_id) REFERENCES app (id))$engine;"
    "CREATE TABLE IF NOT EXISTS limits ("
    " id $id,"
    " name VARCHAR(64) NOT NULL UNIQUE,"
    " type VARCHAR(40) NOT NULL,"
    " rate BIGINT NOT NULL,"
    " period BIGINT NOT NULL,"
    " app_id BIGINT,"
    " role_id BIGINT,"
    " service_id BIGINT,"
    " verb VARCHAR(10),"
    " key_text VARCHAR(100) NOT NULL UNIQUE,"
    " is_active BOOLEAN NOT NULL DEFAULT 1,"
    " created_date VARCHAR(19) NOT NULL,"
    " last_modified_date VARCHAR(19) NOT NULL,"
    " FOREIGN KEY (app_id) REFERENCES app (id),"
    " FOREIGN KEY (role_id) REFERENCES role (id),"
    " FOREIGN KEY (service_id) REFERENCES service (id))$engine;"
    "CREATE TABLE IF NOT EXISTS registry_version ("
    " number BIGINT NOT NULL)$engine;";

/*
 * The version begins anywhere: who has read another database that stood here
 * before sees that this is not the same.
 */
static enum status
version_begin(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	struct db_stmt drop = DB_STMT_PLAIN("DELETE FROM registry_version");
	uint32_t begin;
	int64_t id;
	enum status st = system_db_run(db, &drop, NULL, NULL, err);

	(void)keys; /* nothing secret is stored */
	if (st != ST_OK)
		return st;
	secret_random(&begin, sizeof(begin));
	struct db_value args[] = { bind_i64((int64_t)begin << 20) };
	struct db_stmt put =
	    DB_STMT("INSERT INTO registry_version (number) VALUES (?)", args);

	return system_db_insert(db, &put, &id, err);
}

/* Sessions are looked for by token, by user and by the time they end. */
static const char sessions_sql[] =
    "CREATE TABLE IF NOT EXISTS user_session ("
    " id $id,"
    " user_id BIGINT NOT NULL,"
    " token_id VARCHAR(64) NOT NULL UNIQUE,"
    " begun BIGINT NOT NULL,"
    " issued BIGINT NOT NULL,"
    " expires BIGINT NOT NULL,"
    " forever BOOLEAN NOT NULL DEFAULT 0,"
    " address VARCHAR(64),"
    " UNIQUE (user_id, id),"
    " UNIQUE (expires, id),"
    " FOREIGN KEY (user_id) REFERENCES user (id))$engine;";

const struct schema_step schema_steps[MIGRATION_NEWEST] = {
	{ 1, tables_sql, version_begin },
	{ 2, NULL, known_apps_add },
	{ 3, NULL, schema_seal },
	{ 4,
	    "CREATE TABLE IF NOT EXISTS app_key_proof ("
	    " hash $hash NOT NULL)$engine;",
	    key_proof_fill },
	{ 5, schema_people_sql, schema_owners },
	{ 6, sessions_sql, known_services_add },
	{ 7, NULL, schema_limits },
	{ 8, NULL, known_docs_add },
};
