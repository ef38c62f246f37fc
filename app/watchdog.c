#include "app/watchdog.h"

#include "app/base/clock.h"
#include "app/front.h"
#include "app/notify.h"

/* Two beats in each period, so that one may be late. */
#define BEATS_A_PERIOD 2
#define BEAT_MS_MIN    10
#define BEAT_MS_MAX    30000

static void
beat(void *ctx)
{
	const struct watchdog *w = ctx;
	int64_t since_ms = clock_boot_ms() - w->late_ms;

	for (size_t i = 0; i < w->n_fronts; i++)
		if (front_seen_ms(w->fronts[i]) < since_ms)
			return;
	notify_state(w->notify, "WATCHDOG=1");
}

void
watchdog_init(struct watchdog *w)
{
	*w = (struct watchdog){ 0 };
	ticker_init(&w->ticker, beat, w, BEAT_MS_MAX);
}

enum status
watchdog_start(struct watchdog *w, const struct notify *notify,
    struct front *const *fronts, size_t n_fronts, struct error *err)
{
	int64_t period_ms = notify_watchdog_ms();
	int64_t beat_ms = period_ms / BEATS_A_PERIOD;

	if (period_ms == 0)
		return ST_OK;
	beat_ms = beat_ms < BEAT_MS_MIN ? BEAT_MS_MIN : beat_ms;
	beat_ms = beat_ms > BEAT_MS_MAX ? BEAT_MS_MAX : beat_ms;
	w->notify = notify;
	w->fronts = fronts;
	w->n_fronts = n_fronts;
	w->late_ms = period_ms;
	w->ticker.period_ms = (long)beat_ms;
	return ticker_start(&w->ticker, err);
}

void
watchdog_stop(struct watchdog *w)
{
	ticker_close(&w->ticker);
}
