#include "tests/support/mariadb.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/folder.h"

#define TRIES      3000 /* of TRY_NS: half a minute until it must be there */
#define TRY_NS     (10L * 1000 * 1000)
#define WORD_BYTES 128

/* One for the whole program: cmocka's states belong to groups of tests. */
static struct {
	char folder[FOLDER_PATH_BYTES];
	char socket[WORD_BYTES];
	int port;
	pid_t child; /* 0: none runs */
	const char *options;
	unsigned made;
} server;

static int
free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t length = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, length), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
	(void)close(fd);
	return ntohs(at.sin_port);
}

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

/* Runs in the child. It dies with the test program, however that ends. */
static void
server_become(void)
{
	char options[WORD_BYTES], users[WORD_BYTES], log[WORD_BYTES];

	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)snprintf(options, sizeof(options), "--defaults-file=%s/options",
	    server.folder);
	(void)snprintf(
	    users, sizeof(users), "--init-file=%s/users", server.folder);
	(void)snprintf(log, sizeof(log), "%s/log", server.folder);
	if (freopen("/dev/null", "r", stdin) == NULL ||
	    freopen(log, "a", stdout) == NULL ||
	    freopen(log, "a", stderr) == NULL)
		_exit(126);
	(void)execlp("mariadbd", "mariadbd", options, users, (char *)NULL);
	_exit(127);
}

/* It listens on its port first, and on its socket last. */
static bool
server_answers(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool yes;

	memcpy(at.sun_path, server.socket, sizeof(at.sun_path) - 1);
	yes = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	(void)close(fd);
	return yes;
}

static bool
server_lives(void)
{
	return waitpid(server.child, NULL, WNOHANG) == 0;
}

static void
server_wait(void)
{
	for (int i = 0; i < TRIES && server_lives() && !server_answers(); i++)
		(void)nanosleep(&(struct timespec){ 0, TRY_NS }, NULL);
	assert_true(server_answers());
}

static void
server_start(void)
{
	server.child = fork();
	assert_true(server.child >= 0);
	if (server.child == 0)
		server_become();
	server_wait();
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
	server.port = free_port();
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
	if (server.child <= 0)
		return;
	(void)kill(server.child, SIGKILL);
	(void)waitpid(server.child, NULL, 0);
	server.child = 0;
}

void
mariadb_restart(void)
{
	mariadb_kill();
	server_start();
}

void
mariadb_pause(void)
{
	int status;

	assert_int_equal(kill(server.child, SIGSTOP), 0);
	/* Until then some of its threads may still answer. */
	assert_int_equal(
	    waitpid(server.child, &status, WUNTRACED), server.child);
	assert_true(WIFSTOPPED(status));
}

void
mariadb_resume(void)
{
	assert_int_equal(kill(server.child, SIGCONT), 0);
}
