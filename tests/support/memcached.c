#include "tests/support/memcached.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/memcached.h"

#define WORDS_MAX   16
#define CHUNK_BYTES 65536
#define MAX_VALUE   1000000

static void
server_start(
    struct memcached_world *w, struct daemon *d, const char *const *more)
{
	int port = daemon_free_port();
	char number[16];
	char log[128];
	const char *argv[WORDS_MAX] = { "memcached", "-m64", "-t2",
		"-l127.0.0.1", number };
	const struct daemon_plan plan = {
		.argv = argv, .log = log, .port = port
	};
	size_t n = 5;

	(void)snprintf(number, sizeof(number), "-p%d", port);
	(void)snprintf(log, sizeof(log), "%s/%d.log", w->folder, port);
	if (geteuid() == 0)
		argv[n++] = "-uroot";
	for (; more != NULL && *more != NULL; more++)
		argv[n++] = *more;
	assert_in_range(n, 1, WORDS_MAX - 1);
	daemon_start(d, &plan);
	n = strlen(w->hosts);
	(void)snprintf(w->hosts + n, sizeof(w->hosts) - n, "%s127.0.0.1:%d",
	    n == 0 ? "" : ",", port);
}

void
memcached_world_start(
    struct memcached_world *w, size_t n, const char *const *more)
{
	assert_true(secret_init());
	memset(w, 0, sizeof(*w));
	folder_make(w->folder);
	for (; w->n < n; w->n++)
		server_start(w, &w->servers[w->n], more);
	w->config = cache_config_none;
	w->config.prefix = "weir";
	w->config.max_value = MAX_VALUE;
	w->config.hosts = w->hosts;
	w->config.port = 11211;
	arena_init(&w->arena, CHUNK_BYTES);
}

void
memcached_world_open(struct memcached_world *w)
{
	struct error err = { 0 };

	if (memcached_driver.open(&w->config, &w->cache, &err) != ST_OK)
		fail_msg("%s", err.text);
	assert_int_equal(
	    memcached_driver.connect(w->cache, &w->conn, &err), ST_OK);
}

void
memcached_world_close(struct memcached_world *w)
{
	if (w->cache == NULL)
		return;
	memcached_driver.disconnect(w->conn);
	memcached_driver.close(w->cache);
	w->cache = NULL;
}

void
memcached_world_stop(struct memcached_world *w)
{
	memcached_world_close(w);
	while (w->n > 0)
		daemon_kill(&w->servers[--w->n]); /* it has nothing to save */
	folder_remove(w->folder);
	arena_close(&w->arena);
}

enum status
memcached_world_run(struct memcached_world *w, struct cache_op *op, int64_t ms)
{
	op->arena = &w->arena;
	(void)memcached_driver.exec(w->conn, &op, 1, clock_boot_ms() + ms);
	return op->status;
}
