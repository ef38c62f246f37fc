/*
 * The names of declaring entries: SERVICE_SHOP_CACHE_TTL is about the field
 * cache_ttl of the service shop. Where the name of a thing ends and that of
 * its field begins is told by the things that are declared: SERVICE_SHOP_TYPE
 * declares the service shop.
 */
#ifndef WEIR_DECLARED_NAME_H
#define WEIR_DECLARED_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/env.h"
#include "app/base/str.h"
#include "middleware/registry/lookup.h"

/* A thing that is declared. */
struct declared_thing {
	enum noun noun;                /* service, role or app */
	struct str name;               /* as it stands in the entry's name */
	const struct env_entry *entry; /* that declares it */
	struct declared_field *fields; /* of it, the declaring one included */
	size_t n_fields;
	void *ctx; /* the reader's own */
};

struct declared_field {
	struct str name; /* as it stands in the entry's name */
	const struct env_entry *entry;
};

/* Fills noun and name; false when an entry of that name declares nothing. */
bool declared_name_declares(struct str name, struct declared_thing *thing);

/* Does the thing have such a field? The name may be in any case. */
typedef bool declared_knows_f(
    const struct declared_thing *thing, struct str field);

/* What a name is about. */
struct declared_about {
	struct declared_thing *thing; /* NULL: nothing that is declared */
	struct str field;             /* which may be unknown */
	bool known;
	const struct declared_thing *other; /* NULL, or: just as well this */
};

/*
 * Of all things whose name the entry's may begin with, the one that knows the
 * field; when none does, the one of the longest name.
 */
struct declared_about declared_name_about(struct str name,
    struct declared_thing *things, size_t n, declared_knows_f *knows);

/* "SERVICE", "ROLE" or "KEY", and the field that declares such a thing. */
const char *declared_prefix(enum noun noun);
const char *declared_declaring(enum noun noun);

#endif
