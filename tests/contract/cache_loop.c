#include "tests/contract/cache_loop.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/cache.h"

#define LATE_MS 1000 /* what a busy machine adds */

void
loop_wait(const struct cache_driver *driver, struct cache_conn *conn,
    int64_t until_ms)
{
	struct pollfd fd = { .fd = driver->loop_fd(conn), .events = POLLIN };
	int64_t left = until_ms + LATE_MS - clock_boot_ms();

	assert_int_equal(poll(&fd, 1, left < 0 ? 0 : (int)left), 1);
	assert_int_equal(fd.revents, POLLIN);
}

enum status
loop_exec(const struct cache_driver *driver, struct cache_conn *conn,
    struct cache_op *const *ops, size_t n, int64_t deadline_ms)
{
	struct cache_batch batch = {
		.ops = ops, .n = n, .deadline_ms = deadline_ms
	};
	struct cache_batch *done;

	driver->submit(conn, &batch);
	while ((done = driver->reap(conn, clock_boot_ms())) == NULL)
		loop_wait(driver, conn, deadline_ms);
	assert_ptr_equal(done, &batch);
	assert_null(done->next);
	return batch.status;
}
