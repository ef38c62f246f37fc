#include "app/base/table.h"

#include <assert.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/hash.h"

struct table_slot {
	uint64_t hash;
	struct str key;
	void *value;
};

void
table_init(struct table *t, struct arena *arena, size_t n)
{
	size_t slots = 4;

	while (slots < n * 2)
		slots *= 2;
	t->slots = arena_zalloc(arena, slots * sizeof(t->slots[0]));
	t->mask = slots - 1;
	t->count = 0;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct table_slot *
slot_of(const struct table *t, uint64_t hash, struct str key)
{
	size_t i = (size_t)hash & t->mask;

	while (t->slots[i].key.p != NULL) {
		if (t->slots[i].hash == hash && str_eq(t->slots[i].key, key))
			break;
		i = (i + 1) & t->mask;
	}
	return &t->slots[i];
}

bool
table_add(struct table *t, struct str key, void *value)
{
	uint64_t hash = hash_str(key);
	struct table_slot *slot = slot_of(t, hash, key);

	assert(key.p != NULL && t->count < t->mask);
	if (slot->key.p != NULL)
		return false;
	*slot = (struct table_slot){ hash, key, value };
	t->count++;
	return true;
}

void *
table_get(const struct table *t, struct str key)
{
	if (t->slots == NULL)
		return NULL;
	return slot_of(t, hash_str(key), key)->value;
}
