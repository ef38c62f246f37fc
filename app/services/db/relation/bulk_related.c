/*
 * What is related to the records that a batch answers with: read for all of
 * them at once. What is to be deleted is shown as it was before.
 */
#include "app/services/db/relation/preload.h"
#include "app/services/db/write/bulk.h"
#include "app/services/db/write/write.h"
#include "middleware/request.h"

#define NOT_SHOWN SIZE_MAX

/* One that cannot be shown fails again when it is to be deleted. */
static enum status
all_show(struct bulk *b, struct error *err)
{
	struct arena *arena = b->call->req->arena;

	b->shown = arena_alloc(arena, b->n * sizeof(b->shown[0]));
	for (size_t i = 0; i < b->n; i++) {
		struct buf text = buf_in(arena);
		struct error why = { .text = "" };
		size_t row = b->preload->n;
		enum status st = item_show(b, i, &text, &why);

		b->shown[i] = st == ST_OK ? row : NOT_SHOWN;
		if (st != ST_OK && st != ST_DENIED && !write_may_go_on(st))
			return error_set(err, st, "%s", why.text);
	}
	return preload_fetch(b->preload, b->call, err);
}

enum status
bulk_related_begin(struct bulk *b, struct error *err)
{
	struct arena *arena = b->call->req->arena;

	b->preload = preload_open(arena, &b->query);
	b->n_marks = 0;
	if (b->preload == NULL)
		return ST_OK;
	b->marks = arena_alloc(arena, b->n * sizeof(b->marks[0]));
	return b->item == item_delete ? all_show(b, err) : ST_OK;
}

void
bulk_related_mark(struct bulk *b, size_t i, size_t from)
{
	size_t row;

	if (b->preload == NULL)
		return;
	row = b->item == item_delete ? b->shown[i] : b->preload->n - 1;
	if (row != NOT_SHOWN)
		b->marks[b->n_marks++] =
		    (struct bulk_mark){ from, b->results.list.n - from, row };
}

/* The text of the results once more, with fuller records in it. */
enum status
bulk_related_show(struct bulk *b, struct error *err)
{
	struct buf list = buf_in(b->call->req->arena);
	struct str old = buf_str(&b->results.list);
	enum status st = ST_OK;
	size_t at = 0;

	if (b->preload == NULL)
		return ST_OK;
	if (b->item != item_delete)
		st = preload_fetch(b->preload, b->call, err);
	for (size_t i = 0; i < b->n_marks && st == ST_OK; i++) {
		const struct bulk_mark *mark = &b->marks[i];

		buf_put(&list, str_make(old.p + at, mark->from - at));
		st = preload_put(b->preload, mark->row, &list);
		at = mark->from + mark->n;
	}
	buf_put(&list, str_skip(old, at));
	b->results.list = list;
	return st;
}
