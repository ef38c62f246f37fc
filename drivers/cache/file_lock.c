#include "drivers/cache/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "app/base/clock.h"

#define PAUSE_FIRST_NS 20000
#define PAUSE_MOST_NS  1000000

static int
byte_set(int fd, unsigned byte, short type)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)byte,
		.l_len = 1,
	};
	int rc;

	do
		rc = fcntl(fd, F_OFD_SETLK, &lock);
	while (rc != 0 && errno == EINTR);
	return rc;
}

/* The kernel waits for such a lock without any deadline, so we ask again. */
enum status
file_lock_take(int fd, unsigned byte, int64_t deadline_ms)
{
	struct timespec pause = { 0, PAUSE_FIRST_NS };

	while (byte_set(fd, byte, F_WRLCK) != 0) {
		if (errno != EAGAIN && errno != EACCES)
			return ST_UNAVAILABLE;
		if (clock_boot_ms() >= deadline_ms)
			return ST_TIMEOUT;
		(void)nanosleep(&pause, NULL); /* shorter is fine */
		if (pause.tv_nsec < PAUSE_MOST_NS)
			pause.tv_nsec *= 2;
	}
	return ST_OK;
}

void
file_lock_leave(int fd, unsigned byte)
{
	(void)byte_set(fd, byte, F_UNLCK); /* what is held can be left */
}
