#include "app/import/source.h"

#include <sys/stat.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/clock.h"
#include "drivers/db/db.h"

#define CONNECT_MS 10000
#define READ_MS    600000
#define DSN_PARTS                                                              \
	"host, port, unix_socket, dbname and user are expected, as in "        \
	"mysql:host=127.0.0.1;dbname=dreamfactory;user=root"

static enum status
connect_to(struct source *s, const struct db_config *config, struct error *err)
{
	enum status st;

	s->driver = db_driver_find(str_of(config->driver));
	if (s->driver == NULL)
		return error_set(err, ST_INVALID,
		    "--from: this weir was built without the driver %s",
		    config->driver);
	st = s->driver->connect(
	    config, clock_boot_ms() + CONNECT_MS, &s->conn, err);
	if (st != ST_OK)
		s->conn = NULL;
	return st;
}

static enum status
file_open(struct source *s, struct str path, struct error *err)
{
	struct db_config config = { .driver = "sqlite",
		.database = arena_dup(s->arena, path).p,
		.read_only = true };
	struct stat st;

	if (stat(config.database, &st) != 0 || st.st_size == 0)
		return error_set(err, ST_MISSING,
		    "--from: there is no database at \"%s\"", config.database);
	return connect_to(s, &config, err);
}

static enum status
part_take(struct source *s, struct db_config *config, struct str part,
    struct error *err)
{
	struct str value = part;
	struct str name = str_trim(str_cut(&value, '='));
	const char *text = arena_dup(s->arena, str_trim(value)).p;
	int64_t port;

	if (str_is_null(value))
		return error_set(err, ST_INVALID, "--from: " DSN_PARTS);
	if (str_eq(name, STR("host")))
		config->host = text;
	else if (str_eq(name, STR("unix_socket")))
		config->socket = text;
	else if (str_eq(name, STR("dbname")))
		config->database = text;
	else if (str_eq(name, STR("user")))
		config->username = text;
	else if (str_eq(name, STR("port")) && str_to_i64(str_of(text), &port) &&
		 port > 0 && port < 65536)
		config->port = (int)port;
	else if (!str_eq(name, STR("charset")))
		return error_set(err, ST_INVALID,
		    "--from: \"%.*s\": " DSN_PARTS, STR_ARG(name));
	return ST_OK;
}

static enum status
server_open(
    struct source *s, struct str rest, const char *password, struct error *err)
{
	struct db_config config = { .driver = "mysql",
		.password = password == NULL ? "" : password,
		.read_only = true };
	enum status st = ST_OK;

	while (rest.n > 0 && st == ST_OK) {
		struct str part = str_trim(str_cut(&rest, ';'));

		if (part.n > 0)
			st = part_take(s, &config, part, err);
	}
	if (st != ST_OK)
		return st;
	if (config.database == NULL || config.username == NULL)
		return error_set(err, ST_INVALID, "--from: " DSN_PARTS);
	if (config.host == NULL && config.socket == NULL)
		config.host = "127.0.0.1";
	return connect_to(s, &config, err);
}

/* The catalogue first: it is not asked for within a transaction. */
static enum status
begin(struct source *s, struct error *err)
{
	enum status st = s->driver->catalog(
	    s->conn, s->arena, clock_boot_ms() + READ_MS, &s->catalog, err);

	if (st == ST_OK)
		st = s->driver->begin_read(
		    s->conn, clock_boot_ms() + READ_MS, err);
	return st;
}

enum status
source_open(struct source *out, struct arena *arena, struct str from,
    const char *password, struct error *err)
{
	struct str rest = from;
	struct str kind = str_cut(&rest, ':');
	enum status st;

	*out = (struct source){ .arena = arena };
	if (str_eq(kind, STR("sqlite")) && rest.n > 0)
		st = file_open(out, rest, err);
	else if (str_eq(kind, STR("mysql")) || str_eq(kind, STR("mariadb")))
		st = server_open(out, rest, password, err);
	else
		st = error_set(err, ST_INVALID,
		    "--from: sqlite:FILE or mysql:DSN is expected");
	if (st == ST_OK)
		st = begin(out, err);
	if (st != ST_OK)
		source_close(out);
	return st;
}

void
source_close(struct source *s)
{
	if (s->conn == NULL)
		return;
	s->driver->rollback(s->conn);
	s->driver->disconnect(s->conn);
	s->conn = NULL;
}

bool
source_has(const struct source *s, const char *table)
{
	return catalog_table(&s->catalog, str_of(table)) != NULL;
}

static void
quote(const struct source *s, struct buf *sql, struct str name)
{
	buf_put_char(sql, s->driver->quote);
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == s->driver->quote)
			buf_put_char(sql, name.p[i]);
		buf_put_char(sql, name.p[i]);
	}
	buf_put_char(sql, s->driver->quote);
}

