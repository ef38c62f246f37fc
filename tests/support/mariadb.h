/*
 * A real MariaDB server for test programs: started for the first who asks for
 * a database, ended when the program ends, however it ends. Whatever cannot
 * be done fails the test.
 */
#ifndef WEIR_TEST_MARIADB_H
#define WEIR_TEST_MARIADB_H

#include "drivers/db/db.h"

#define MARIADB_NAME_BYTES 32

/* A user who may do everything, through the socket and through TCP. */
#define MARIADB_USER     "weir"
#define MARIADB_PASSWORD "s3cret pass"

/* Lines for the server's own options, before the first database is made;
 * borrowed until then. */
void mariadb_options(const char *lines);

/* Makes an empty database; its texts compare bytes (utf8mb4_bin).
 * name: MARIADB_NAME_BYTES. */
void mariadb_create(char *name);

void mariadb_drop(const char *name);

/* How to reach the database: through the socket, and through TCP. name is
 * borrowed as long as the config is used. */
struct db_config mariadb_config(const char *name);
struct db_config mariadb_tcp_config(const char *name);

/* Runs statements in the database with the server's own client. */
void mariadb_sql(const char *name, const char *sql);

/* The server is lost (SIGKILL) and comes back on the same folder and port;
 * restart() also ends one that runs. */
void mariadb_kill(void);
void mariadb_restart(void);

/* It keeps its connections and says nothing. */
void mariadb_pause(void);
void mariadb_resume(void);

#endif
