#include "middleware/registry/system_db.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/settings.h"

#define CONNECT_MS   5000
#define STATEMENT_MS 5000

/* Was it never made? A database that is no file cannot be told. */
static bool
is_absent(const struct db_driver *driver, const char *path)
{
	struct stat st;

	if (strcmp(driver->name, "sqlite") != 0)
		return false;
	return stat(path, &st) == 0 ? st.st_size == 0 : errno == ENOENT;
}

enum status
system_db_open(const struct settings *settings, bool create,
    struct system_db *out, struct error *err)
{
	struct db_config config = {
		.driver = settings->db_connection,
		.database = settings->db_database,
		.create = create,
	};
	enum status st;

	*out = (struct system_db){
		.driver = db_driver_find(str_of(settings->db_connection)),
		.wall_ms = clock_now().wall_ms,
	};
	if (out->driver == NULL)
		return error_set(err, ST_INVALID,
		    "DB_CONNECTION: this weir has no driver \"%s\"",
		    settings->db_connection);
	if (!create && is_absent(out->driver, settings->db_database))
		return error_set(err, ST_MISSING,
		    "there is no system database at %s: run `weir setup`",
		    settings->db_database);
	st = out->driver->connect(
	    &config, clock_boot_ms() + CONNECT_MS, &out->conn, err);
	if (st != ST_OK)
		out->conn = NULL;
	return st;
}

void
system_db_close(struct system_db *db)
{
	if (db->conn != NULL)
		db->driver->disconnect(db->conn);
	db->conn = NULL;
}

static enum status
run(struct system_db *db, const struct db_stmt *stmt, struct db_result *result,
    struct error *err)
{
	return db->driver->run(db->conn, stmt, clock_boot_ms() + STATEMENT_MS,
	    NULL, NULL, result, err);
}

enum status
system_db_run(struct system_db *db, const struct db_stmt *stmt, db_row_f *row,
    void *ctx, struct error *err)
{
	return db->driver->run(db->conn, stmt, clock_boot_ms() + STATEMENT_MS,
	    row, ctx, NULL, err);
}

enum status
system_db_change(
    struct system_db *db, const struct db_stmt *stmt, struct error *err)
{
	struct db_result result = { 0 };
	enum status st = run(db, stmt, &result, err);

	if (st != ST_OK)
		return st;
	return result.changed == 0 ? ST_MISSING : ST_OK;
}

enum status
system_db_each(
    struct system_db *db, const char *const *sql, int64_t id, struct error *err)
{
	struct db_value args[] = { bind_i64(id) };
	enum status st = ST_OK;

	for (; *sql != NULL && st == ST_OK; sql++) {
		struct db_stmt stmt = { str_of(*sql), args, 1 };

		st = system_db_run(db, &stmt, NULL, NULL, err);
	}
	return st;
}

enum status
system_db_insert(struct system_db *db, const struct db_stmt *stmt, int64_t *id,
    struct error *err)
{
	struct db_result result = { 0 };
	struct error why = { 0 };
	enum status st = run(db, stmt, &result, &why);

	if (st == ST_EXISTS)
		return st;
	if (st != ST_OK)
		return error_set(err, st, "%s", why.text);
	*id = result.last_id;
	return ST_OK;
}

struct number {
	int64_t value;
	bool found;
};

static enum status
number_row(void *ctx, const struct db_value *v, size_t n)
{
	struct number *number = ctx;

	if (n > 0 && !number->found)
		*number = (struct number){ value_i64(&v[0]), true };
	return ST_OK;
}

enum status
system_db_number(struct system_db *db, const struct db_stmt *stmt, int64_t *out,
    struct error *err)
{
	struct number number = { 0 };
	enum status st = system_db_run(db, stmt, number_row, &number, err);

	if (st != ST_OK)
		return st;
	if (!number.found)
		return ST_MISSING;
	*out = number.value;
	return ST_OK;
}

enum status
system_db_version(struct system_db *db, int64_t *out, struct error *err)
{
	struct db_stmt stmt =
	    DB_STMT_PLAIN("SELECT number FROM registry_version");
	enum status st = system_db_number(db, &stmt, out, err);

	if (st == ST_MISSING)
		return error_set(err, ST_ERROR,
		    "the system database has no version: run `weir setup`");
	return st;
}

static enum status
step_version(struct system_db *db, struct error *err)
{
	struct db_stmt stmt =
	    DB_STMT_PLAIN("UPDATE registry_version SET number = number + 1");
	enum status st = system_db_change(db, &stmt, err);

	if (st == ST_MISSING)
		return error_set(err, ST_ERROR,
		    "the system database has no version: run `weir setup`");
	return st;
}

/*
 * The version comes first: its row is held to the end, so that writers queue
 * there, on every engine, and never wait for each other crosswise.
 */
enum status
system_db_write(
    struct system_db *db, system_db_work_f *work, void *ctx, struct error *err)
{
	enum status st =
	    db->driver->begin(db->conn, clock_boot_ms() + STATEMENT_MS, err);

	if (st != ST_OK)
		return st;
	st = step_version(db, err);
	if (st == ST_OK)
		st = work(db, ctx, err);
	if (st == ST_OK)
		st = db->driver->commit(db->conn, err);
	if (st != ST_OK)
		db->driver->rollback(db->conn);
	return st;
}

void
date_text(int64_t wall_ms, char out[DATE_BYTES])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	out[0] = '\0';
	if (gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(out, DATE_BYTES, "%Y-%m-%d %H:%M:%S", &tm);
}

struct str
value_text(struct arena *arena, const struct db_value *v)
{
	switch (v->type) {
	case DB_NUMBER:
	case DB_TEXT:
	case DB_BLOB:
		return arena_dup(arena, v->s);
	default:
		return STR_NULL;
	}
}

int64_t
value_i64(const struct db_value *v)
{
	return v->type == DB_INT || v->type == DB_BOOL ? v->i : 0;
}

void *
array_add(struct buf *array, size_t size)
{
	char *element = buf_reserve(array, size);

	memset(element, 0, size);
	array->n += size;
	return element;
}
