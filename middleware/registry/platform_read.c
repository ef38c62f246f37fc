/* Reading all records as of one version of the system database. */
#include "middleware/registry/platform.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "middleware/registry/all_records.h"
#include "middleware/registry/cors_records.h"
#include "middleware/registry/limit_build.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/role_build.h"
#include "middleware/registry/system_db.h"
#include "middleware/service.h"

#define READ_MS 5000

static int
service_order(const void *a, const void *b)
{
	const struct service *left = a, *right = b;

	return str_cmp(left->name, right->name);
}

static struct service
service_of(struct arena *arena, const struct service_record *r)
{
	return (struct service){
		.id = r->id,
		.name = lower_case(
		    r->name, arena_alloc(arena, r->name.n + 1), r->name.n),
		.label = r->label,
		.description = r->description,
		.type_name = r->type,
		.config = r->config,
		.active = r->active,
		.cache_enabled = r->cache_enabled,
		.cache_ttl = r->cache_ttl,
		.type = service_type_find(r->type),
	};
}

static void
services_build(struct platform *p, const struct all_records *r)
{
	size_t n = r->n_services;

	p->services = arena_zalloc(&p->arena, (n + 1) * sizeof(*p->services));
	p->n_services = n;
	for (size_t i = 0; i < n; i++)
		p->services[i] = service_of(&p->arena, &r->services[i]);
	qsort(p->services, n, sizeof(*p->services), service_order);
}

static const struct service *
service_by_id(const struct platform *p, int64_t id)
{
	for (size_t i = 0; i < p->n_services; i++) {
		if (p->services[i].id == id)
			return &p->services[i];
	}
	return NULL;
}

static struct str
id_key(const int64_t *id)
{
	return str_make((const char *)id, sizeof(*id));
}

static const struct role *
role_by_id(const struct platform *p, int64_t id)
{
	return table_get(&p->roles_by_id, id_key(&id));
}

static void
roles_take(struct platform *p, const struct all_records *r)
{
	p->roles = roles_build(&p->arena, r->roles, r->n_roles);
	p->n_roles = r->n_roles;
	table_init(&p->roles_by_id, &p->arena, p->n_roles);
	for (size_t i = 0; i < p->n_roles; i++)
		(void)table_add(
		    &p->roles_by_id, id_key(&p->roles[i].id), &p->roles[i]);
}

static const struct app *
app_by_id(const struct platform *p, int64_t id)
{
	return table_get(&p->apps_by_id, id_key(&id));
}

static void
apps_build(struct platform *p, const struct all_records *r)
{
	size_t n = r->n_apps;

	p->apps = arena_zalloc(&p->arena, (n + 1) * sizeof(*p->apps));
	p->n_apps = n;
	table_init(&p->apps_by_id, &p->arena, n);
	for (size_t i = 0; i < n; i++) {
		struct app *app = &p->apps[i];

		*app = (struct app){
			.id = r->apps[i].id,
			.name = r->apps[i].name,
			.active = r->apps[i].active,
			.role = role_by_id(p, r->apps[i].role_id),
		};
		(void)table_add(&p->apps_by_id, id_key(&app->id), app);
	}
}

static void
key_take(struct platform *p, const struct key_record *r)
{
	struct app_key *key = &p->keys[p->n_keys];

	if (r->revoked_ms != 0)
		return;
	memcpy(key->hash, r->hash, sizeof(key->hash));
	key->app = app_by_id(p, r->app_id);
	key->expires_ms = r->expires_ms;
	if (key->app == NULL)
		return;
	if (table_add(&p->keys_by_hash,
		str_make((const char *)key->hash, sizeof(key->hash)), key))
		p->n_keys++;
}

static void
keys_build(struct platform *p, const struct all_records *r)
{
	size_t n = r->n_keys;

	p->keys = arena_zalloc(&p->arena, (n + 1) * sizeof(*p->keys));
	table_init(&p->keys_by_hash, &p->arena, n);
	for (size_t i = 0; i < n; i++)
		key_take(p, &r->keys[i]);
}

/* Nothing can be counted against what is switched off. */
static bool
limit_counts(const struct platform *p, const struct limit_record *r)
{
	const struct service *service = service_by_id(p, r->service_id);
	const struct role *role = role_by_id(p, r->role_id);
	const struct app *app = app_by_id(p, r->app_id);

	return r->active &&
	       (r->service_id == 0 || (service != NULL && service->active)) &&
	       (r->role_id == 0 || (role != NULL && role->active)) &&
	       (r->app_id == 0 || (app != NULL && app->active));
}

static enum status
limits_read(struct platform *p, struct system_db *db, struct error *err)
{
	struct limit_record *list;
	size_t n;
	enum status st = limit_records_list(db, &p->arena, &list, &n, err);

	if (st != ST_OK)
		return st;
	p->limits = arena_zalloc(&p->arena, (n + 1) * sizeof(*p->limits));
	for (size_t i = 0; i < n; i++) {
		if (limit_counts(p, &list[i]))
			p->limits[p->n_limits++] =
			    limit_build(&p->arena, &list[i]);
	}
	limit_index_build(&p->limit_index, &p->arena, p->limits, p->n_limits);
	return ST_OK;
}

static enum status
cors_read(struct platform *p, struct system_db *db, struct error *err)
{
	struct cors_record *list = NULL;
	size_t n = 0;
	enum status st = cors_records_list(db, &p->arena, &list, &n, err);

	if (st == ST_OK)
		cors_rules_build(&p->cors, &p->arena, list, n);
	return st;
}

/* In the order in which one refers to the other. */
static void
row_mark(struct platform *p, const struct access *row)
{
	for (size_t i = 0; i < p->n_services; i++) {
		if (row->service_id == 0 ||
		    row->service_id == p->services[i].id)
			p->services[i].filtered = true;
	}
}

/* Which services have row filters, in whatever role. */
static void
filtered_mark(struct platform *p)
{
	for (size_t i = 0; i < p->n_roles; i++) {
		for (size_t j = 0; j < p->roles[i].n_rows; j++) {
			if (p->roles[i].rows[j].filters != NULL)
				row_mark(p, &p->roles[i].rows[j]);
		}
	}
}

static void
records_build(struct platform *p, const struct all_records *r)
{
	services_build(p, r);
	roles_take(p, r);
	filtered_mark(p);
	apps_build(p, r);
	keys_build(p, r);
}

static enum status
all_read(struct platform *p, struct system_db *db,
    const struct declared *declared, struct error *err)
{
	struct buf problems = buf_in(&p->arena);
	struct all_records records = { 0 };
	enum status st = system_db_version(db, &p->version, err);

	if (st == ST_OK)
		st = all_records_read(db, &p->arena, &records, err);
	if (st != ST_OK)
		return st;
	all_records_declare(&records, &p->arena, declared, &problems);
	p->problems = buf_str(&problems);
	records_build(p, &records);
	st = platform_lookups_read(p, db, err);
	if (st == ST_OK)
		st = cors_read(p, db, err);
	return st == ST_OK ? limits_read(p, db, err) : st;
}

enum status
platform_read(struct system_db *db, const struct declared *declared,
    struct platform **out, struct error *err)
{
	struct platform *p;
	enum status st =
	    db->driver->begin_read(db->conn, clock_boot_ms() + READ_MS, err);

	*out = NULL;
	if (st != ST_OK)
		return st;
	p = platform_new();
	st = all_read(p, db, declared, err);
	db->driver->rollback(db->conn);
	if (st == ST_OK)
		*out = p;
	else
		platform_unref(p);
	return st;
}
