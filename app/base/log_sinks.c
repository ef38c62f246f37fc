#include "app/base/log_sinks.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/base/clock.h"

#define TOLD_PAUSE_MS 10000
#define CRY_BYTES     384

struct log_sink log_sink_log = LOG_SINK("log");
struct log_sink log_sink_access = LOG_SINK("access log");

uint64_t
log_dropped(enum log_which which)
{
	struct log_sink *s =
	    which == LOG_THE_LOG ? &log_sink_log : &log_sink_access;

	return atomic_load_explicit(&s->dropped, memory_order_relaxed);
}

/* In the log, unless that is what fails. Of a pipe nobody is told before it is
 * over: it may be stderr itself. */
static void
tell_lost(struct log_sink *s)
{
	char where[LOG_WHERE_BYTES], line[CRY_BYTES];
	int n;

	if (!atomic_load(&s->apart) ||
	    !log_pause_over(&s->lost_pause, TOLD_PAUSE_MS, clock_boot_ms()))
		return;
	if (s != &log_sink_log) {
		log_line(LOG_WARNING, STR_NULL,
		    "lines of the %s are dropped: %s", s->name,
		    log_sink_fault(s, where));
		return;
	}
	n = snprintf(line, sizeof(line),
	    "weir: lines of the %s are dropped: "
	    "%s\n",
	    s->name, log_sink_fault(s, where));
	log_sink_cry(str_make(line, (size_t)n));
}

static void
tell_back(struct log_sink *s)
{
	char where[LOG_WHERE_BYTES];

	if (atomic_load(&s->lost) == 0 ||
	    !log_pause_over(&s->back_pause, TOLD_PAUSE_MS, clock_boot_ms()))
		return;
	log_line(LOG_WARNING, STR_NULL,
	    "%llu writes to the %s were dropped or cut: %s",
	    atomic_exchange(&s->lost, 0), s->name, log_sink_fault(s, where));
}

void
log_sink_put(struct log_sink *s, struct str text,
    const struct log_record *records, size_t n)
{
	if (log_sink_write(s, text, records, n))
		tell_back(s);
	else
		tell_lost(s);
}
