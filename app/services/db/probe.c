#include "app/services/db/probe.h"

#include "app/services/db/db.h"
#include "drivers/db/pool.h"

/* One of the pool's connections may have died with a server that is back. */
enum status
db_probe(void *instance, int64_t deadline_ms, struct error *err)
{
	const struct db_service *service = instance;

	for (int i = 0; i < 2; i++) {
		struct db_conn *conn;
		enum status st =
		    pool_take(service->pool, deadline_ms, &conn, err);
		bool answers;

		if (st != ST_OK)
			return st;
		answers = service->driver->usable(conn, DB_ASK);
		pool_give(service->pool, conn, !answers);
		if (answers)
			return ST_OK;
	}
	return error_set(
	    err, ST_UNAVAILABLE, "the database ends its connections");
}

void
db_connections(void *instance, struct pool_state *out)
{
	const struct db_service *service = instance;

	pool_look(service->pool, out);
}
