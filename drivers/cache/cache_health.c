#include "drivers/cache/cache_health.h"

#include "app/base/clock.h"
#include "app/base/log.h"

#define QUIET_MS 10000 /* between two failures that are told */

void
cache_health_failed(
    struct cache_health *health, const char *what, const char *why)
{
	int64_t now_ms = clock_boot_ms();
	int64_t told_ms = atomic_load(&health->told_ms);

	if (atomic_load(&health->failing) ||
	    (told_ms != 0 && now_ms - told_ms < QUIET_MS) ||
	    !atomic_compare_exchange_strong(&health->told_ms, &told_ms, now_ms))
		return;
	atomic_store(&health->failing, true);
	log_line(LOG_ERROR, STR_NULL, "%s: %s", what, why);
}

void
cache_health_works(struct cache_health *health, const char *what)
{
	if (atomic_load_explicit(&health->failing, memory_order_relaxed) &&
	    atomic_exchange(&health->failing, false))
		log_line(LOG_INFO, STR_NULL, "%s: works again", what);
}
