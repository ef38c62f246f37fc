#include "app/base/clock.h"

#include <time.h>

static int64_t
read_us(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts); /* cannot fail for these clocks */
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_boot_us(void)
{
	return read_us(CLOCK_BOOTTIME);
}

int64_t
clock_boot_ms(void)
{
	return clock_boot_us() / 1000;
}

struct moment
clock_moment(int64_t boot_us)
{
	return (struct moment){
		.boot_ms = boot_us / 1000,
		.wall_ms = read_us(CLOCK_REALTIME) / 1000,
	};
}

struct moment
clock_now(void)
{
	return clock_moment(clock_boot_us());
}
