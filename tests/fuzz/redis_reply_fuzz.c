/* Whatever a server says is read alike in one piece and in many, and no answer
 * is larger than its bounds. */
#include <string.h>

#include "app/base/arena.h"
#include "drivers/cache/redis_redirect.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_share.h"
#include "drivers/cache/redis_slot.h"
#include "tests/fuzz/fuzz.h"

#define MOST    256
#define ITEMS   262144u
#define LINE    65536u
#define ANSWERS 64

struct answers {
	struct redis_reply list[ANSWERS];
	size_t n;
	enum status status; /* of what stands behind them */
};

static void
read_answers(
    struct redis_reader *reader, struct arena *arena, struct answers *out)
{
	while (out->status == ST_MISSING && out->n < ANSWERS) {
		out->status =
		    redis_reader_next(reader, arena, &out->list[out->n]);
		if (out->status != ST_OK)
			return;
		out->n++;
		out->status = ST_MISSING;
	}
}

static void
read_pieces(
    struct str bytes, size_t piece, struct arena *arena, struct answers *out)
{
	struct redis_reader *reader = redis_reader_new(MOST);

	*out = (struct answers){ .status = ST_MISSING };
	for (size_t i = 0; i < bytes.n && out->status == ST_MISSING;
	     i += piece) {
		size_t n = bytes.n - i < piece ? bytes.n - i : piece;

		HOLDS(redis_reader_feed(reader, bytes.p + i, n) == ST_OK);
		read_answers(reader, arena, out);
	}
	redis_reader_free(reader);
}

static void
compare(const struct redis_reply *a, const struct redis_reply *b)
{
	HOLDS(a->type == b->type && a->integer == b->integer);
	HOLDS(str_eq(a->text, b->text) && a->n == b->n);
	HOLDS(a->text.n <= 2 * LINE && a->n <= ITEMS);
	HOLDS(a->type != REDIS_STRING || a->text.n <= MOST);
	for (size_t i = 0; i < a->n; i++)
		compare(&a->items[i], &b->items[i]);
}

/* As the word of a node of a cluster. */
static void
obey(const struct redis_reply *reply)
{
	const struct redis_host asked = { .name = "asked", .port = 1 };
	struct redis_target target = { .slot = 0 };
	struct redis_share share;

	(void)redis_redirect_of(reply, &asked, &target);
	HOLDS(target.slot < REDIS_SLOTS);
	if (redis_share_read(reply, &asked, &share))
		HOLDS(share.first <= share.last && share.last < REDIS_SLOTS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answers whole;
	struct answers pieces;
	struct arena arena;
	struct str bytes;

	if (size < 2)
		return 0;
	arena_init(&arena, 65536);
	bytes = str_make((const char *)data + 1, size - 1);
	read_pieces(bytes, bytes.n, &arena, &whole);
	read_pieces(bytes, 1 + data[0] % 16u, &arena, &pieces);
	HOLDS(whole.n == pieces.n);
	HOLDS(whole.status == pieces.status);
	for (size_t i = 0; i < whole.n; i++)
		compare(&whole.list[i], &pieces.list[i]);
	for (size_t i = 0; i < whole.n; i++)
		obey(&whole.list[i]);
	arena_close(&arena);
	return 0;
}
