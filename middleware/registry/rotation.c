#include "middleware/registry/rotation.h"

#include "app/base/buf.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/key_proof.h"
#include "middleware/registry/known_apps.h"
#include "middleware/registry/lookup_records.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/system_db.h"
#include "middleware/service.h"

struct rotation {
	const struct app_keys *keys;
	struct arena *arena;
	struct buf *problems;
	size_t renewed;
	size_t renewed_lookups;
};

static enum status
config_update(
    struct system_db *db, int64_t id, struct str config, struct error *err)
{
	struct db_value args[] = { bind_text(config), bind_i64(id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE service SET config = ? WHERE id = ?", args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

/* Which of its members are secrets only its type would know. */
static enum status
config_reseal_known(struct rotation *r, const struct service_record *s,
    struct str *config, bool *changed, struct error *err)
{
	const struct config_owner owner = { s->name,
		service_type_find(s->type) };

	*changed = false;
	if (owner.type == NULL)
		return error_set(err, ST_INVALID,
		    "service %.*s: this weir was built without the type "
		    "\"%.*s\", so its "
		    "secrets stay as they are",
		    STR_ARG(s->name), STR_ARG(s->type));
	return config_reseal(r->arena, r->keys, &owner, config, changed, err);
}

static enum status
service_renew(struct rotation *r, struct system_db *db,
    const struct service_record *s, struct error *err)
{
	struct str config = s->config;
	struct error why = { 0 };
	bool changed;

	if (config_reseal_known(r, s, &config, &changed, &why) != ST_OK)
		buf_printf(r->problems, "%s\n", why.text);
	if (!changed)
		return ST_OK;
	r->renewed++;
	return config_update(db, s->id, config, err);
}

static enum status
work(struct system_db *db, void *ctx, struct error *err)
{
	struct rotation *r = ctx;
	struct service_record *list = NULL;
	size_t n = 0;
	enum status st = key_proof_fill(db, r->keys, err);

	if (st == ST_OK)
		st = known_apps_rehash(db, r->keys, err);
	if (st == ST_OK)
		st = lookup_records_reseal(
		    db, r->keys, r->arena, &r->renewed_lookups, err);
	if (st == ST_OK)
		st = service_records_list(db, r->arena, &list, &n, err);
	for (size_t i = 0; st == ST_OK && i < n; i++)
		st = service_renew(r, db, &list[i], err);
	return st;
}

enum status
rotation_finish(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, size_t *renewed, struct buf *problems,
    struct error *err)
{
	struct rotation r = { keys, arena, problems, 0, 0 };
	enum status st = system_db_write(db, work, &r, err);

	*renewed = st == ST_OK ? r.renewed + r.renewed_lookups : 0;
	return st;
}
