/*
 * API keys that a thread has met lately, so that it need not hash them for the
 * registry again (a keyed BLAKE2b). It holds no key, but keyed marks of
 * them, under a key of its own.
 */
#ifndef WEIR_KEY_MEMO_H
#define WEIR_KEY_MEMO_H

#include "app/base/str.h"

struct app_key;
struct key_memo;
struct snapshot;

struct key_memo *key_memo_new(void);
void key_memo_free(struct key_memo *memo);

/*
 * From here on keys are looked up in this snapshot, which lives until the next
 * is set: what was found in another is forgotten. The next must have been made
 * before this one ends, as in registry_pin().
 */
void key_memo_turn(struct key_memo *memo, const struct snapshot *snapshot);

/* As snapshot_key(), in the snapshot set last. */
const struct app_key *key_memo_find(struct key_memo *memo, struct str key);

#endif
