#include "drivers/cache/local_round.h"

#include "drivers/cache/local_store.h"

static int
round_read(struct round *r, int rc)
{
	uint64_t hash;

	if (rc != 0)
		return rc;
	if (!entry_hash(&r->name, &hash))
		return MDB_CORRUPTED;
	return entry_read(r->v->store, hash, &r->data, &r->entry);
}

int
round_begin(struct round *r, const struct values *v, uint64_t hash)
{
	uint8_t name[sizeof(hash)];
	int rc;

	*r = (struct round){ .v = v };
	rc = mdb_cursor_open(v->txn, v->store->entries, &r->cursor);
	if (rc != 0)
		return rc;
	entry_name(hash, name);
	r->name = (MDB_val){ sizeof(name), name };
	rc = mdb_cursor_get(r->cursor, &r->name, &r->data, MDB_SET_RANGE);
	return round_read(r, rc);
}

int
round_next(struct round *r)
{
	return round_read(
	    r, mdb_cursor_get(r->cursor, &r->name, &r->data, MDB_NEXT));
}

void
round_end(struct round *r)
{
	if (r->cursor != NULL)
		mdb_cursor_close(r->cursor);
}
