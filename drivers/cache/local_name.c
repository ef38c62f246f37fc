#include "drivers/cache/local_name.h"

#include <string.h>

#define GAP '\x1f'

struct str
local_name(const struct cache_op *op, char name[LOCAL_NAME_MAX])
{
	struct str space = op->space->name;

	memcpy(name, space.p, space.n);
	name[space.n] = GAP;
	memcpy(name + space.n + 1, op->key.p, op->key.n);
	return str_make(name, space.n + 1 + op->key.n);
}

bool
local_name_in(struct str name, struct str space, struct str *key)
{
	if (name.n <= space.n || name.p[space.n] != GAP ||
	    !str_starts(name, space))
		return false;
	*key = str_skip(name, space.n + 1);
	return true;
}
