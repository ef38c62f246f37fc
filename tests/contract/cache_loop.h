/* Batches through submit() and reap(), as the front runs them. */
#ifndef WEIR_TESTS_CACHE_LOOP_H
#define WEIR_TESTS_CACHE_LOOP_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;
struct cache_driver;
struct cache_op;

/*
 * Waits until the connection has something to reap: asserts that it does
 * before a moment after until_ms, in clock_boot_ms() time.
 */
void loop_wait(const struct cache_driver *driver, struct cache_conn *conn,
    int64_t until_ms);

/* What exec() is said to do, through submit() and reap(). Nothing else may be
 * under way on the connection. */
enum status loop_exec(const struct cache_driver *driver,
    struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms);

#endif
