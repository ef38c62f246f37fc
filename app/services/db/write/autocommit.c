/* Calls on one record whose one statement needs no transaction around it. */
#include "app/services/db/identifier.h"
#include "app/services/db/write/bulk.h"
#include "app/services/db/write/written.h"
#include "drivers/db/catalog.h"

/* A changed record that is missing may be made by a second statement; one that
 * other columns name is found by a first. */
static bool
writes_once(const struct bulk *b)
{
	if (b->item == item_create)
		return true;
	if (b->item == item_change && b->call->service->allow_upsert)
		return false;
	return identity_is_key(&b->query.by);
}

bool
bulk_autocommits(const struct bulk *b)
{
	const struct table_call *c = b->call;

	return !c->service->driver->versions_cheap && b->n == 1 &&
	       c->role == NULL && !b->nests && writes_once(b) &&
	       written_needs_no_read(&b->query);
}
