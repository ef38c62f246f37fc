#include "app/commands/offline.h"

#include "middleware/registry/registry.h"
#include "middleware/service.h"

enum status
offline_open(
    struct offline *o, const struct settings *settings, struct error *err)
{
	struct service_host host = { .settings = settings };
	enum status st = stores_open(settings, &o->shared, err);

	if (st != ST_OK)
		return st;
	stores_connect(o->shared, &o->stores);
	host.stores = o->shared->table;
	st = registry_open(&host, false, &o->registry, err);
	if (st == ST_OK)
		o->snapshot = registry_pin(o->registry, &o->cached);
	return st;
}

void
offline_close(struct offline *o)
{
	if (o->snapshot != NULL)
		snapshot_unref(o->snapshot);
	if (o->cached != NULL)
		snapshot_unref(o->cached);
	registry_close(o->registry);
	stores_disconnect(&o->stores);
	stores_close(o->shared);
}
