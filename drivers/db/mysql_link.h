/* Links to a server: logged in, with a session that weir has not touched. */
#ifndef WEIR_DB_MYSQL_LINK_H
#define WEIR_DB_MYSQL_LINK_H

#include <stdint.h>

#include "app/base/status.h"
#include "drivers/db/mysql_lib.h"
#include "drivers/db/mysql_place.h"

/* What texts are written in, both ways. */
#define MYSQL_TEXTS_IN "utf8mb4"

/*
 * Connects within the deadline, or a few seconds if that is sooner, whatever
 * the server and the resolver do. ST_UNAVAILABLE: nobody answers; ST_INVALID:
 * the config is wrong, with what to do about it. The caller closes *out.
 */
enum status mysql_link_open(struct mysql_place *place, int64_t deadline_ms,
    MYSQL **out, struct error *err);

/* The descriptor of a link, -1 when it has none. */
int mysql_link_fd(MYSQL *link);

/*
 * Ends what the connection of that number runs on the server, and the
 * connection: through a second link, in a thread of its own, within a second
 * or so. A server that does not answer is left alone.
 */
void mysql_link_kill(struct mysql_place *place, unsigned long number);

/* Says how the line must be secured; before the connect. */
enum status mysql_tls_options(
    MYSQL *link, const struct db_config *config, struct error *err);

/* Whether the line is as the config wants it; after the connect. */
enum status mysql_tls_check(
    MYSQL *link, const struct db_config *config, struct error *err);

#endif
