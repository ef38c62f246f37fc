#include "middleware/failures.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/network.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/fallback.h"
#include "middleware/request.h"
#include "middleware/store_config.h"
#include "middleware/stores.h"

/* Beside CACHE_PATH, which is the folder of other stores, or of none. */
#define FOLDER "-logins"
#define BYTES  (INT64_C(4) << 20)

#define WAIT_MS       1000 /* for the files of this host */
#define NETWORK_BYTES 8    /* of an IPv6 address: one customer's */
#define AT_ONCE_MAX   8
#define TOLD_MS       60000 /* one line in so long */

static const struct cache_space space_logins = { { "g", 1 }, false };

struct failures {
	struct store *store; /* NULL: there can be none */
	struct fallback *fallback;
	_Atomic int64_t told_ms; /* that it is full; 0: never */
};

static void
store_open(struct failures *f, const struct settings *settings,
    struct store_table *table)
{
	const struct cache_driver *driver = cache_driver_find(STR("local"));
	struct store_config config;
	struct error err = { 0 };
	struct buf path = { 0 };

	store_config_read(settings, driver, &config);
	buf_put(&path, str_of(settings->cache_path));
	buf_put(&path, str_make(FOLDER, sizeof(FOLDER)));
	config.cache.path = path.p;
	config.cache.bytes = BYTES;
	if (store_take(table, driver, &config.cache, &f->store, &err) !=
	    ST_OK) {
		f->store = NULL;
		log_line(LOG_WARNING, STR_NULL,
		    "failed log-ins are counted in this process only: %s",
		    err.text);
	}
	buf_free(&path);
}

struct failures *
failures_open(const struct settings *settings, struct store_table *stores)
{
	struct failures *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	f->fallback = fallback_new();
	store_open(f, settings, stores);
	return f;
}

void
failures_close(struct failures *f)
{
	if (f == NULL)
		return;
	if (f->store != NULL)
		store_give(f->store);
	fallback_free(f->fallback);
	free(f);
}

struct str
failures_place(const struct request *req)
{
	struct str text = req->param[PARAM_REMOTE_ADDR];
	struct address a;

	if (!address_read(text, &a))
		return text;
	if (a.local || address_is_ipv4(&a))
		return address_text(req->arena, &a);
	return arena_dup(
	    req->arena, str_make((const char *)a.byte, NETWORK_BYTES));
}

struct str
failures_name(struct arena *arena, const char *kind, struct str what)
{
	uint8_t hash[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES];

	digest(what, hash);
	hex_encode(hex, hash, sizeof(hash));
	return arena_printf(arena, "%s:%.*s", kind, (int)sizeof(hex), hex);
}

struct cache_op
failures_op(const struct request *req, enum cache_kind kind, struct str name,
    uint32_t ttl)
{
	return (struct cache_op){ .kind = kind,
		.space = &space_logins,
		.key = name,
		.shard = STR("logins"),
		.arena = req->arena,
		.ttl = ttl };
}

bool
failures_run(
    struct failures *f, struct request *req, struct cache_op *ops, size_t n)
{
	struct cache_op *list[AT_ONCE_MAX];
	struct cache_conn *conn = NULL;

	assert(n <= AT_ONCE_MAX);
	if (f->store != NULL)
		conn = stores_conn(req->stores, f->store, NULL);
	for (size_t i = 0; i < n; i++)
		list[i] = &ops[i];
	return conn != NULL && f->store->driver->exec(conn, list, n,
				   clock_boot_ms() + WAIT_MS) == ST_OK;
}

/* One thread of several tells it. */
static void
full_tell(struct failures *f, const struct request *req, int64_t now_ms)
{
	int64_t told = atomic_load(&f->told_ms);

	if ((told != 0 && now_ms - told < TOLD_MS) ||
	    !atomic_compare_exchange_strong(&f->told_ms, &told, now_ms))
		return;
	log_line(LOG_WARNING, req->id,
	    "failed log-ins from more addresses, or of more accounts, than "
	    "there is room for are being counted: until the first of them are "
	    "forgotten (AUTH_FAILURES_TIME, LOGIN_FAILURES_TIME) each process "
	    "counts further ones by itself");
}

/* Whom the store has no room for is not to be let off for that. */
void
failures_count(
    struct failures *f, struct request *req, struct cache_op *ops, size_t n)
{
	bool shared = failures_run(f, req, ops, n);
	int64_t now_ms = clock_boot_ms();

	for (size_t i = 0; i < n; i++) {
		struct cache_op *one[] = { &ops[i] };

		if (shared &&
		    (ops[i].status == ST_OK || ops[i].status == ST_REFUSED))
			continue;
		if (shared && ops[i].status == ST_FULL)
			full_tell(f, req, now_ms);
		fallback_count(f->fallback, one, 1, now_ms);
	}
}

void
failures_look(struct failures *f, struct cache_op *op)
{
	fallback_look(f->fallback, op, clock_boot_ms());
}
