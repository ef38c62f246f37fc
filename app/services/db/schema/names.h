/* Names that a call lists: tables or fields of a schema. */
#ifndef WEIR_SERVICES_DB_NAMES_H
#define WEIR_SERVICES_DB_NAMES_H

#include <stddef.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"

struct request;

#define NAMES_MAX 1000

struct names {
	struct str *list;
	size_t n; /* 0: the call lists none */
};

/*
 * As ids=a,b of the URL; else the body's "ids", a list or such a text; else the
 * body itself, or its "resource": a list of strings or of objects with a
 * "name". A name with a comma needs a list. Each once. In the request's arena.
 * ST_INVALID: more than NAMES_MAX, an empty one, or an element that has no
 * name.
 */
enum status names_read(struct request *req, struct json body, struct names *out,
    struct error *err);

/* The value of an option, of the URL or else of the body; STR_NULL: none. */
struct str names_option(
    const struct request *req, struct json body, struct str name);

#endif
