/*
 * What the environment file itself declares: services, roles, and apps with
 * their keys. They stand beside the records of the system database, cannot be
 * changed by a command, and are told from them by their place.
 *
 *	SERVICE_<NAME>_TYPE=sqlite	declares a service
 *	ROLE_<NAME>_ACCESS=shop:*:GET	declares a role
 *	KEY_<APP>_HASH=...		declares an app and its keys
 */
#ifndef WEIR_DECLARED_H
#define WEIR_DECLARED_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/app_records.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/service_records.h"

struct arena;
struct buf;
struct settings;

/*
 * Records whose `place` says where they are declared and whose ids are
 * negative: no record of the database has one, and the same name has the same
 * on every host. What an access row or an app refers to is known by name only,
 * until all_records_declare() finds it.
 */
struct declared {
	struct service_record *services;
	size_t n_services;
	struct role_record *roles;
	size_t n_roles;
	struct app_record *apps;
	size_t n_apps;
	struct key_record *keys;
	size_t n_keys;
};

/*
 * Reads what the settings' declared entries say, into the arena. Each problem
 * is appended to `problems`, one a line, with its place and name; then the
 * result is not to be used and ST_INVALID is returned. An entry of the process
 * environment that belongs to nothing may be another program's: a line of
 * `warnings`.
 */
enum status declared_read(struct arena *arena, const struct settings *settings,
    struct declared *out, struct buf *problems, struct buf *warnings);

/* Where the service, app or role of that name is declared; STR_NULL: nowhere.
 * Names are compared without regard to case. */
struct str declared_place(
    const struct declared *d, enum noun noun, struct str name);

#endif
