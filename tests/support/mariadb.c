#include "tests/support/mariadb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/daemon.h"
#include "tests/support/folder.h"

#define WORD_BYTES 128

/* One for the whole program: cmocka's states belong to groups of tests. */
static struct {
	char folder[FOLDER_PATH_BYTES];
	char socket[WORD_BYTES];
	int port;
	struct daemon daemon;
	const char *options;
	unsigned made;
} server;

/* All that the server is told, for mariadb-install-db too. In a tmpdir that
 * they share, servers take away each other's tables. */
static void
options_write(FILE *file)
{
	(void)fprintf(file,
	    "[mariadbd]\ntmpdir=%s\n"
	    "datadir=%s/data\nsocket=%s\nport=%d\npid-file=%s/pid\n"
	    "bind-address=127.0.0.1\ncharacter-set-server=utf8mb4\n"
	    "innodb-log-file-size=8M\ninnodb-buffer-pool-size=32M\n"
	    "innodb-flush-log-at-trx-commit=2\n"
	    "skip-name-resolve\nskip-log-bin\nperformance-schema=OFF\n",
	    server.folder, server.folder, server.socket, server.port,
	    server.folder);
	if (geteuid() == 0)
		(void)fputs("user=root\n", file);
	if (server.options != NULL)
		(void)fputs(server.options, file);
}

static void
users_write(FILE *file)
{
	(void)fprintf(file,
	    "CREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED BY '%s';\n"
	    "GRANT ALL ON *.* TO %s@'%%' WITH GRANT OPTION;\n",
	    MARIADB_USER, MARIADB_PASSWORD, MARIADB_USER);
}

static void
file_write(const char *name, void (*write_to)(FILE *file))
{
	char path[WORD_BYTES];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", server.folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	write_to(file);
	assert_int_equal(fclose(file), 0);
}

static void
data_install(void)
{
	char words[512];

	(void)snprintf(words, sizeof(words),
	    "mariadb-install-db --defaults-file=%s/options "
	    "--skip-test-db --auth-root-authentication-method=normal "
	    ">%s/install.log 2>&1 </dev/null || { cat %s/install.log >&2; "
	    "false; }",
	    server.folder, server.folder, server.folder);
	assert_int_equal(system(words), 0); /* NOLINT: words of this file */
}

static void
server_start(void)
{
	char options[WORD_BYTES], users[WORD_BYTES], log[WORD_BYTES];
	const char *const argv[] = { "mariadbd", options, users, NULL };
	/* It listens on its port first, and on its socket last. */
	const struct daemon_plan plan = { .argv = argv,
		.log = log,
		.port = server.port,
		.socket = server.socket };

	(void)snprintf(options, sizeof(options), "--defaults-file=%s/options",
	    server.folder);
	(void)snprintf(
	    users, sizeof(users), "--init-file=%s/users", server.folder);
	(void)snprintf(log, sizeof(log), "%s/log", server.folder);
	daemon_start(&server.daemon, &plan);
}

static void
server_remove(void)
{
	mariadb_kill();
	folder_remove(server.folder);
}

static void
server_ensure(void)
{
	if (server.folder[0] != '\0')
		return;
	folder_make(server.folder);
	(void)atexit(server_remove);
	(void)snprintf(
	    server.socket, sizeof(server.socket), "%s/sock", server.folder);
	server.port = daemon_free_port();
	file_write("options", options_write);
	file_write("users", users_write);
	data_install();
	server_start();
}

void
mariadb_sql(const char *name, const char *sql)
{
	char words[256];
	FILE *client;

	(void)snprintf(words, sizeof(words),
	    "exec timeout 60 mariadb --no-defaults --user=root --socket=%s "
	    "--default-character-set=utf8mb4 --batch --database='%s' "
	    ">/dev/null",
	    server.socket, name);
	client = popen(words, "w"); /* NOLINT: words of this file */
	assert_non_null(client);
	(void)fputs(sql, client);
	assert_int_equal(pclose(client), 0);
}

void
mariadb_options(const char *lines)
{
	server.options = lines;
}

void
mariadb_create(char *name)
{
	char sql[128];

	server_ensure();
	(void)snprintf(name, MARIADB_NAME_BYTES, "test_%u", ++server.made);
	(void)snprintf(
	    sql, sizeof(sql), "CREATE DATABASE `%s` COLLATE utf8mb4_bin", name);
	mariadb_sql("", sql);
}

void
mariadb_drop(const char *name)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql),
	    "SET lock_wait_timeout = 20; DROP DATABASE `%s`", name);
	mariadb_sql("", sql);
}

struct db_config
mariadb_config(const char *name)
{
	return (struct db_config){ .driver = "mysql",
		.database = name,
		.socket = server.socket,
		.username = MARIADB_USER,
		.password = MARIADB_PASSWORD };
}

struct db_config
mariadb_tcp_config(const char *name)
{
	struct db_config config = mariadb_config(name);

	config.socket = NULL;
	config.host = "127.0.0.1";
	config.port = server.port;
	return config;
}

void
mariadb_kill(void)
{
	daemon_kill(&server.daemon);
}

void
mariadb_restart(void)
{
	daemon_restart(&server.daemon);
}

void
mariadb_pause(void)
{
	daemon_pause(&server.daemon);
}

void
mariadb_resume(void)
{
	daemon_resume(&server.daemon);
}
