#include "middleware/registry/platform.h"

#include <stdlib.h>

#define ARENA_BYTES 8192

struct platform *
platform_new(void)
{
	struct platform *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	atomic_init(&p->refs, 1);
	arena_init(&p->arena, ARENA_BYTES);
	return p;
}

struct platform *
platform_ref(struct platform *p)
{
	(void)atomic_fetch_add(&p->refs, 1);
	return p;
}

void
platform_unref(struct platform *p)
{
	if (p == NULL || atomic_fetch_sub(&p->refs, 1) != 1)
		return;
	cors_rules_close(&p->cors);
	arena_close(&p->arena);
	free(p);
}
