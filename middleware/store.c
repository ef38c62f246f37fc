#include "middleware/store.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "app/base/buf.h"
#include "app/base/cond.h"
#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_config.h"
#include "drivers/db/db.h"

#define LOOK_MS 1000 /* glibc may lose a wake-up (its bug 25847) */

struct held {
	struct store store; /* first: callers know only this */
	atomic_uint owners;
	/* The lock guards these two. */
	unsigned refs; /* owners and connections */
	bool busy;     /* a driver opens or closes it: it is nobody's */
	uint8_t identity[DIGEST_BYTES]; /* of driver and config */
	struct store_table *table;
	struct held *next;
};

struct store_table {
	pthread_mutex_t lock; /* guards the list; never held by a driver */
	pthread_cond_t settled;
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
	cond_open(&table->settled);
	return table;
}

void
store_table_free(struct store_table *table)
{
	if (table == NULL)
		return;
	assert(table->list == NULL);
	(void)pthread_cond_destroy(&table->settled);
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

static void
unlink_held(struct store_table *table, const struct held *h)
{
	struct held **at = &table->list;

	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
}

/* The lock is held: nobody is at work on the store any more. */
static void
settle(struct store_table *table, struct held *h, bool gone)
{
	h->busy = false;
	if (gone) {
		unlink_held(table, h);
		free(h);
	}
	(void)pthread_cond_broadcast(&table->settled);
}

/* Waits for who opens or closes that store; the lock is held. A store that is
 * settled, or NULL. */
static struct held *
find_settled(struct store_table *table, const uint8_t identity[DIGEST_BYTES])
{
	struct held *h;

	while ((h = find(table, identity)) != NULL && h->busy) {
		struct timespec look = cond_after(LOOK_MS);

		(void)cond_wait_until(&table->settled, &table->lock, &look);
	}
	return h;
}

static struct held *
place_new(struct store_table *table, const struct cache_driver *driver,
    const uint8_t identity[DIGEST_BYTES])
{
	struct held *h = calloc(1, sizeof(*h));

	if (h == NULL)
		abort();
	h->store.driver = driver;
	h->table = table;
	h->busy = true;
	memcpy(h->identity, identity, DIGEST_BYTES);
	atomic_init(&h->owners, 0);
	h->next = table->list;
	table->list = h;
	return h;
}

/* A driver may take its time: the lock, which is held, is let go meanwhile. */
static enum status
open_new(struct store_table *table, struct held *h,
    const struct cache_config *config, struct error *err)
{
	enum status st;

	(void)pthread_mutex_unlock(&table->lock);
	st = h->store.driver->open(config, &h->store.cache, err);
	(void)pthread_mutex_lock(&table->lock);
	settle(table, h, st != ST_OK);
	return st;
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
	h = find_settled(table, identity);
	if (h == NULL) {
		h = place_new(table, driver, identity);
		st = open_new(table, h, config, err);
	}
	if (st == ST_OK) {
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

/* The lock is held, but while the driver closes. Until it has, nobody may open
 * the same store: two openings of one file must not overlap. */
static void
let_go(struct held *h)
{
	struct store_table *table = h->table;

	if (--h->refs > 0)
		return;
	h->busy = true;
	(void)pthread_mutex_unlock(&table->lock);
	h->store.driver->close(h->store.cache);
	(void)pthread_mutex_lock(&table->lock);
	settle(table, h, true);
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

struct store **
store_table_list(struct store_table *table, size_t *n)
{
	struct store **list;
	size_t most = 0;

	*n = 0;
	(void)pthread_mutex_lock(&table->lock);
	for (const struct held *h = table->list; h != NULL; h = h->next)
		most++;
	list = calloc(most + 1, sizeof(struct store *));
	if (list == NULL)
		abort();
	for (struct held *h = table->list; h != NULL; h = h->next) {
		if (h->busy)
			continue;
		h->refs++;
		list[(*n)++] = &h->store;
	}
	(void)pthread_mutex_unlock(&table->lock);
	return list;
}
