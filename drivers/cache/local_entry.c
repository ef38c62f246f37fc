#include "drivers/cache/local_entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/arena.h"
#include "drivers/cache/local_name.h"
#include "drivers/cache/local_store.h"

#define PART_BYTES 12 /* name of a part: the entry's, and its number */

/* A name, and LMDB's view of it. */
struct name {
	uint8_t bytes[PART_BYTES];
	MDB_val key;
};

static void
bytes_put(uint8_t *to, uint64_t value, size_t n)
{
	while (n > 0) {
		to[--n] = (uint8_t)value;
		value >>= 8;
	}
}

static MDB_val *
name_of_entry(struct name *name, uint64_t hash)
{
	bytes_put(name->bytes, hash, ENTRY_NAME_BYTES);
	name->key = (MDB_val){ ENTRY_NAME_BYTES, name->bytes };
	return &name->key;
}

static MDB_val *
name_of_part(struct name *name, uint64_t hash, uint32_t number)
{
	bytes_put(name->bytes, hash, ENTRY_NAME_BYTES);
	bytes_put(name->bytes + ENTRY_NAME_BYTES, number, sizeof(number));
	name->key = (MDB_val){ PART_BYTES, name->bytes };
	return &name->key;
}

void
entry_name(uint64_t hash, uint8_t name[ENTRY_NAME_BYTES])
{
	bytes_put(name, hash, ENTRY_NAME_BYTES);
}

bool
entry_hash(const MDB_val *name, uint64_t *hash)
{
	const uint8_t *p = name->mv_data;

	if (name->mv_size != ENTRY_NAME_BYTES)
		return false;
	*hash = 0;
	for (int i = 0; i < ENTRY_NAME_BYTES; i++)
		*hash = *hash << 8 | p[i];
	return true;
}

/* Bytes of a value that stand in the entry itself, behind the key. */
static size_t
first_bytes(const struct local_store *store, size_t key_n, size_t value_n)
{
	size_t room = store->chunk_bytes - sizeof(struct entry_head) - key_n;

	return value_n < room ? value_n : room;
}

uint32_t
entry_parts(const struct local_store *store, size_t key_n, size_t value_n)
{
	size_t rest = value_n - first_bytes(store, key_n, value_n);

	return (uint32_t)((rest + store->chunk_bytes - 1) / store->chunk_bytes);
}

int
entry_read(const struct local_store *store, uint64_t hash, const MDB_val *data,
    struct entry *out)
{
	struct entry_head *head = &out->head;
	size_t first;

	if (data->mv_size < sizeof(*head))
		return MDB_CORRUPTED;
	memcpy(head, data->mv_data, sizeof(*head));
	if (head->key_n > LOCAL_NAME_MAX ||
	    head->value_n > store->state->memory)
		return MDB_CORRUPTED;
	first = first_bytes(store, head->key_n, head->value_n);
	if (data->mv_size != sizeof(*head) + head->key_n + first)
		return MDB_CORRUPTED;
	out->hash = hash;
	out->data = *data;
	return 0;
}

bool
entry_expired(const struct entry *e, int64_t now_ms)
{
	return e->head.expiry_ms != 0 && e->head.expiry_ms <= now_ms;
}

static struct str
entry_stored(const struct entry *e)
{
	const char *stored = e->data.mv_data;

	return str_make(stored + sizeof(e->head), e->head.key_n);
}

bool
entry_in(const struct entry *e, struct str space, struct str *key)
{
	return local_name_in(entry_stored(e), space, key);
}

static _Atomic uint8_t *
mark_of(const struct local_store *store, uint64_t hash)
{
	return &store->state->seen[hash & (store->state->seen_count - 1)];
}

void
entry_mark(const struct local_store *store, uint64_t hash, uint8_t rounds)
{
	_Atomic uint8_t *mark = mark_of(store, hash);

	/* Most are set: do not take the cache line from other processors. */
	if (atomic_load_explicit(mark, memory_order_relaxed) < rounds)
		atomic_store_explicit(mark, rounds, memory_order_relaxed);
}

bool
entry_unmark(const struct local_store *store, uint64_t hash)
{
	_Atomic uint8_t *mark = mark_of(store, hash);

	uint8_t rounds = atomic_load_explicit(mark, memory_order_relaxed);

	if (rounds == 0)
		return false;
	atomic_store_explicit(
	    mark, (uint8_t)(rounds - 1), memory_order_relaxed);
	return true;
}

int
entry_at(const struct values *v, uint64_t hash, struct entry *out)
{
	struct name name;
	MDB_val data;
	int rc = mdb_get(
	    v->txn, v->store->entries, name_of_entry(&name, hash), &data);

	return rc == 0 ? entry_read(v->store, hash, &data, out) : rc;
}

int
entry_of(
    const struct values *v, uint64_t hash, struct str key, struct entry *out)
{
	int rc = entry_at(v, hash, out);

	if (rc != 0)
		return rc;
	if (!str_eq(entry_stored(out), key) || entry_expired(out, v->now_ms))
		return MDB_NOTFOUND;
	return 0;
}

