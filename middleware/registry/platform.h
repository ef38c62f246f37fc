/*
 * All that the system database said at one version, and the environment file
 * declared (whose settings live as long), in the form in which
 * requests ask for it. Immutable; snapshots share it.
 */
#ifndef WEIR_PLATFORM_H
#define WEIR_PLATFORM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/status.h"
#include "app/base/table.h"
#include "middleware/registry/cors_rules.h"
#include "middleware/registry/limit_index.h"
#include "middleware/registry/snapshot.h"

struct declared;
struct system_db;

struct platform {
	atomic_uint refs;
	int64_t version;
	struct arena arena;       /* of everything below */
	struct service *services; /* sorted; not opened, cache_ttl as stored */
	size_t n_services;
	struct role *roles;
	size_t n_roles;
	struct table roles_by_id;
	struct app *apps;
	size_t n_apps;
	struct table apps_by_id;
	struct app_key *keys; /* without those revoked */
	size_t n_keys;
	struct table keys_by_hash;
	struct limit *limits; /* active ones of active things */
	size_t n_limits;
	struct limit_index limit_index;
	struct lookups lookups; /* of the system */
	struct cors_rules cors;
	struct str problems; /* see all_records_declare() */
};

/* Reads everything as of one moment; the caller has the first hold. */
enum status platform_read(struct system_db *db, const struct declared *declared,
    struct platform **out, struct error *err);

/* For platform_read(): once there are roles and apps. */
enum status platform_lookups_read(
    struct platform *p, struct system_db *db, struct error *err);

/* An empty one to fill; the caller has the first hold. */
struct platform *platform_new(void);

struct platform *platform_ref(struct platform *p);
void platform_unref(struct platform *p);

#endif
