#include "drivers/cache/local_writer.h"

#include <errno.h>
#include <time.h>

#include "app/base/clock.h"
#include "drivers/cache/local_lock.h"
#include "drivers/cache/local_store.h"

#define READER_MS 200 /* longest wait for readers of older pages */
#define PAUSE_NS  2000000

enum status
writer_lock(const struct writer *w)
{
	enum status st =
	    local_lock_take(&w->store->state->write_lock, w->deadline_ms);

	if (st != ST_OK || local_store_current(w->store))
		return st;
	local_lock_leave(&w->store->state->write_lock);
	return ST_STALE;
}

void
writer_unlock(const struct writer *w)
{
	local_lock_leave(&w->store->state->write_lock);
}

int
writer_begin(const struct writer *w, struct values *v)
{
	*v = (struct values){
		.store = w->store,
		.now_ms = clock_boot_ms(),
	};
	return mdb_txn_begin(w->store->env, NULL, 0, &v->txn);
}

int
writer_finish(struct values *v, int rc)
{
	if (rc == 0)
		return mdb_txn_commit(v->txn);
	mdb_txn_abort(v->txn);
	return rc;
}

bool
writer_full(int rc)
{
	return rc == MDB_MAP_FULL || rc == MDB_TXN_FULL || rc == ENOSPC;
}

int
writer_free_dead(const struct writer *w)
{
	int dead;

	return mdb_reader_check(w->store->env, &dead);
}

int64_t
writer_patience(const struct writer *w)
{
	int64_t until_ms = clock_boot_ms() + READER_MS;

	return until_ms < w->deadline_ms ? until_ms : w->deadline_ms;
}

bool
writer_pause(int64_t until_ms)
{
	const struct timespec pause = { 0, PAUSE_NS };

	if (clock_boot_ms() >= until_ms)
		return false;
	(void)nanosleep(&pause, NULL);
	return true;
}
