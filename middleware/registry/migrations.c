#include "middleware/registry/migrations.h"

#include "app/base/buf.h"
#include "app/base/clock.h"
#include "middleware/registry/schema.h"
#include "middleware/registry/system_db.h"

#define BEGIN_MS 30000 /* another process may be migrating */

/*
 * What engines have not in common: words, written as $id, $hash, $text and
 * $engine, and how one process keeps others from migrating. Where a change of
 * the schema cannot be undone, a lock of its own does, and every script may be
 * run again after it ended halfway.
 */
struct dialect {
	const char *driver;
	const char *id;     /* a key that is never given twice */
	const char *hash;   /* 32 bytes */
	const char *text;   /* a long one */
	const char *engine; /* behind a table: names compare by their bytes */
	const char *lock;   /* answers 1; NULL: the transaction is one */
	const char *unlock;
};

#define LOCK_NAME "CONCAT('weir ', MD5(DATABASE()))"

static const struct dialect dialects[] = {
	{ "sqlite", "INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB", "TEXT", "",
	    NULL, NULL },
	{ "mysql", "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
	    "VARBINARY(32)", "MEDIUMTEXT",
	    " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
	    "SELECT GET_LOCK(" LOCK_NAME ", 25)",
	    "SELECT RELEASE_LOCK(" LOCK_NAME ")" },
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

/* Appends what a word at the start of *rest stands for, and takes it off. */
static void
word_put(struct buf *text, const struct dialect *dialect, struct str *rest)
{
	const struct {
		const char *name, *meaning;
	} words[] = {
		{ "id", dialect->id },
		{ "hash", dialect->hash },
		{ "text", dialect->text },
		{ "engine", dialect->engine },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str_starts(*rest, str_of(words[i].name)))
			continue;
		buf_put(text, str_of(words[i].meaning));
		*rest = str_skip(*rest, strlen(words[i].name));
		return;
	}
}

static enum status
run_script(struct system_db *db, const char *sql, struct error *err)
{
	struct str rest = str_of(sql);
	struct buf text = { 0 };
	enum status st;

	while (rest.p != NULL) {
		buf_put(&text, str_cut(&rest, '$'));
		word_put(&text, dialect_of(db), &rest);
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

/* Runs those of the steps that have not run yet. */
static enum status
steps_run(struct system_db *db, int64_t last, const struct app_keys *keys,
    unsigned *applied, struct error *err)
{
	enum status st = run_script(db,
	    "CREATE TABLE IF NOT EXISTS schema_migration ("
	    " number BIGINT NOT NULL PRIMARY KEY,"
	    " applied VARCHAR(19) NOT NULL)$engine;",
	    err);

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

static enum status
lock(struct system_db *db, const char *sql, struct error *err)
{
	struct db_stmt stmt = { .sql = str_of(sql) };
	int64_t locked = 0;
	enum status st = system_db_number(db, &stmt, &locked, err);

	if (st == ST_OK && locked != 1)
		return error_set(err, ST_UNAVAILABLE,
		    "another process has been changing the schema of the "
		    "system database for a while: try again later");
	return st;
}

/* Under the dialect's lock; the server takes it back when the connection ends
 * before. */
static enum status
locked_run(struct system_db *db, int64_t last, const struct app_keys *keys,
    unsigned *applied, struct error *err)
{
	const struct dialect *dialect = dialect_of(db);
	struct db_stmt unlock = { .sql = str_of(dialect->unlock) };
	enum status st;

	if (dialect->lock == NULL)
		return steps_run(db, last, keys, applied, err);
	st = lock(db, dialect->lock, err);
	if (st != ST_OK)
		return st;
	st = steps_run(db, last, keys, applied, err);
	(void)system_db_run(db, &unlock, NULL, NULL, NULL);
	return st;
}

static enum status
refuse_user(const struct error *why, struct error *err)
{
	return error_set(err, ST_DENIED,
	    "the schema of the system database cannot be changed: %s; let an "
	    "administrator of the server grant the user ALL on that database, "
	    "and run `weir setup` again",
	    why->text);
}

enum status
migrations_run(struct system_db *db, int64_t last, const struct app_keys *keys,
    unsigned *applied, struct error *err)
{
	int64_t number = 0, usual_ms = db->statement_ms;
	struct error why = { 0 };
	enum status st = migrations_number(db, &number, err);

	*applied = 0;
	if (st != ST_OK || number == last)
		return st;
	if (number > MIGRATION_NEWEST)
		return refuse_newer(number, err);
	if (dialect_of(db) == NULL)
		return error_set(err, ST_INVALID,
		    "DB_CONNECTION: the system database cannot live in %s",
		    db->driver->name);
	db->statement_ms = BEGIN_MS;
	st = locked_run(db, last, keys, applied, &why);
	db->statement_ms = usual_ms;
	if (st == ST_DENIED)
		return refuse_user(&why, err);
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