/* All parts of a value, one behind the other. */
static int
parts_read(const struct values *v, uint64_t hash, char *to, size_t n)
{
	struct name name;
	MDB_val *key = name_of_part(&name, hash, 0);
	MDB_val data;
	MDB_cursor *cursor;
	int rc = mdb_cursor_open(v->txn, v->store->parts, &cursor);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(cursor, key, &data, MDB_SET);
	while (rc == 0 && data.mv_size <= n) {
		memcpy(to, data.mv_data, data.mv_size);
		to += data.mv_size;
		n -= data.mv_size;
		if (n == 0)
			break;
		rc = mdb_cursor_get(cursor, key, &data, MDB_NEXT);
	}
	mdb_cursor_close(cursor);
	return n == 0 ? 0 : MDB_CORRUPTED;
}

int
entry_value(const struct values *v, const struct entry *e, struct arena *arena,
    struct str *out)
{
	size_t skip = sizeof(e->head) + e->head.key_n;
	size_t first = e->data.mv_size - skip;
	char *to = arena_alloc(arena, e->head.value_n);

	memcpy(to, (const char *)e->data.mv_data + skip, first);
	*out = str_make(to, e->head.value_n);
	if (first == out->n)
		return 0;
	return parts_read(v, e->hash, to + first, out->n - first);
}

/* Removes parts from..to. */
static int
parts_drop(const struct values *v, uint64_t hash, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		struct name name;
		int rc = mdb_del(v->txn, v->store->parts,
		    name_of_part(&name, hash, i), NULL);

		if (rc != 0)
			return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
	}
	return 0;
}

static int
parts_put(const struct values *v, uint64_t hash, struct str rest)
{
	for (uint32_t i = 0; rest.n > 0; i++) {
		size_t n = rest.n < v->store->chunk_bytes
			       ? rest.n
			       : v->store->chunk_bytes;
		MDB_val data = { n, (void *)(uintptr_t)rest.p };
		struct name name;
		int rc = mdb_put(v->txn, v->store->parts,
		    name_of_part(&name, hash, i), &data, 0);

		if (rc != 0)
			return rc;
		rest = str_skip(rest, n);
	}
	return 0;
}

/* The entry itself, with the first bytes of its value. */
static int
head_put(const struct values *v, uint64_t hash, const struct entry_head *head,
    struct str key, struct str first)
{
	struct name name;
	MDB_val data = { sizeof(*head) + key.n + first.n, NULL };
	char *to;
	int rc = mdb_put(v->txn, v->store->entries, name_of_entry(&name, hash),
	    &data, MDB_RESERVE);

	if (rc != 0)
		return rc;
	to = data.mv_data;
	memcpy(to, head, sizeof(*head));
	memcpy(to + sizeof(*head), key.p, key.n);
	if (first.n > 0)
		memcpy(to + sizeof(*head) + key.n, first.p, first.n);
	return 0;
}

int
entry_put(const struct values *v, uint64_t hash, struct str key,
    struct str value, int64_t expiry_ms)
{
	const struct entry_head head = {
		.expiry_ms = expiry_ms,
		.value_n = (uint32_t)value.n,
		.key_n = (uint16_t)key.n,
	};
	size_t first = first_bytes(v->store, key.n, value.n);
	uint32_t after = entry_parts(v->store, key.n, value.n);
	uint32_t before = 0;
	struct entry old;
	int rc = entry_at(v, hash, &old);

	if (rc == 0)
		before =
		    entry_parts(v->store, old.head.key_n, old.head.value_n);
	else if (rc != MDB_NOTFOUND)
		return rc;
	rc = head_put(v, hash, &head, key, str_make(value.p, first));
	if (rc == 0)
		rc = parts_put(v, hash, str_skip(value, first));
	return rc == 0 ? parts_drop(v, hash, after, before) : rc;
}

int
entry_touch(const struct values *v, struct entry *e, int64_t expiry_ms)
{
	struct name name;
	/* LMDB may move the page from under the data as it makes it dirty. */
	char *copy = malloc(e->data.mv_size);
	int rc;

	if (copy == NULL)
		return ENOMEM;
	e->head.expiry_ms = expiry_ms;
	memcpy(copy, e->data.mv_data, e->data.mv_size);
	memcpy(copy, &e->head, sizeof(e->head));
	e->data.mv_data = copy;
	rc = mdb_put(v->txn, v->store->entries, name_of_entry(&name, e->hash),
	    &e->data, 0);
	free(copy);
	return rc;
}

int
entry_drop(const struct values *v, uint64_t hash)
{
	struct entry e;
	struct name name;
	int rc = entry_at(v, hash, &e);

	if (rc == 0)
		rc = mdb_del(v->txn, v->store->entries,
		    name_of_entry(&name, hash), NULL);
	if (rc != 0)
		return rc;
	return parts_drop(
	    v, hash, 0, entry_parts(v->store, e.head.key_n, e.head.value_n));
}
