#include "middleware/throttle.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/log.h"
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
#define MAPPED_BYTES  12   /* in front of an IPv4 address in one of IPv6 */
#define NETWORK_BYTES 8    /* of an IPv6 address: one customer's */
#define ADDRESS_BYTES 64

static const struct cache_space space_logins = { { "g", 1 }, false };

struct throttle {
	const struct settings *settings;
	struct store_table *table;
	struct fallback *fallback;
	pthread_mutex_t lock; /* while what follows is set */
	bool opened;
	struct store *store; /* NULL: there can be none */
};

/* What a log-in is counted by. */
enum { BY_ACCOUNT, BY_ADDRESS, WAYS };

struct names {
	int first; /* BY_ADDRESS: there is no account */
	struct str counter[WAYS];
	struct str bar[WAYS]; /* a value that stands while no more may fail */
	uint32_t limit[WAYS];
};

struct throttle *
throttle_new(const struct settings *settings, struct store_table *stores)
{
	struct throttle *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	t->settings = settings;
	t->table = stores;
	t->fallback = fallback_new();
	(void)pthread_mutex_init(&t->lock, NULL);
	return t;
}

void
throttle_free(struct throttle *t)
{
	if (t == NULL)
		return;
	if (t->store != NULL)
		store_give(t->store);
	(void)pthread_mutex_destroy(&t->lock);
	fallback_free(t->fallback);
	free(t);
}

static void
store_open(struct throttle *t)
{
	const struct cache_driver *driver = cache_driver_find(STR("local"));
	struct store_config config;
	struct error err = { 0 };
	struct buf path = { 0 };

	store_config_read(t->settings, driver, &config);
	buf_put(&path, str_of(t->settings->cache_path));
	buf_put(&path, str_make(FOLDER, sizeof(FOLDER)));
	config.cache.path = path.p;
	config.cache.bytes = BYTES;
	if (store_take(t->table, driver, &config.cache, &t->store, &err) !=
	    ST_OK) {
		t->store = NULL;
		log_line(LOG_WARNING, STR_NULL,
		    "failed log-ins are counted in this process only: %s",
		    err.text);
	}
	buf_free(&path);
}

static struct store *
store_of(struct throttle *t)
{
	struct store *store;

	(void)pthread_mutex_lock(&t->lock);
	if (!t->opened)
		store_open(t);
	t->opened = true;
	store = t->store;
	(void)pthread_mutex_unlock(&t->lock);
	return store;
}

/* An IPv6 address is the network of one customer, who has as many as he
 * likes; but one that stands for an IPv4 address, as it comes through a socket
 * of both kinds, is that address. */
static struct str
address_of(const struct request *req)
{
	struct str text = req->param[PARAM_REMOTE_ADDR];
	char copy[ADDRESS_BYTES];
	struct in6_addr *address;

	if (text.n == 0 || text.n >= sizeof(copy))
		return text;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	address = arena_alloc(req->arena, sizeof(*address));
	if (inet_pton(AF_INET6, copy, address) != 1)
		return text;
	if (!IN6_IS_ADDR_V4MAPPED(address))
		return str_make((const char *)address, NETWORK_BYTES);
	if (inet_ntop(AF_INET, &address->s6_addr[MAPPED_BYTES], copy,
		sizeof(copy)) == NULL)
		return text;
	return arena_dup(req->arena, str_of(copy));
}

static struct str
lower(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.n + 1);

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return str_make(out, text.n);
}

/* No name and no address stands in the store, only what they lead to. */
static struct str
name_of(struct arena *arena, const char *kind, struct str what)
{
	uint8_t hash[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES];

	digest(what, hash);
	hex_encode(hex, hash, sizeof(hash));
	return arena_printf(arena, "%s:%.*s", kind, (int)sizeof(hex), hex);
}

static void
names_make(const struct request *req, struct str account, struct names *out)
{
	struct arena *arena = req->arena;
	struct str who = str_trim(lower(arena, account));
	struct str where = address_of(req);

	*out = (struct names){
		.first = str_is_null(account) ? BY_ADDRESS : BY_ACCOUNT,
		.counter = { name_of(arena, "a", who),
		    name_of(arena, "h", where) },
		.bar = { name_of(arena, "ba", who),
		    name_of(arena, "bh", where) },
		.limit = { (uint32_t)req->settings->login_failures,
		    (uint32_t)req->settings->login_failures_host },
	};
}

