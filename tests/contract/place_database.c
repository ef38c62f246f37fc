/* The database store: a file of SQLite in the place's folder, or a database of
 * a MariaDB server that the first place starts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"
#include "tests/contract/cache_place.h"
#include "tests/support/mariadb.h"

#define TABLE "weir_cache"

static void
sqlite_config(struct place *place, struct cache_config *out)
{
	place->db = (struct db_config){
		.driver = "sqlite",
		.database = place_text(place, "%s/store.db", place->folder),
		.create = true,
	};
	out->db = &place->db;
	out->table = TABLE;
}

static void
sqlite_wipe(struct place *place)
{
	static const char *const ends[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)remove(
		    place_text(place, "%s/store.db%s", place->folder, ends[i]));
}

static const struct place_kind sqlite = {
	.name = "database-sqlite",
	.driver = "database",
	.prefixed = true,
	.bound = PLACE_GROWS,
	.config = sqlite_config,
	.wipe = sqlite_wipe,
};

#ifdef WITH_MYSQL
static void
mariadb_start(struct place *place)
{
	char name[MARIADB_NAME_BYTES];

	mariadb_create(name);
	place_save(place, "database", name);
	place_save(place, "socket", mariadb_config(name).socket);
}

static void
mariadb_place(struct place *place, struct cache_config *out)
{
	place->db = (struct db_config){
		.driver = "mysql",
		.database = place_load(place, "database"),
		.socket = place_load(place, "socket"),
		.username = MARIADB_USER,
		.password = MARIADB_PASSWORD,
	};
	out->db = &place->db;
	out->table = TABLE;
}

static void
mariadb_wrong_password(struct place *place, struct cache_config *out)
{
	mariadb_place(place, out);
	place->db.password = "not the one";
}

static void
mariadb_wipe(struct place *place)
{
	mariadb_sql(place_load(place, "database"), "DROP TABLE " TABLE);
}

static void
act(struct place *place, void (*on_server)(void))
{
	(void)place; /* all places have the one server */
	on_server();
}

static void
mariadb_place_kill(struct place *place)
{
	act(place, mariadb_kill);
}

static void
mariadb_place_restart(struct place *place)
{
	act(place, mariadb_restart);
}

static void
mariadb_place_pause(struct place *place)
{
	act(place, mariadb_pause);
}

static void
mariadb_place_resume(struct place *place)
{
	act(place, mariadb_resume);
}

static const struct place_kind mariadb = {
	.name = "database-mariadb",
	.driver = "database",
	.prefixed = true,
	.bound = PLACE_GROWS,
	.start = mariadb_start,
	.config = mariadb_place,
	.wrong_password = mariadb_wrong_password,
	.wipe = mariadb_wipe,
	.kill = mariadb_place_kill,
	.restart = mariadb_place_restart,
	.pause = mariadb_place_pause,
	.resume = mariadb_place_resume,
};
#endif

const struct place_kind *const place_kinds[] = {
	&sqlite,
#ifdef WITH_MYSQL
	&mariadb,
#endif
	NULL,
};
