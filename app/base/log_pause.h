/* The time between two lines of the log that say the same. */
#ifndef WEIR_BASE_LOG_PAUSE_H
#define WEIR_BASE_LOG_PAUSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* All zero: nothing was said yet. */
struct log_pause {
	_Atomic int64_t said_ms;
};

/*
 * Whether nothing was said for `pause_ms`: then the caller says it. Any thread;
 * one of several is told so. now_ms: clock_boot_ms().
 */
bool log_pause_over(struct log_pause *p, int64_t pause_ms, int64_t now_ms);

#endif
