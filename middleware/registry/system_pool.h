/*
 * Connections to the system database for requests, which ask it on workers
 * only. Whoever has one works with it as commands do with theirs.
 */
#ifndef WEIR_SYSTEM_POOL_H
#define WEIR_SYSTEM_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "middleware/registry/system_db.h"

struct settings;
struct system_pool;

/* At most max connections, made when they are needed. The settings are read
 * now. */
enum status system_pool_open(const struct settings *settings, size_t max,
    struct system_pool **out, struct error *err);

/* All must have been given back. NULL is harmless. */
void system_pool_close(struct system_pool *pool);

/*
 * One for the caller alone until system_pool_give(), whose wall_ms is set; it
 * and its statements wait no longer than deadline_ms (clock_boot_ms()).
 * ST_UNAVAILABLE, ST_TIMEOUT: the database cannot be asked now.
 */
enum status system_pool_take(struct system_pool *pool, int64_t deadline_ms,
    struct system_db *out, struct error *err);

/* Without an open transaction. */
void system_pool_give(struct system_pool *pool, struct system_db *db);

#endif
