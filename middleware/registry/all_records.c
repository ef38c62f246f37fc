#include "middleware/registry/all_records.h"

#include "app/base/arena.h"

enum status
all_records_read(struct system_db *db, struct arena *arena,
    struct all_records *out, struct error *err)
{
	enum status st = service_records_list(
	    db, arena, &out->services, &out->n_services, err);

	if (st == ST_OK)
		st = role_records_list(
		    db, arena, &out->roles, &out->n_roles, err);
	if (st == ST_OK)
		st = app_records_list(db, arena, &out->apps, &out->n_apps, err);
	if (st == ST_OK)
		st = key_records_list(db, arena, &out->keys, &out->n_keys, err);
	return st;
}

static void
problem_put(struct buf *problems, struct str place, const char *noun,
    struct str name, const char *why)
{
	buf_printf(problems, "%.*s: %s \"%.*s\" %s\n", STR_ARG(place), noun,
	    STR_ARG(name), why);
}

/* True, and said, when the name is declared: the record is left out then. */
static bool
is_declared(const struct declared *d, enum noun noun, struct str name,
    struct buf *problems)
{
	static const char *const names[] = { [NOUN_SERVICE] = "service",
		[NOUN_ROLE] = "role",
		[NOUN_APP] = "app" };
	struct str place = declared_place(d, noun, name);

	if (str_is_null(place))
		return false;
	problem_put(problems, place, names[noun], name,
	    "is in the system database as well: remove it from one of both");
	return true;
}

static void
services_join(struct all_records *r, struct arena *arena,
    const struct declared *d, struct buf *problems)
{
	size_t most = r->n_services + d->n_services, n = 0;
	struct service_record *all =
	    arena_alloc(arena, (most + 1) * sizeof(*all));

	for (size_t i = 0; i < r->n_services; i++) {
		if (!is_declared(
			d, NOUN_SERVICE, r->services[i].name, problems))
			all[n++] = r->services[i];
	}
	for (size_t i = 0; i < d->n_services; i++)
		all[n++] = d->services[i];
	r->services = all;
	r->n_services = n;
}

static int64_t
service_find(const struct all_records *r, struct str name)
{
	for (size_t i = 0; i < r->n_services; i++) {
		if (str_eq_nocase(r->services[i].name, name))
			return r->services[i].id;
	}
	return SERVICE_NOWHERE;
}

/* A copy of a declared role, its rows with the ids of their services. */
static struct role_record
role_resolve(const struct all_records *r, struct arena *arena,
    const struct role_record *declared, struct buf *problems)
{
	struct role_record role = *declared;
	size_t size = role.n_rows * sizeof(*role.rows);

	role.rows = arena_alloc(arena, size + 1);
	if (size > 0)
		memcpy(role.rows, declared->rows, size);
	for (size_t i = 0; i < role.n_rows; i++) {
		struct access_record *row = &role.rows[i];

		if (str_is_null(row->service_name))
			continue;
		row->service_id = service_find(r, row->service_name);
		if (row->service_id == SERVICE_NOWHERE)
			problem_put(problems, role.place, "service",
			    row->service_name,
			    "does not exist: a role declared here names it");
	}
	return role;
}

static void
roles_join(struct all_records *r, struct arena *arena, const struct declared *d,
    struct buf *problems)
{
	size_t most = r->n_roles + d->n_roles, n = 0;
	struct role_record *all = arena_alloc(arena, (most + 1) * sizeof(*all));

	for (size_t i = 0; i < r->n_roles; i++) {
		if (!is_declared(d, NOUN_ROLE, r->roles[i].name, problems))
			all[n++] = r->roles[i];
	}
	for (size_t i = 0; i < d->n_roles; i++)
		all[n++] = role_resolve(r, arena, &d->roles[i], problems);
	r->roles = all;
	r->n_roles = n;
}

static int64_t
role_find(const struct all_records *r, struct str name)
{
	for (size_t i = 0; i < r->n_roles; i++) {
		if (str_eq_nocase(r->roles[i].name, name))
			return r->roles[i].id;
	}
	return 0;
}

static void
apps_join(struct all_records *r, struct arena *arena, const struct declared *d,
    struct buf *problems)
{
	size_t most = r->n_apps + d->n_apps, n = 0;
	struct app_record *all = arena_alloc(arena, (most + 1) * sizeof(*all));

	for (size_t i = 0; i < r->n_apps; i++) {
		if (!is_declared(d, NOUN_APP, r->apps[i].name, problems))
			all[n++] = r->apps[i];
	}
	for (size_t i = 0; i < d->n_apps; i++) {
		struct app_record *app = &all[n++];

		*app = d->apps[i];
		app->role_id = role_find(r, app->role_name);
		if (app->role_id == 0)
			problem_put(problems, app->place, "role",
			    app->role_name,
			    "does not exist: an app declared here names it");
	}
	r->apps = all;
	r->n_apps = n;
}

/* The key of that hash among the first n, or NULL. */
static const struct key_record *
key_find(const struct key_record *keys, size_t n, const uint8_t *hash)
{
	for (size_t i = 0; i < n; i++) {
		if (memcmp(keys[i].hash, hash, sizeof(keys[i].hash)) == 0)
			return &keys[i];
	}
	return NULL;
}

/* A key known to the database, perhaps as one revoked, stays what it is. */
static void
keys_join(struct all_records *r, struct arena *arena, const struct declared *d,
    struct buf *problems)
{
	size_t most = r->n_keys + d->n_keys, n = r->n_keys;
	struct key_record *all = arena_alloc(arena, (most + 1) * sizeof(*all));

	if (n > 0)
		memcpy(all, r->keys, n * sizeof(*all));
	for (size_t i = 0; i < d->n_keys; i++) {
		const struct key_record *key = &d->keys[i];
		const struct key_record *same = key_find(all, n, key->hash);

		if (same == NULL)
			all[n++] = *key;
		else
			problem_put(problems, key->place, "a key of app",
			    same->app_name,
			    "has the same hash as one declared here");
	}
	r->keys = all;
	r->n_keys = n;
}

/* In the order in which one refers to the other. */
void
all_records_declare(struct all_records *records, struct arena *arena,
    const struct declared *declared, struct buf *problems)
{
	services_join(records, arena, declared, problems);
	roles_join(records, arena, declared, problems);
	apps_join(records, arena, declared, problems);
	keys_join(records, arena, declared, problems);
}
