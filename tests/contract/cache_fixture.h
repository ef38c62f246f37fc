/*
 * An empty store in a place of some kind (cache_place.h), and short ways to
 * ask it. Where the kind says so, whatever is asked goes through submit() and
 * reap().
 */
#ifndef WEIR_TESTS_CACHE_FIXTURE_H
#define WEIR_TESTS_CACHE_FIXTURE_H

#include "app/base/arena.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_config.h"
#include "tests/support/stopwatch.h"

#define FIXTURE_MEMORY    (8 << 20)
#define FIXTURE_MAX_VALUE (1 << 20)
#define FIXTURE_SLACK_MS  1200 /* what a busy machine or disk adds */

/* Where the short ways look. Counters are all of one shard. */
extern const struct cache_space fixture_space;

struct place;
struct place_kind;

struct fixture {
	const struct cache_driver *driver;
	struct cache_config config;
	struct place *place; /* owned */
	struct cache *cache; /* NULL: closed */
	struct cache_conn *conn;
	struct arena arena;
};

/* Keys of a list; one may come twice. */
struct keys {
	struct str *v;
	size_t n;
};

/* Starts an empty store and connects; asserts that it can. */
void fixture_open(struct fixture *f, const struct place_kind *kind);

/* Disconnects, stops the store and removes its place. */
void fixture_close(struct fixture *f);

/* Connects to the store that another process has started in the folder. */
void fixture_join(
    struct fixture *f, const struct place_kind *kind, const char *folder);
void fixture_leave(struct fixture *f);

/* Closes the store as the last user does, and opens it again; the place stays
 * as it is. */
void fixture_part(struct fixture *f);
void fixture_meet(struct fixture *f);

/* Another connection of this process. */
struct cache_conn *fixture_connect(struct fixture *f);

/* An assertion that may be made in any thread: cmocka tells only those of its
 * own. */
#define assert_anywhere(x) fixture_assert((x), #x, __FILE__, __LINE__)
void fixture_assert(bool true_, const char *words, const char *file, int line);

/* That not much more than `ms` have passed since began_ms, by stopwatch_ms().
 */
#define assert_soon(began_ms, ms)                                              \
	assert_anywhere(stopwatch_ms() - (began_ms) <= (ms) + FIXTURE_SLACK_MS)

/* A deadline so far away that only a hang would meet it. */
int64_t fixture_deadline(void);

/* Runs a batch as the kind of place says; what exec() returns. */
enum status fixture_exec(struct fixture *f, struct cache_conn *conn,
    struct cache_op *const *ops, size_t n, int64_t deadline_ms);

/*
 * Runs a batch within `ms` from now; asserts that it took not much longer, and
 * that each operation has a status that fits what is returned.
 */
enum status fixture_try(struct fixture *f, struct cache_conn *conn,
    struct cache_op *ops, size_t n, int64_t ms);

/* Waits until the store answers, with all its servers; asserts that it does
 * within the two seconds that one which was away may take. */
void fixture_recover(struct fixture *f);

/* Runs a batch; asserts that the store did. */
void run(struct fixture *f, struct cache_op *ops, size_t n);
void run_on(
    struct fixture *f, struct cache_conn *conn, struct cache_op *ops, size_t n);

/* One operation each. */
enum status set(
    struct fixture *f, struct str key, struct str value, uint32_t ttl);
enum status add(
    struct fixture *f, struct str key, struct str value, uint32_t ttl);
enum status get(struct fixture *f, struct str key, struct str *value);
enum status del(struct fixture *f, struct str key);
enum status pull(struct fixture *f, struct str key, struct str *value);
enum status touch(struct fixture *f, struct str key, uint32_t ttl);
enum status count(
    struct fixture *f, struct str key, uint32_t limit, uint32_t ttl);

/* Flushes a space, or gathers all keys of it that begin so by pages of `limit`
 * keys, in the arena; asserts that the store does so. */
void flush(struct fixture *f, const struct cache_space *space);
struct keys list(struct fixture *f, const struct cache_space *space,
    struct str prefix, size_t limit);

/* What a GET through the connection says of the store's life. */
void incarnation_of(
    struct fixture *f, struct cache_conn *conn, uint8_t out[INCARNATION_BYTES]);

/* Waits until the key has no value any more; asserts that this happens. */
void wait_for_expiry(struct fixture *f, struct str key);

/* Asserts that the key has this value. */
void assert_value(struct fixture *f, struct str key, struct str value);

/* n bytes that differ by seed, in the arena. */
struct str bytes(struct fixture *f, size_t n, uint32_t seed);

#endif
