#include "tests/support/stub_store.h"

#include "app/base/arena.h"

static struct stub *current;

void
stub_init(struct stub *stub)
{
	*stub = (struct stub){ .status = ST_OK };
	(void)sem_init(&stub->begun, 0, 0);
	(void)sem_init(&stub->go_on, 0, 0);
	current = stub;
}

void
stub_end(struct stub *stub)
{
	(void)sem_destroy(&stub->begun);
	(void)sem_destroy(&stub->go_on);
	current = NULL;
}

static enum status
stub_open(
    const struct cache_config *config, struct cache **out, struct error *err)
{
	(void)config;
	(void)err;
	current->opened++;
	if (atomic_load(&current->opening)) {
		(void)sem_post(&current->begun);
		(void)sem_wait(&current->go_on);
	}
	*out = (struct cache *)(void *)current;
	return ST_OK;
}

static void
stub_close(struct cache *cache)
{
	((struct stub *)(void *)cache)->closed++;
}

static enum status
stub_connect(struct cache *cache, struct cache_conn **out, struct error *err)
{
	(void)err;
	((struct stub *)(void *)cache)->connected++;
	*out = (struct cache_conn *)(void *)cache;
	return ST_OK;
}

static void
stub_disconnect(struct cache_conn *conn)
{
	((struct stub *)(void *)conn)->connected--;
}

/* Every key has itself as its value; counts are the key's length. */
static void
answer(struct cache_op *op, enum status st)
{
	op->status = st;
	op->incarnation[0] = 7;
	if (op->kind == CACHE_GET)
		op->value = arena_dup(op->arena, op->key);
	op->count = (uint32_t)op->key.n;
}

static enum status
stub_exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	struct stub *stub = (struct stub *)(void *)conn;
	size_t i = atomic_fetch_add(&stub->n_batches, 1);
	enum status st = atomic_load(&stub->status);

	(void)deadline_ms;
	if (i < STUB_BATCHES_MAX)
		stub->batch[i] = n;
	(void)sem_post(&stub->begun);
	if (atomic_load(&stub->waits))
		(void)sem_wait(&stub->go_on);
	for (size_t k = 0; k < n; k++)
		answer(ops[k], st);
	return st;
}

const struct cache_driver stub_driver = {
	.name = "stub",
	.room = CACHE_THREAD,
	.open = stub_open,
	.close = stub_close,
	.connect = stub_connect,
	.disconnect = stub_disconnect,
	.exec = stub_exec,
};
