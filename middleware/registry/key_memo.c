#include "middleware/registry/key_memo.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/secret.h"
#include "middleware/registry/snapshot.h"

#define SLOTS 256u

struct slot {
	uint8_t mark[SECRET_MARK_BYTES];
	const struct app_key *found; /* NULL: the slot is empty */
};

struct key_memo {
	uint8_t secret[SECRET_MARK_BYTES];
	const struct snapshot *snapshot;
	struct slot slots[SLOTS];
};

struct key_memo *
key_memo_new(void)
{
	struct key_memo *memo = calloc(1, sizeof(*memo));

	if (memo == NULL)
		abort();
	secret_random(memo->secret, sizeof(memo->secret));
	return memo;
}

void
key_memo_free(struct key_memo *memo)
{
	free(memo);
}

void
key_memo_turn(struct key_memo *memo, const struct snapshot *snapshot)
{
	if (memo->snapshot == snapshot)
		return;
	memset(memo->slots, 0, sizeof(memo->slots));
	memo->snapshot = snapshot;
}

/* What names nothing is not kept: strangers could push out what does. */
const struct app_key *
key_memo_find(struct key_memo *memo, struct str key)
{
	uint8_t mark[SECRET_MARK_BYTES];
	const struct app_key *found;
	struct slot *slot;

	secret_mark(memo->secret, key, mark);
	slot = &memo->slots[mark[0] % SLOTS];
	if (slot->found != NULL && secret_equal(slot->mark, mark, sizeof(mark)))
		return slot->found;
	found = snapshot_key(memo->snapshot, key);
	if (found != NULL) {
		memcpy(slot->mark, mark, sizeof(mark));
		slot->found = found;
	}
	return found;
}
