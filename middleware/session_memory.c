#include "middleware/session_memory.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/hash.h"

#define SETS 1024u
#define WAYS 4u

struct memory_slot {
	uint64_t hash;
	char *p; /* the token's id, and behind it the bytes; NULL: free */
	uint32_t id_bytes;
	uint32_t bytes;
	uint64_t used; /* tick of the last use */
};

struct session_memory {
	pthread_mutex_t lock;
	uint64_t tick;
	struct memory_slot slots[SETS][WAYS];
};

struct session_memory *
session_memory_new(void)
{
	struct session_memory *m = calloc(1, sizeof(*m));

	if (m == NULL)
		abort();
	(void)pthread_mutex_init(&m->lock, NULL);
	return m;
}

void
session_memory_free(struct session_memory *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < SETS; i++) {
		for (size_t k = 0; k < WAYS; k++)
			free(m->slots[i][k].p);
	}
	(void)pthread_mutex_destroy(&m->lock);
	free(m);
}

static bool
slot_has(const struct memory_slot *slot, uint64_t hash, struct str id)
{
	return slot->p != NULL && slot->hash == hash &&
	       str_eq(str_make(slot->p, slot->id_bytes), id);
}

/* The token's slot, else the one to put it into. */
static struct memory_slot *
slot_of(struct session_memory *m, uint64_t hash, struct str id)
{
	struct memory_slot *set = m->slots[hash % SETS];
	struct memory_slot *oldest = &set[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (slot_has(&set[i], hash, id))
			return &set[i];
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	return oldest;
}

bool
session_memory_get(struct session_memory *m, struct arena *arena,
    struct str token_id, struct str *bytes)
{
	uint64_t hash = hash_str(token_id);
	struct memory_slot *slot;
	bool found;

	(void)pthread_mutex_lock(&m->lock);
	slot = slot_of(m, hash, token_id);
	found = slot_has(slot, hash, token_id);
	if (found) {
		slot->used = ++m->tick;
		*bytes = arena_dup(
		    arena, str_make(slot->p + slot->id_bytes, slot->bytes));
	}
	(void)pthread_mutex_unlock(&m->lock);
	return found;
}

static void
slot_fill(struct memory_slot *slot, struct str id, struct str bytes)
{
	free(slot->p);
	slot->p = malloc(id.n + bytes.n + 1);
	if (slot->p == NULL)
		abort();
	memcpy(slot->p, id.p, id.n);
	memcpy(slot->p + id.n, bytes.p, bytes.n);
	slot->id_bytes = (uint32_t)id.n;
	slot->bytes = (uint32_t)bytes.n;
}

void
session_memory_put(
    struct session_memory *m, struct str token_id, struct str bytes)
{
	uint64_t hash = hash_str(token_id);
	struct memory_slot *slot;

	if (bytes.n == 0 || bytes.n > SESSION_MEMORY_BYTES_MAX)
		return;
	(void)pthread_mutex_lock(&m->lock);
	slot = slot_of(m, hash, token_id);
	slot_fill(slot, token_id, bytes);
	slot->hash = hash;
	slot->used = ++m->tick;
	(void)pthread_mutex_unlock(&m->lock);
}
