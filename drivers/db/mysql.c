/* The driver "mysql": connections and transactions. */
#include "drivers/db/mysql.h"

#include "drivers/db/mysql_conn.h"

const struct db_driver db_mysql = {
	.name = "mysql",
	.quote = '`',
	.run = mysql_run,
	.identity = mysql_identity,
	.catalog = mysql_catalog,
	.versions = mysql_versions,
};
