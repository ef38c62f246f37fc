/*
 * Which services have failed a moment ago, as this process knows: what is
 * cached of them need not wait for one more failure. Any thread.
 */
#ifndef WEIR_OUTAGES_H
#define WEIR_OUTAGES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Services share a place by their id. What that costs is an answer that is
 * served although it is old, and read anew behind. */
#define OUTAGES_PLACES 1024

struct outages {
	_Atomic int64_t until_ms[OUTAGES_PLACES]; /* clock_boot_ms() time */
};

/*
 * A query of the service failed that had begun at began_ms. It counts as failed
 * for a second, or for as long as that took: who tries while it hangs is to be
 * through by then.
 */
void outage_note(
    struct outages *o, int64_t service_id, int64_t began_ms, int64_t now_ms);

/* A query of the service was answered. */
void outage_end(struct outages *o, int64_t service_id);

bool outage_lasts(const struct outages *o, int64_t service_id, int64_t now_ms);

#endif
