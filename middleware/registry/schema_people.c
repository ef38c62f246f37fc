/*
 * The step that brings people: users, what roles they have, lookups, CORS,
 * and the record of who changed what.
 */
#include "middleware/registry/schema.h"

#include "app/base/arena.h"
#include "middleware/registry/system_db.h"

#define ARENA_BYTES 1024

/*
 * E-mails and usernames stand in lower case. What has a reference to a user
 * in created_by_id and the like keeps it when the user is gone, as audit does.
 */
const char schema_people_sql[] =
    "CREATE TABLE IF NOT EXISTS user ("
    " id $id,"
    " name VARCHAR(255) NOT NULL,"
    " username VARCHAR(255) UNIQUE,"
    " first_name VARCHAR(255),"
    " last_name VARCHAR(255),"
    " email VARCHAR(255) NOT NULL UNIQUE,"
    " password VARCHAR(255),"
    " is_sys_admin BOOLEAN NOT NULL DEFAULT 0,"
    " is_active BOOLEAN NOT NULL DEFAULT 1,"
    " phone VARCHAR(32),"
    " security_question VARCHAR(255),"
    " security_answer VARCHAR(255),"
    " default_app_id BIGINT,"
    " last_login_date VARCHAR(19),"
    " confirm_code $hash,"
    " confirm_expires BIGINT NOT NULL DEFAULT 0,"
    " created_date VARCHAR(19) NOT NULL,"
    " last_modified_date VARCHAR(19) NOT NULL,"
    " created_by_id BIGINT,"
    " last_modified_by_id BIGINT,"
    " FOREIGN KEY (default_app_id) REFERENCES app (id))$engine;"
    "CREATE TABLE IF NOT EXISTS user_to_app_to_role ("
    " id $id,"
    " user_id BIGINT NOT NULL,"
    " app_id BIGINT NOT NULL,"
    " role_id BIGINT NOT NULL,"
    " UNIQUE (user_id, app_id),"
    " FOREIGN KEY (user_id) REFERENCES user (id),"
    " FOREIGN KEY (app_id) REFERENCES app (id),"
    " FOREIGN KEY (role_id) REFERENCES role (id))$engine;"
    "CREATE TABLE IF NOT EXISTS lookup ("
    " id $id,"
    " name VARCHAR(64) NOT NULL,"
    " value $text,"
    " private BOOLEAN NOT NULL DEFAULT 0,"
    " description VARCHAR(255),"
    " app_id BIGINT,"
    " role_id BIGINT,"
    " user_id BIGINT,"
    " created_date VARCHAR(19) NOT NULL,"
    " last_modified_date VARCHAR(19) NOT NULL,"
    " created_by_id BIGINT,"
    " last_modified_by_id BIGINT,"
    " FOREIGN KEY (app_id) REFERENCES app (id),"
    " FOREIGN KEY (role_id) REFERENCES role (id),"
    " FOREIGN KEY (user_id) REFERENCES user (id))$engine;"
    "CREATE TABLE IF NOT EXISTS cors_config ("
    " id $id,"
    " path VARCHAR(255) NOT NULL UNIQUE,"
    " description VARCHAR(255),"
    " origin $text NOT NULL,"
    " header $text,"
    " exposed_header $text,"
    " max_age BIGINT NOT NULL DEFAULT 0,"
    " method INTEGER NOT NULL DEFAULT 0,"
    " supports_credentials BOOLEAN NOT NULL DEFAULT 0,"
    " enabled BOOLEAN NOT NULL DEFAULT 1,"
    " created_date VARCHAR(19) NOT NULL,"
    " last_modified_date VARCHAR(19) NOT NULL,"
    " created_by_id BIGINT,"
    " last_modified_by_id BIGINT)$engine;"
    "CREATE TABLE IF NOT EXISTS audit ("
    " id $id,"
    " at VARCHAR(19) NOT NULL,"
    " actor_id BIGINT,"
    " actor VARCHAR(255) NOT NULL,"
    " source VARCHAR(255) NOT NULL,"
    " resource VARCHAR(64) NOT NULL,"
    " record_id BIGINT,"
    " action VARCHAR(16) NOT NULL,"
    " before_text $text,"
    " after_text $text)$engine;";

static const char *const owned[] = { "service", "role", "role_service_access",
	"app", "limits" };
static const char *const owners[] = { "created_by_id", "last_modified_by_id" };

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum status
schema_column_add(struct system_db *db, struct arena *arena,
    const struct schema_column *column, struct error *err)
{
	struct db_stmt look = { .sql = arena_printf(arena,
				    "SELECT %s FROM %s WHERE id < 0",
				    column->name, column->table) };
	struct str add = arena_printf(arena, "ALTER TABLE %s ADD COLUMN %s %s",
	    column->table, column->name, column->type);
	struct error why = { 0 };
	enum status st = system_db_run(db, &look, NULL, NULL, &why);

	if (st == ST_STALE)
		return db->driver->script(db->conn, add.p, err);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

enum status
schema_owners(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	struct arena arena;
	enum status st = ST_OK;

	(void)keys; /* nothing secret is stored */
	arena_init(&arena, ARENA_BYTES);
	for (size_t i = 0; i < LENGTH(owned) * LENGTH(owners); i++) {
		struct schema_column column = { owned[i / LENGTH(owners)],
			owners[i % LENGTH(owners)], "BIGINT" };

		if (st == ST_OK)
			st = schema_column_add(db, &arena, &column, err);
	}
	arena_close(&arena);
	return st;
}
