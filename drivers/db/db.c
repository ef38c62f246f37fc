/* The table of database drivers: a new one is one line here. */
#include "drivers/db/db.h"

#include "drivers/db/mysql.h"
#include "drivers/db/sqlite.h"

const struct db_driver *const db_drivers[] = {
	&db_sqlite,
#ifdef WITH_MYSQL
	&db_mysql,
#endif
	NULL,
};

const struct db_driver *
db_driver_find(struct str name)
{
	for (size_t i = 0; db_drivers[i] != NULL; i++) {
		if (str_eq(name, str_of(db_drivers[i]->name)))
			return db_drivers[i];
	}
	return NULL;
}
