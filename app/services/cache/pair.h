/*
 * The bodies that store (contract.md section 2): which keys get which values,
 * and for how long. Values are JSON text as it was sent, never decoded.
 */
#ifndef WEIR_SERVICES_CACHE_PAIR_H
#define WEIR_SERVICES_CACHE_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

/* A view of the body, or in the arena. */
struct pair {
	struct str key;
	struct str value; /* JSON text */
	uint32_t ttl;     /* seconds, 0: never */
};

enum pairs_form {
	PAIRS_ONE,  /* {"key","value","ttl"?}, or the key stands in the path */
	PAIRS_LIST, /* {"resource":[{"key","value","ttl"?}...]} */
	PAIRS_MAP   /* {key:value,...} */
};

struct pairs {
	enum pairs_form form;
	struct pair *list; /* no two with one key */
	size_t n;          /* 1 to CACHE_CALL_KEYS */
};

/* What the body is read with. */
struct pairs_source {
	struct arena *arena;
	struct str key; /* of the path, STR_NULL: the service itself */
	/* No member of the body has a meaning of its own: it is the value of
	 * the path's key, or a map. */
	bool verbatim;
	uint32_t default_ttl; /* what -1 means */
	uint32_t ttl;         /* where the body says none */
	size_t max_value;     /* bytes of a value */
};

/*
 * Reads a body; JSON_NONE: it is empty. ST_INVALID, or ST_TOO_BIG for a value:
 * err says what is wrong, and of which element.
 */
enum status pairs_read(const struct pairs_source *source, struct json body,
    struct pairs *out, struct error *err);

#endif
