/* Lookups of the system, which everybody has. */
#include "app/services/system/lookup_input.h"
#include "app/services/system/resources.h"
#include "app/services/system/write.h"

static const struct lookup_scope scope = { .app_id = 0 };

enum status
lookup_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err)
{
	const struct input in = { w->arena, record };

	return lookup_input_add(w, &in, &scope, id, err);
}

enum status
lookup_update(
    struct system_write *w, int64_t id, struct json record, struct error *err)
{
	const struct input in = { w->arena, record };

	return lookup_input_set(w, id, &in, &scope, err);
}

enum status
lookup_remove(struct system_write *w, int64_t id, struct error *err)
{
	return lookup_input_remove(w, id, &scope, err);
}
