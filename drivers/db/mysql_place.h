/*
 * Where a server is and how to log in: a copy of the config that never changes
 * and lives as long as anyone uses it, since a thread that hangs in a connect
 * may outlive the connection it was for.
 */
#ifndef WEIR_DB_MYSQL_PLACE_H
#define WEIR_DB_MYSQL_PLACE_H

#include <stdatomic.h>

#include "drivers/db/db.h"

struct mysql_place {
	atomic_uint users;
	struct db_config config; /* with copies of its texts */
};

/* A copy with one user. */
struct mysql_place *mysql_place_make(const struct db_config *config);

/* One user more, one user less; the last one wipes and frees it. */
struct mysql_place *mysql_place_share(struct mysql_place *place);
void mysql_place_leave(struct mysql_place *place);

#endif
