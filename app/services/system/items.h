/* Which records a call of the System API writes: those of its path, its ids, a
 * filter, or its body. */
#ifndef WEIR_SERVICES_SYSTEM_ITEMS_H
#define WEIR_SERVICES_SYSTEM_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/jsonread.h"

struct account_call;
struct system_resource;

#define ITEMS_MAX 1000

struct item {
	int64_t id;         /* 0: of a record that is new */
	struct json record; /* JSON_NONE: nothing but the id is known */
	void *prepared;     /* by the resource */
};

struct items {
	struct item *list;
	size_t n;
	bool is_list; /* they are answered as a list */
	bool go_on;   /* continue=true */
	bool rollback;
};

/* In the request's arena. False: the response holds the refusal. */
bool items_read(struct account_call *c, const struct system_resource *resource,
    int64_t id, struct items *out);

#endif
