/*
 * The one that changes the values of a local store. Its wait for the others is
 * bounded here, since LMDB's own is not, and LMDB's lock is then always free.
 */
#ifndef WEIR_CACHE_LOCAL_WRITER_H
#define WEIR_CACHE_LOCAL_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/local_entry.h"

struct local_store;

struct writer {
	struct local_store *store;
	int64_t deadline_ms; /* of the wait for the lock, and all the work */
};

/*
 * Waits for the write lock; while it is held nobody but the holder ends this
 * life of the store. ST_TIMEOUT, ST_UNAVAILABLE; ST_STALE: it has ended.
 */
enum status writer_lock(const struct writer *w);
void writer_unlock(const struct writer *w);

/* A transaction within the lock. writer_finish() commits it when rc is 0 and
 * aborts it otherwise. Both return 0 or LMDB's error. */
int writer_begin(const struct writer *w, struct values *v);
int writer_finish(struct values *v, int rc);

/* Whether that error says that there is no room. */
bool writer_full(int rc);

/*
 * Room that is free may be held by readers of older pages: by dead ones, which
 * LMDB can tell, or by a thread that was interrupted and soon goes on. Ends
 * the dead, 0 or LMDB's error; and waits a moment, until at most until_ms,
 * which is the moment to give up: false when that has come.
 */
int writer_free_dead(const struct writer *w);
int64_t writer_patience(const struct writer *w);
bool writer_pause(int64_t until_ms);

#endif