static struct cache_op
op_of(const struct request *req, enum cache_kind kind, struct str key)
{
	return (struct cache_op){ .kind = kind,
		.space = &space_logins,
		.key = key,
		.shard = STR("logins"),
		.arena = req->arena,
		.ttl = (uint32_t)req->settings->login_failures_time };
}

/* False when nobody has done them. */
static bool
run(struct throttle *t, struct request *req, struct cache_op *ops, size_t n)
{
	struct store *store = store_of(t);
	struct cache_op *list[2 * WAYS];
	struct cache_conn *conn = NULL;

	if (store != NULL)
		conn = stores_conn(req->stores, store, NULL);
	for (size_t i = 0; i < n; i++)
		list[i] = &ops[i];
	return conn != NULL && store->driver->exec(conn, list, n,
				   clock_boot_ms() + WAIT_MS) == ST_OK;
}

static void
counts_make(const struct request *req, const struct names *names,
    struct cache_op ops[WAYS])
{
	for (int i = names->first; i < WAYS; i++) {
		ops[i] = op_of(req, CACHE_COUNT, names->counter[i]);
		ops[i].limit = names->limit[i];
	}
}

/* The time that a bar names, when it stands, and that is the latest so far. */
static void
bar_read(const struct cache_op *op, int64_t now_ms, int64_t *wait)
{
	int64_t until_ms;
	int64_t left;

	if (op->status != ST_OK || !str_to_i64(op->value, &until_ms))
		return;
	left = (until_ms - now_ms + 999) / 1000;
	if (left > *wait)
		*wait = left;
}

static bool
allows_here(struct throttle *t, const struct request *req,
    const struct names *names, int64_t *wait)
{
	struct cache_op ops[WAYS];

	counts_make(req, names, ops);
	for (int i = names->first; i < WAYS; i++) {
		fallback_look(t->fallback, &ops[i], clock_boot_ms());
		if (ops[i].status == ST_REFUSED &&
		    (ops[i].reset_ms + 999) / 1000 > *wait)
			*wait = (ops[i].reset_ms + 999) / 1000;
	}
	return *wait == 0;
}

bool
throttle_allows(
    struct throttle *t, struct request *req, struct str account, int64_t *wait)
{
	struct cache_op ops[WAYS];
	struct names names;

	*wait = 0;
	names_make(req, account, &names);
	for (int i = names.first; i < WAYS; i++)
		ops[i] = op_of(req, CACHE_GET, names.bar[i]);
	if (!run(t, req, ops + names.first, (size_t)(WAYS - names.first)))
		return allows_here(t, req, &names, wait);
	for (int i = names.first; i < WAYS; i++)
		bar_read(&ops[i], clock_boot_ms(), wait);
	return *wait == 0;
}

/* What is used up gets its bar, until the window ends. */
static void
bars_put(struct throttle *t, struct request *req, const struct names *names,
    const struct cache_op counts[WAYS])
{
	struct cache_op ops[WAYS];
	size_t n = 0;

	for (int i = names->first; i < WAYS; i++) {
		int64_t until_ms;

		if (counts[i].count < counts[i].limit)
			continue;
		ops[n] = op_of(req, CACHE_SET, names->bar[i]);
		ops[n].ttl = (uint32_t)((counts[i].reset_ms + 999) / 1000);
		until_ms = clock_boot_ms() + counts[i].reset_ms;
		ops[n].value =
		    arena_printf(req->arena, "%lld", (long long)until_ms);
		if (ops[n].ttl > 0)
			n++;
	}
	if (n > 0)
		(void)run(t, req, ops, n); /* else the next failure does */
}

void
throttle_failed(struct throttle *t, struct request *req, struct str account)
{
	struct cache_op ops[WAYS];
	struct names names;

	names_make(req, account, &names);
	counts_make(req, &names, ops);
	if (run(t, req, ops + names.first, (size_t)(WAYS - names.first))) {
		bars_put(t, req, &names, ops);
		return;
	}
	for (int i = names.first; i < WAYS; i++) {
		struct cache_op *one[] = { &ops[i] };

		fallback_count(t->fallback, one, 1, clock_boot_ms());
	}
}

void
throttle_passed(struct throttle *t, struct request *req, struct str account)
{
	struct cache_op op;
	struct names names;

	names_make(req, account, &names);
	op = op_of(req, CACHE_DEL, names.counter[BY_ACCOUNT]);
	op.counter = true;
	(void)run(t, req, &op, 1); /* else its window ends by itself */
}
