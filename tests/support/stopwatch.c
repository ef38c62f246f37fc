#include "tests/support/stopwatch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/clock.h"

#define NS_PER_US 1000
#define US_PER_MS 1000

/* The second number of schedstat: nanoseconds in a processor's queue. */
static int64_t
queued_us(void)
{
	char text[128];
	int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *second;

	if (fd >= 0)
		(void)close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	second = strchr(text, ' ');
	return second == NULL ? 0 : strtoll(second, NULL, 10) / NS_PER_US;
}

int64_t
stopwatch_ms(void)
{
	return (clock_boot_us() - queued_us()) / US_PER_MS;
}
