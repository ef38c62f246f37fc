#include "middleware/store.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "app/base/buf.h"
#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_config.h"
#include "drivers/db/db.h"

struct held {
	struct store store; /* first: callers know only this */
	atomic_uint owners;
	unsigned refs; /* owners and connections; guarded by the lock */
	uint8_t identity[DIGEST_BYTES]; /* of driver and config */
	struct store_table *table;
	struct held *next;
};

struct store_table {
	pthread_mutex_t lock; /* guards list and refs */
	struct held *list;
	atomic_uint epoch;
};

struct store_table *
store_table_new(void)
{
	struct store_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		abort();
	(void)pthread_mutex_init(&table->lock, NULL);
	return table;
}

void
store_table_free(struct store_table *table)
{
	if (table == NULL)
		return;
	assert(table->list == NULL);
	(void)pthread_mutex_destroy(&table->lock);
	free(table);
}

/* Texts hold no NUL, so it ends each of them. */
static void
text_add(struct buf *out, const char *text)
{
	buf_put(out, str_of(text == NULL ? "" : text));
	buf_put_char(out, '\0');
}

static void
number_add(struct buf *out, int64_t number)
{
	buf_put_i64(out, number);
	buf_put_char(out, '\0');
}

static void
db_add(struct buf *out, const struct db_config *db)
{
	text_add(out, db->driver);
	text_add(out, db->database);
	text_add(out, db->host);
	number_add(out, db->port);
	text_add(out, db->socket);
	text_add(out, db->username);
	text_add(out, db->password);
	number_add(out, (int64_t)db->tls);
	text_add(out, db->tls_ca);
}

/* All of a config that tells one store from another. */
static void
config_add(struct buf *out, const struct cache_config *c)
{
	const char *const texts[] = { c->prefix, c->path, c->hosts, c->socket,
		c->username, c->password, c->tls_ca, c->sentinels,
		c->sentinel_master, c->sentinel_username, c->sentinel_password,
		c->table };
	const int64_t numbers[] = { c->max_value, c->timeout_ms, c->bytes,
		c->port, c->database, c->cluster, c->tls, c->tls_verify,
		c->sentinel_port };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		text_add(out, texts[i]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		number_add(out, numbers[i]);
	if (c->db != NULL)
		db_add(out, c->db);
}

static void
identify(const struct cache_driver *driver, const struct cache_config *config,
    uint8_t out[DIGEST_BYTES])
{
	struct buf text = { 0 };

	text_add(&text, driver->name);
	config_add(&text, config);
	digest(buf_str(&text), out);
	secret_wipe(text.p, text.n); /* it holds passwords */
	buf_free(&text);
}

/* The lock is held, so a store that is found cannot end meanwhile. */
static struct held *
find(struct store_table *table, const uint8_t identity[DIGEST_BYTES])
{
	struct held *h = table->list;

	while (h != NULL && memcmp(h->identity, identity, DIGEST_BYTES) != 0)
		h = h->next;
	return h;
}

static enum status
open_new(struct store_table *table, const struct cache_driver *driver,
    const struct cache_config *config, struct held **out, struct error *err)
{
	struct held *h = calloc(1, sizeof(*h));
	enum status st;

	if (h == NULL)
		abort();
	st = driver->open(config, &h->store.cache, err);
	if (st != ST_OK) {
		free(h);
		return st;
	}
	h->store.driver = driver;
	h->table = table;
	atomic_init(&h->owners, 0);
	h->next = table->list;
	table->list = h;
	*out = h;
	return ST_OK;
}

enum status
store_take(struct store_table *table, const struct cache_driver *driver,
    const struct cache_config *config, struct store **out, struct error *err)
{
	uint8_t identity[DIGEST_BYTES];
	struct held *h;
	enum status st = ST_OK;

	identify(driver, config, identity);
	(void)pthread_mutex_lock(&table->lock);
	h = find(table, identity);
	if (h == NULL)
		st = open_new(table, driver, config, &h, err);
	if (st == ST_OK) {
		memcpy(h->identity, identity, DIGEST_BYTES);
		(void)atomic_fetch_add(&h->owners, 1);
		h->refs++;
		*out = &h->store;
	}
	(void)pthread_mutex_unlock(&table->lock);
	return st;
}

struct store *
store_ref(struct store *store)
{
	struct held *h = (struct held *)store;

	(void)pthread_mutex_lock(&h->table->lock);
	h->refs++;
	(void)pthread_mutex_unlock(&h->table->lock);
	return store;
}

static void
unlink_held(struct store_table *table, const struct held *h)
{
	struct held **at = &table->list;

	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
}

/* Ends under the lock: two openings of one file must not overlap. */
static void
let_go(struct held *h)
{
	if (--h->refs > 0)
		return;
	unlink_held(h->table, h);
	h->store.driver->close(h->store.cache);
	free(h);
}

void
store_unref(struct store *store)
{
	struct held *h = (struct held *)store;
	struct store_table *table = h->table;

	(void)pthread_mutex_lock(&table->lock);
	let_go(h);
	(void)pthread_mutex_unlock(&table->lock);
}

void
store_give(struct store *store)
{
	struct held *h = (struct held *)store;
	struct store_table *table = h->table;

	(void)pthread_mutex_lock(&table->lock);
	if (atomic_fetch_sub(&h->owners, 1) == 1)
		(void)atomic_fetch_add(&table->epoch, 1);
	let_go(h);
	(void)pthread_mutex_unlock(&table->lock);
}

bool
store_is_retired(const struct store *store)
{
	const struct held *h = (const struct held *)store;

	return atomic_load(&h->owners) == 0;
}

unsigned
store_table_epoch(const struct store_table *table)
{
	return atomic_load_explicit(&table->epoch, memory_order_relaxed);
}

size_t
store_table_list(struct store_table *table, struct store **out, size_t max)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&table->lock);
	for (struct held *h = table->list; h != NULL && n < max; h = h->next) {
		h->refs++;
		out[n++] = &h->store;
	}
	(void)pthread_mutex_unlock(&table->lock);
	return n;
}
