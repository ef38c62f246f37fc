#include "middleware/registry/system_server.h"

#include <stdio.h>

#include "app/base/clock.h"
#include "app/base/settings.h"
#include "middleware/registry/system_db.h"

#define CONNECT_MS     5000
#define NAME_MAX_BYTES 64

/* Every server has it, and every user may ask it what databases there are. */
#define ALWAYS_THERE "information_schema"

#define LIKE_THIS "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"

static enum status
name_check(struct str name, struct error *err)
{
	bool bad = name.n == 0 || name.n > NAME_MAX_BYTES;

	for (size_t i = 0; i < name.n && !bad; i++) {
		char c = name.p[i];

		bad = !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '_' || c == '-');
	}
	if (bad)
		return error_set(err, ST_INVALID,
		    "DB_DATABASE \"%.*s\": the name of a database on the "
		    "server is expected, of letters, digits, _ and -",
		    STR_ARG(name));
	return ST_OK;
}

static const char *
given(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

struct db_config
system_server_config(const struct settings *s, const char *database)
{
	const char *socket = given(s->db_socket);
	enum db_tls tls = (enum db_tls)s->db_tls;

	if (tls == DB_TLS_OFF && given(s->db_tls_ca) != NULL)
		tls = DB_TLS_VERIFY;
	return (struct db_config){
		.driver = "mysql",
		.database = database,
		.host = socket == NULL ? s->db_host : NULL,
		.port = socket == NULL ? (int)s->db_port : 0,
		.socket = socket,
		.username = s->db_username,
		.password = s->db_password,
		.tls = tls,
		.tls_ca = given(s->db_tls_ca),
	};
}

static enum status
connect_to(struct system_db *db, const struct settings *settings,
    const char *database, struct error *err)
{
	struct db_config config = system_server_config(settings, database);

	return db->driver->connect(
	    &config, clock_boot_ms() + CONNECT_MS, &db->conn, err);
}

/* Does the user see a database of that name? */
static enum status
is_there(struct system_db *db, const char *name, bool *there, struct error *err)
{
	struct db_value args[] = { bind_text(str_of(name)) };
	struct db_stmt stmt = DB_STMT("SELECT COUNT(*) FROM SCHEMATA"
				      " WHERE SCHEMA_NAME = ?",
	    args);
	int64_t n = 0;
	enum status st = system_db_number(db, &stmt, &n, err);

	*there = n > 0;
	return st;
}

static enum status
make(struct system_db *db, const struct settings *s, struct error *err)
{
	struct error why = { 0 };
	char sql[64 + NAME_MAX_BYTES + sizeof(LIKE_THIS)];
	enum status st;

	(void)snprintf(sql, sizeof(sql),
	    "CREATE DATABASE IF NOT EXISTS `%s` " LIKE_THIS, s->db_database);
	st = db->driver->script(db->conn, sql, &why);
	if (st == ST_DENIED)
		return error_set(err, st,
		    "%s may not make the database %s: let an administrator of "
		    "the server run CREATE DATABASE `%s` " LIKE_THIS
		    "; GRANT ALL ON `%s`.* TO that user; and `weir setup` "
		    "again",
		    s->db_username, s->db_database, s->db_database,
		    s->db_database);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

/* The database could not be opened: makes it when there is none, so that it is
 * worth another try. */
static enum status
missing_make(struct system_db *db, const struct settings *s, bool create,
    struct error *err)
{
	struct system_db server = { .driver = db->driver,
		.statement_ms = db->statement_ms };
	bool there = true;
	enum status st = connect_to(&server, s, ALWAYS_THERE, err);

	if (st != ST_OK)
		return st;
	st = is_there(&server, s->db_database, &there, err);
	if (st == ST_OK && !there && create)
		st = make(&server, s, err);
	else if (st == ST_OK && !there)
		st = error_set(err, ST_MISSING,
		    "the server has no database %s that %s may use: run `weir "
		    "setup`",
		    s->db_database, s->db_username);
	system_db_close(&server);
	return st;
}

enum status
system_server_open(struct system_db *db, const struct settings *settings,
    bool create, struct error *err)
{
	struct error why = { 0 };
	enum status st = name_check(str_of(settings->db_database), err);

	if (st != ST_OK)
		return st;
	st = connect_to(db, settings, settings->db_database, &why);
	if (st == ST_INVALID) {
		why = (struct error){ 0 };
		st = missing_make(db, settings, create, &why);
		/* Another process may have made it in between. */
		if (st == ST_OK)
			st = connect_to(
			    db, settings, settings->db_database, &why);
	}
	if (st != ST_OK)
		return error_set(err, st, "system database: %s", why.text);
	return ST_OK;
}
