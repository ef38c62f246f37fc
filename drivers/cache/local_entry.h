/*
 * How one value lies in LMDB. An entry is found by a keyed 64-bit hash of its
 * key; the key itself is stored and compared, so two keys of one hash only
 * displace each other. Data larger than a page is cut into parts of exactly
 * one page each: LMDB then never has to find pages in a row, and a store that
 * is nearly full cannot fail for lack of them.
 *
 * All calls return 0, MDB_NOTFOUND where that is said, or another of LMDB's
 * errors, after which the transaction must be aborted.
 */
#ifndef WEIR_CACHE_LOCAL_ENTRY_H
#define WEIR_CACHE_LOCAL_ENTRY_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

#define ENTRY_NAME_BYTES 8

struct arena;
struct local_store;

/* A transaction of the caller's, and what all work in it needs. */
struct values {
	const struct local_store *store;
	MDB_txn *txn;
	int64_t now_ms; /* clock_boot_ms() */
};

/* What stands before the key and the value, in the file. */
struct entry_head {
	int64_t expiry_ms; /* clock_boot_ms() time, 0 = never */
	uint32_t value_n;
	uint16_t key_n;
	uint16_t zero;
};

/* An entry as it lies in the file; ends with the next write. */
struct entry {
	uint64_t hash;
	struct entry_head head;
	MDB_val data; /* head, key, and the value or its first part */
};

/* Big-endian, so that LMDB's order is that of the numbers. */
void entry_name(uint64_t hash, uint8_t name[ENTRY_NAME_BYTES]);

/* Fills *out with what LMDB found; 0, or MDB_CORRUPTED. */
int entry_read(const struct local_store *store, uint64_t hash,
    const MDB_val *data, struct entry *out);

/* The hash in an entry's name; false when it is none. */
bool entry_hash(const MDB_val *name, uint64_t *hash);

bool entry_expired(const struct entry *e, int64_t now_ms);

/* Whether it is of that space; *key, without the space, ends with the entry. */
bool entry_in(const struct entry *e, struct str space, struct str *key);

/* Spares the entry at least `rounds` times in eviction. */
void entry_mark(const struct local_store *store, uint64_t hash, uint8_t rounds);

/* Takes one of them away; false when there was none. */
bool entry_unmark(const struct local_store *store, uint64_t hash);

/* Whatever entry has the hash, expired or not; or MDB_NOTFOUND. */
int entry_at(const struct values *v, uint64_t hash, struct entry *out);

/* The live entry of that very key; or MDB_NOTFOUND. */
int entry_of(
    const struct values *v, uint64_t hash, struct str key, struct entry *out);

/* Copies the whole value into the arena. */
int entry_value(const struct values *v, const struct entry *e,
    struct arena *arena, struct str *out);

/* Stores a value in place of whatever entry has the hash. */
int entry_put(const struct values *v, uint64_t hash, struct str key,
    struct str value, int64_t expiry_ms);

/* Gives an entry that was found another expiry. */
int entry_touch(const struct values *v, struct entry *e, int64_t expiry_ms);

/* Removes the entry and its parts; or MDB_NOTFOUND. */
int entry_drop(const struct values *v, uint64_t hash);

/* Pages a value fills beside the one that holds its entry. */
uint32_t entry_parts(
    const struct local_store *store, size_t key_n, size_t value_n);

#endif
