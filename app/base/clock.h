/*
 * Time, read in few places and passed on as an argument: a request carries the
 * moment it arrived. boot_ms counts since the machine started, so it is the
 * same in every process of one host and no clock change moves it; wall_ms is
 * Unix time, only for what people and clients see.
 */
#ifndef WEIR_BASE_CLOCK_H
#define WEIR_BASE_CLOCK_H

#include <stdint.h>

struct moment {
	int64_t boot_ms;
	int64_t wall_ms;
};

/* CLOCK_BOOTTIME in milliseconds; deadlines are in this clock. */
int64_t clock_boot_ms(void);

/* The same clock in microseconds, for durations in logs. */
int64_t clock_boot_us(void);

struct moment clock_now(void);

/* The same for who has just read clock_boot_us(). */
struct moment clock_moment(int64_t boot_us);

#endif
