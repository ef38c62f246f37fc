#include "middleware/registry/migrations.h"

#include "app/base/buf.h"
#include "app/base/clock.h"
#include "middleware/registry/schema.h"
#include "middleware/registry/system_db.h"

#define BEGIN_MS 30000 /* another process may be migrating */

/* The words that engines have not in common, written as $id and $hash. */
struct dialect {
	const char *driver;
	const char *id;   /* a key that is never given twice */
	const char *hash; /* 32 bytes */
};

static const struct dialect dialects[] = {
	{ "sqlite", "INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB" },
};

static const struct dialect *
dialect_of(const struct system_db *db)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
		if (strcmp(dialects[i].driver, db->driver->name) == 0)
			return &dialects[i];
	}
	return NULL;
}

static enum status
run_script(struct system_db *db, const char *sql, struct error *err)
{
	const struct dialect *dialect = dialect_of(db);
	struct str rest = str_of(sql);
	struct buf text = { 0 };
	enum status st;

	if (dialect == NULL)
		return error_set(err, ST_INVALID,
		    "DB_CONNECTION: the system database cannot live in %s",
		    db->driver->name);
	while (rest.p != NULL) {
		buf_put(&text, str_cut(&rest, '$'));
		if (str_starts(rest, STR("id"))) {
			buf_put(&text, str_of(dialect->id));
			rest = str_skip(rest, 2);
		} else if (str_starts(rest, STR("hash"))) {
			buf_put(&text, str_of(dialect->hash));
			rest = str_skip(rest, 4);
		}
	}
	buf_put_char(&text, '\0');
	st = db->driver->script(db->conn, text.p, err);
	buf_free(&text);
	return st;
}

static enum status
note_step(struct system_db *db, int64_t number, struct error *err)
{
	char now[DATE_BYTES];
	int64_t id;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_i64(number), bind_text(str_of(now)) };
	struct db_stmt stmt = DB_STMT(
	    "INSERT INTO schema_migration (number, applied) VALUES (?, ?)",
	    args);

	return system_db_insert(db, &stmt, &id, err);
}

/* 0 when no step has run. */
static enum status
newest_step(struct system_db *db, int64_t *number, struct error *err)
{
	struct db_stmt stmt =
	    DB_STMT_PLAIN("SELECT MAX(number) FROM schema_migration");

	return system_db_number(db, &stmt, number, err);
}

/* Within a transaction: the step, unless another process has done it. */
static enum status
step(struct system_db *db, const struct schema_step *m,
    const struct app_keys *keys, bool *ran, struct error *err)
{
	int64_t done = 0;
	enum status st = newest_step(db, &done, err);

	*ran = st == ST_OK && done < m->number;
	if (!*ran)
		return st;
	if (m->sql != NULL)
		st = run_script(db, m->sql, err);
	if (st == ST_OK && m->fill != NULL)
		st = m->fill(db, keys, err);
	return st == ST_OK ? note_step(db, m->number, err) : st;
}

static enum status
refuse_newer(int64_t number, struct error *err)
{
	return error_set(err, ST_INVALID,
	    "the system database was made by a newer weir (schema %lld, this "
	    "one knows %d): run that version",
	    (long long)number, MIGRATION_NEWEST);
}

static enum status
prepare(struct system_db *db, struct error *err)
{
	int64_t number = 0;
	enum status st = db->driver->script(db->conn,
	    "CREATE TABLE IF NOT EXISTS schema_migration ("
	    " number BIGINT NOT NULL PRIMARY KEY,"
	    " applied VARCHAR(19) NOT NULL);",
	    err);

	if (st == ST_OK)
		st = newest_step(db, &number, err);
	if (st == ST_OK && number > MIGRATION_NEWEST)
		st = refuse_newer(number, err);
	return st;
}

enum status
migrations_run(struct system_db *db, int64_t last, const struct app_keys *keys,
    unsigned *applied, struct error *err)
{
	enum status st = prepare(db, err);

	*applied = 0;
	for (size_t i = 0; st == ST_OK && i < (size_t)last; i++) {
		bool ran = false;

		st = db->driver->begin(
		    db->conn, clock_boot_ms() + BEGIN_MS, err);
		if (st != ST_OK)
			return st;
		st = step(db, &schema_steps[i], keys, &ran, err);
		if (st == ST_OK)
			st = db->driver->commit(db->conn, err);
		if (st != ST_OK)
			db->driver->rollback(db->conn);
		*applied += ran ? 1 : 0;
	}
	return st;
}

enum status
migrations_number(struct system_db *db, int64_t *number, struct error *err)
{
	struct error why = { 0 };
	enum status st = newest_step(db, number, &why);

	if (st == ST_STALE) {
		*number = 0;
		return ST_OK;
	}
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

enum status
migrations_check(struct system_db *db, struct error *err)
{
	int64_t number = 0;
	enum status st = migrations_number(db, &number, err);

	if (st != ST_OK)
		return st;
	if (number < MIGRATION_NEWEST)
		return error_set(err, ST_INVALID,
		    "the system database is not set up for this weir: run "
		    "`weir setup`");
	return number > MIGRATION_NEWEST ? refuse_newer(number, err) : ST_OK;
}
