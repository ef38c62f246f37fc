#include "middleware/registry/system_db.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/settings.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/system_server.h"

#define CONNECT_MS   5000
#define STATEMENT_MS 5000

/* The file was never made. */
static bool
is_absent(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size == 0 : errno == ENOENT;
}

static enum status
file_open(
    struct system_db *db, const char *path, bool create, struct error *err)
{
	struct db_config config = {
		.driver = db->driver->name,
		.database = path,
		.create = create,
	};

	if (!create && is_absent(path))
		return error_set(err, ST_MISSING,
		    "there is no system database at %s: run `weir setup`",
		    path);
	return db->driver->connect(
	    &config, clock_boot_ms() + CONNECT_MS, &db->conn, err);
}

/* Two words for one driver. */
static struct str
driver_name(const struct settings *settings)
{
	struct str name = str_of(settings->db_connection);

	return str_eq(name, STR("mariadb")) ? STR("mysql") : name;
}

static bool
is_file(const struct settings *settings)
{
	return str_eq(driver_name(settings), STR("sqlite"));
}

bool
system_db_is(const struct settings *settings, const struct db_config *config)
{
	struct stat own, other;

	return is_file(settings) && config->database != NULL &&
	       str_eq(str_of(config->driver), STR("sqlite")) &&
	       stat(settings->db_database, &own) == 0 &&
	       stat(config->database, &other) == 0 &&
	       own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

enum status
system_db_refuse(struct error *err)
{
	return error_set(err, ST_INVALID,
	    "database: this is weir's own (DB_DATABASE), which /system is "
	    "for: name another file");
}

struct str
system_db_place(struct arena *arena, const struct settings *s)
{
	if (is_file(s))
		return str_of(s->db_database);
	if (s->db_socket[0] != '\0')
		return arena_printf(
		    arena, "%s on %s", s->db_database, s->db_socket);
	return arena_printf(arena, "%s on %s:%lld", s->db_database, s->db_host,
	    (long long)s->db_port);
}

static enum status
driver_find(const struct settings *settings, const struct db_driver **out,
    struct error *err)
{
	*out = db_driver_find(driver_name(settings));
	if (*out == NULL)
		return error_set(err, ST_INVALID,
		    "DB_CONNECTION: this weir was built without the driver "
		    "\"%s\": build it with the client library of MariaDB "
		    "or MySQL, or set another",
		    settings->db_connection);
	return ST_OK;
}

enum status
system_db_config(
    const struct settings *settings, struct db_config *out, struct error *err)
{
	const struct db_driver *driver;
	enum status st = driver_find(settings, &driver, err);

	if (st != ST_OK)
		return st;
	if (is_file(settings))
		*out = (struct db_config){ .driver = driver->name,
			.database = settings->db_database };
	else
		*out = system_server_config(settings, settings->db_database);
	return ST_OK;
}

enum status
system_db_open(const struct settings *settings, bool create,
    struct system_db *out, struct error *err)
{
	enum status st;

	*out = (struct system_db){
		.wall_ms = clock_now().wall_ms,
		.statement_ms = STATEMENT_MS,
	};
	st = driver_find(settings, &out->driver, err);
	if (st != ST_OK)
		return st;
	if (is_file(settings))
		st = file_open(out, settings->db_database, create, err);
	else
		st = system_server_open(out, settings, create, err);
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
	return db->driver->run(db->conn, stmt,
	    clock_boot_ms() + db->statement_ms, NULL, NULL, result, err);
}

enum status
system_db_run(struct system_db *db, const struct db_stmt *stmt, db_row_f *row,
    void *ctx, struct error *err)
{
	return db->driver->run(db->conn, stmt,
	    clock_boot_ms() + db->statement_ms, row, ctx, NULL, err);
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
step_version(struct system_db *db, void *ctx, struct error *err)
{
	struct db_stmt stmt =
	    DB_STMT_PLAIN("UPDATE registry_version SET number = number + 1");
	enum status st = system_db_change(db, &stmt, err);

	(void)ctx; /* of the work */
	if (st == ST_MISSING)
		return error_set(err, ST_ERROR,
		    "the system database has no version: run `weir setup`");
	return st;
}

/* A server that is lost in the middle of this may have done it. */
static enum status
commit(struct system_db *db, struct error *err)
{
	struct error why = { 0 };
	enum status st = db->driver->commit(db->conn, &why);

	if (st == ST_OK || db->driver->usable(db->conn, false))
		return st == ST_OK ? st : error_set(err, st, "%s", why.text);
	return error_set(err, st,
	    "%s: whether the change was stored is not known, look before you "
	    "try again",
	    why.text);
}

static enum status
savepoint(struct system_db *db, const char *verb)
{
	char sql[64];

	/* Engines differ in what becomes of an earlier one of a name. */
	(void)snprintf(sql, sizeof(sql), "%s part%u", verb, db->depth);
	return db->driver->script(db->conn, sql, NULL);
}

static enum status
work_run(struct system_db *db, system_db_work_f *first, system_db_work_f *work,
    void *ctx, struct error *err)
{
	enum status st = ST_OK;

	db->depth++;
	if (first != NULL && !db->has_stepped)
		st = first(db, ctx, err);
	db->has_stepped |= first != NULL;
	if (st == ST_OK)
		st = work(db, ctx, err);
	db->depth--;
	return st;
}

/* A part of the transaction that is open. */
static enum status
part(struct system_db *db, system_db_work_f *first, system_db_work_f *work,
    void *ctx, struct error *err)
{
	struct watch **mark = audit_mark(db);
	bool had_stepped = db->has_stepped;
	bool broken = savepoint(db, "SAVEPOINT") != ST_OK;
	enum status st = ST_UNAVAILABLE;

	if (!broken)
		st = work_run(db, first, work, ctx, err);
	if (st != ST_OK) {
		audit_rewind(db, mark);
		db->has_stepped = had_stepped;
	}
	broken = broken || !db->driver->in_transaction(db->conn);
	if (!broken && st != ST_OK)
		broken = savepoint(db, "ROLLBACK TO SAVEPOINT") != ST_OK;
	if (!broken)
		broken = savepoint(db, "RELEASE SAVEPOINT") != ST_OK;
	if (broken)
		return error_set(err, ST_UNAVAILABLE,
		    "the system database has ended the transaction: nothing "
		    "was written");
	return st;
}

static enum status
transact(struct system_db *db, system_db_work_f *first, system_db_work_f *work,
    void *ctx, struct error *err)
{
	enum status st;

	if (db->depth > 0)
		return part(db, first, work, ctx, err);
	st = db->driver->begin(
	    db->conn, clock_boot_ms() + db->statement_ms, err);
	if (st != ST_OK)
		return st;
	db->has_stepped = false;
	st = work_run(db, first, work, ctx, err);
	if (st == ST_OK)
		st = audit_finish(db, err);
	if (st == ST_OK)
		st = commit(db, err);
	if (st != ST_OK)
		db->driver->rollback(db->conn);
	audit_end(db, st);
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
	return transact(db, step_version, work, ctx, err);
}

enum status
system_db_transact(
    struct system_db *db, system_db_work_f *work, void *ctx, struct error *err)
{
	return transact(db, NULL, work, ctx, err);
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
