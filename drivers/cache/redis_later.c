#include "drivers/cache/redis_later.h"

#include <stdlib.h>

#include "drivers/cache/redis_run.h"

void
redis_later_init(struct redis_later *later)
{
	*later = (struct redis_later){ 0 };
	later->tail = &later->first;
}

static void
list_free(struct redis_wait *wait)
{
	while (wait != NULL) {
		struct redis_wait *next = wait->next;

		free(wait);
		wait = next;
	}
}

void
redis_later_free(struct redis_later *later)
{
	list_free(later->first);
	list_free(later->spare);
	redis_later_init(later);
}

static struct redis_wait *
room_take(struct redis_later *later)
{
	struct redis_wait *room = later->spare;

	if (room != NULL) {
		later->spare = room->next;
		return room;
	}
	room = malloc(sizeof(*room));
	if (room == NULL)
		abort();
	return room;
}

void
redis_later_add(struct redis_later *later, const struct redis_wait *wait)
{
	struct redis_wait *copy = room_take(later);

	*copy = *wait;
	copy->next = NULL;
	for (const struct redis_wait *w = later->first; w != NULL; w = w->next)
		if (w->run == copy->run && w->due_ms > copy->due_ms)
			copy->due_ms = w->due_ms;
	copy->run->left++;
	*later->tail = copy;
	later->tail = &copy->next;
}

/* Takes the one that *at points to. */
static void
take(struct redis_later *later, struct redis_wait **at, struct redis_wait *out)
{
	struct redis_wait *wait = *at;

	*at = wait->next;
	if (later->tail == &wait->next)
		later->tail = at;
	*out = *wait;
	wait->next = later->spare;
	later->spare = wait;
}

bool
redis_later_take(
    struct redis_later *later, int64_t now_ms, struct redis_wait *out)
{
	struct redis_wait **at = &later->first;

	while (*at != NULL && (*at)->due_ms > now_ms)
		at = &(*at)->next;
	if (*at == NULL)
		return false;
	take(later, at, out);
	return true;
}

bool
redis_later_take_unmapped(struct redis_later *later, struct redis_wait *out)
{
	struct redis_wait **at = &later->first;

	while (*at != NULL && (*at)->due_ms != REDIS_LATER_MAP)
		at = &(*at)->next;
	if (*at == NULL)
		return false;
	take(later, at, out);
	return true;
}

void
redis_later_mapped(struct redis_later *later)
{
	for (struct redis_wait *w = later->first; w != NULL; w = w->next)
		if (w->due_ms == REDIS_LATER_MAP || w->hasty)
			w->due_ms = 0;
}

bool
redis_later_take_run(struct redis_later *later, const struct redis_run *run,
    struct redis_wait *out)
{
	struct redis_wait **at = &later->first;

	while (*at != NULL && (*at)->run != run)
		at = &(*at)->next;
	if (*at == NULL)
		return false;
	take(later, at, out);
	return true;
}

int64_t
redis_later_due(const struct redis_later *later)
{
	int64_t due_ms = INT64_MAX;

	for (const struct redis_wait *w = later->first; w != NULL; w = w->next)
		if (w->due_ms < due_ms)
			due_ms = w->due_ms;
	return due_ms;
}

bool
redis_later_names(
    const struct redis_later *later, const struct redis_member *member)
{
	const struct redis_wait *w = later->first;

	while (w != NULL && w->member != member)
		w = w->next;
	return w != NULL;
}