/* Names are the catalogue's; *n receives how many columns there are. */
static struct str
select_text(const struct source *s, const struct db_table *table,
    const char *columns, size_t *n)
{
	struct buf sql = buf_in(s->arena);
	struct str rest = str_of(columns);

	buf_put_lit(&sql, "SELECT ");
	for (*n = 0; rest.n > 0; ++*n) {
		const struct column *column =
		    table_column(table, str_cut(&rest, ' '));

		buf_put(&sql, *n > 0 ? STR(", ") : STR(""));
		if (column == NULL)
			buf_put_lit(&sql, "NULL");
		else
			quote(s, &sql, column->name);
	}
	buf_put_lit(&sql, " FROM ");
	quote(s, &sql, table->name);
	buf_put_lit(&sql, " ORDER BY 1");
	return buf_str(&sql);
}

/* Where rows go to. */
struct reading {
	struct arena *arena;
	struct buf cells; /* on the heap while it grows */
	size_t n;
	enum status status; /* what it was ended for */
};

static struct str
cell_text(struct arena *arena, const struct db_value *v)
{
	switch (v->type) {
	case DB_INT:
	case DB_BOOL:
		return arena_printf(arena, "%lld", (long long)v->i);
	case DB_UINT:
		return arena_printf(arena, "%llu", (unsigned long long)v->u);
	case DB_REAL:
		return arena_printf(arena, "%.17g", v->d);
	case DB_NUMBER:
	case DB_TEXT:
	case DB_BLOB:
		return arena_dup(arena, v->s);
	case DB_NULL:
		break;
	}
	return STR_NULL;
}

static bool
is_too_long(const struct db_value *v)
{
	return (v->type == DB_TEXT || v->type == DB_BLOB) &&
	       v->s.n > SOURCE_TEXT_MAX;
}

static enum status
row_take(void *ctx, const struct db_value *v, size_t n)
{
	struct reading *r = ctx;

	if (r->n++ == SOURCE_ROWS_MAX)
		return r->status = ST_TOO_BIG;
	for (size_t i = 0; i < n; i++) {
		struct str cell;

		if (is_too_long(&v[i]))
			return r->status = ST_TOO_BIG;
		cell = cell_text(r->arena, &v[i]);
		buf_put(&r->cells, str_make((const char *)&cell, sizeof(cell)));
	}
	return ST_OK;
}

static struct str *
cells_keep(struct arena *arena, struct buf *cells)
{
	struct str *kept = arena_alloc(arena, cells->n + sizeof(*kept));

	if (cells->n > 0)
		memcpy(kept, cells->p, cells->n);
	buf_free(cells);
	return kept;
}

enum status
source_read(struct source *s, const char *table, const char *columns,
    struct source_rows *out, struct error *err)
{
	const struct db_table *t = catalog_table(&s->catalog, str_of(table));
	struct reading reading = { .arena = s->arena };
	struct db_stmt stmt = { 0 };
	struct error why = { 0 };
	enum status st;

	*out = (struct source_rows){ 0 };
	if (t == NULL)
		return ST_OK;
	stmt.sql = select_text(s, t, columns, &out->columns);
	st = s->driver->run(s->conn, &stmt, clock_boot_ms() + READ_MS, row_take,
	    &reading, NULL, &why);
	out->cells = cells_keep(s->arena, &reading.cells);
	out->n = reading.n;
	if (st == ST_OK)
		return st;
	if (reading.status == ST_TOO_BIG)
		return error_set(err, st,
		    "--from: the table %s has more than %d rows, or a value "
		    "of more than %d bytes",
		    table, SOURCE_ROWS_MAX, SOURCE_TEXT_MAX);
	return error_set(err, st, "--from: %s: %s", table, why.text);
}

static enum status
count_take(void *ctx, const struct db_value *v, size_t n)
{
	(void)n; /* as many as the statement names */
	if (v[0].type == DB_INT)
		*(int64_t *)ctx = v[0].i;
	return ST_OK;
}

enum status
source_count(struct source *s, const char *table, int64_t *n, struct error *err)
{
	const struct db_table *t = catalog_table(&s->catalog, str_of(table));
	struct buf sql = buf_in(s->arena);
	struct db_stmt stmt = { 0 };

	*n = 0;
	if (t == NULL)
		return ST_OK;
	buf_put_lit(&sql, "SELECT COUNT(*) FROM ");
	quote(s, &sql, t->name);
	stmt.sql = buf_str(&sql);
	return s->driver->run(s->conn, &stmt, clock_boot_ms() + READ_MS,
	    count_take, n, NULL, err);
}

int64_t
source_number(struct str cell)
{
	int64_t number;

	return str_to_i64(str_trim(cell), &number) ? number : 0;
}
