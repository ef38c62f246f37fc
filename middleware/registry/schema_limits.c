/* The step that lets limits be about users and endpoints, and count in other
 * ways than by fixed windows. */
#include <string.h>

#include "app/base/arena.h"
#include "middleware/registry/schema.h"
#include "middleware/registry/system_db.h"

#define ARENA_BYTES 1024
#define TABLE       "limits"

static const struct schema_column columns[] = {
	{ TABLE, "description", "VARCHAR(255)" },
	{ TABLE, "endpoint", "VARCHAR(255)" },
	{ TABLE, "algorithm", "VARCHAR(16) NOT NULL DEFAULT 'fixed'" },
	{ TABLE, "burst", "BIGINT" },
	{ TABLE, "lockout", "BOOLEAN NOT NULL DEFAULT 0" },
	{ TABLE, "dry_run", "BOOLEAN NOT NULL DEFAULT 0" },
};

/* MySQL reads past a reference that stands in a column, SQLite can add no
 * other. */
static enum status
user_add(struct system_db *db, struct arena *arena, bool is_sqlite,
    struct error *err)
{
	struct schema_column user = { TABLE, "user_id",
		is_sqlite ? "BIGINT REFERENCES user (id)"
			  : "BIGINT, ADD FOREIGN KEY (user_id)"
			    " REFERENCES user (id)" };

	return schema_column_add(db, arena, &user, err);
}

/* It names the endpoint now. SQLite keeps to no length. */
static enum status
key_text_widen(struct system_db *db, struct error *err)
{
	return db->driver->script(db->conn,
	    "ALTER TABLE limits MODIFY key_text VARCHAR(400) NOT NULL", err);
}

enum status
schema_limits(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	bool is_sqlite = strcmp(db->driver->name, "sqlite") == 0;
	struct arena arena;
	enum status st;

	(void)keys; /* nothing secret is stored */
	arena_init(&arena, ARENA_BYTES);
	st = user_add(db, &arena, is_sqlite, err);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (st == ST_OK)
			st = schema_column_add(db, &arena, &columns[i], err);
	}
	if (st == ST_OK && !is_sqlite)
		st = key_text_widen(db, err);
	arena_close(&arena);
	return st;
}
