/*
 * The step that seals what earlier versions stored in clear. It reads the
 * columns as they are at that step, whatever later ones make of them.
 */
#include "app/base/arena.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/schema.h"
#include "middleware/registry/system_db.h"
#include "middleware/service.h"

#define ARENA_BYTES 4096

struct stored {
	int64_t id;
	struct config_owner owner;
	struct str config;
};

static enum status
stored_take(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct stored *s = array_add(list, sizeof(*s));

	(void)n; /* as many as the statement names */
	s->id = value_i64(&v[0]);
	s->owner.name = value_text(list->arena, &v[1]);
	s->owner.type = service_type_find(value_text(list->arena, &v[2]));
	s->config = value_text(list->arena, &v[3]);
	return ST_OK;
}

/* A config that cannot be read opens nothing and is left as it is. */
static enum status
stored_seal(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, const struct stored *s, struct error *err)
{
	struct str sealed = s->config;

	if (config_seal(arena, keys, &s->owner, &sealed, NULL) != ST_OK)
		return ST_OK;
	struct db_value args[] = { bind_text(sealed), bind_i64(s->id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE service SET config = ? WHERE id = ?", args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

enum status
schema_seal(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	struct db_stmt stmt =
	    DB_STMT_PLAIN("SELECT id, name, type, config FROM service");
	struct arena arena;
	struct buf list;
	const struct stored *stored;
	enum status st;

	arena_init(&arena, ARENA_BYTES);
	list = buf_in(&arena);
	st = system_db_run(db, &stmt, stored_take, &list, err);
	stored = (const struct stored *)(const void *)list.p;
	for (size_t i = 0; st == ST_OK && i < list.n / sizeof(*stored); i++)
		st = stored_seal(db, keys, &arena, &stored[i], err);
	arena_close(&arena);
	return st;
}
