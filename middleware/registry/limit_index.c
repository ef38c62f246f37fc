#include "middleware/registry/limit_index.h"

#include <stdlib.h>

#include "app/base/arena.h"
#include "middleware/registry/snapshot.h"

enum owner_kind {
	OWNER_NONE,
	OWNER_APP,
	OWNER_USER,
	OWNER_ROLE,
	OWNER_SERVICE
};

/* The one thing, of those a limit is about, that the fewest requests have. No
 * padding: its bytes are a key. */
struct owner {
	int64_t kind;
	int64_t id;
};

struct span {
	struct owner owner;
	const struct limit *first;
	size_t n;
};

static struct owner
owner_of(const struct limit *limit)
{
	if (limit->user_id != 0)
		return (struct owner){ OWNER_USER, limit->user_id };
	if (limit->role_id != 0)
		return (struct owner){ OWNER_ROLE, limit->role_id };
	if (limit->app_id != 0)
		return (struct owner){ OWNER_APP, limit->app_id };
	if (limit->service_id != 0)
		return (struct owner){ OWNER_SERVICE, limit->service_id };
	return (struct owner){ OWNER_NONE, 0 };
}

static struct str
owner_key(const struct owner *owner)
{
	return str_make((const char *)owner, sizeof(*owner));
}

static int
number_order(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
limit_order(const void *left, const void *right)
{
	const struct limit *a = left, *b = right;
	struct owner of_a = owner_of(a), of_b = owner_of(b);
	int order = number_order(of_a.kind, of_b.kind);

	if (order == 0)
		order = number_order(of_a.id, of_b.id);
	return order != 0 ? order : number_order(a->id, b->id);
}

static bool
owner_equal(struct owner a, struct owner b)
{
	return a.kind == b.kind && a.id == b.id;
}

void
limit_index_build(struct limit_index *index, struct arena *arena,
    struct limit *limits, size_t n)
{
	struct span *spans = arena_zalloc(arena, (n + 1) * sizeof(*spans));
	struct span *span = NULL;

	qsort(limits, n, sizeof(*limits), limit_order);
	table_init(&index->spans, arena, n);
	index->kinds = 0;
	for (size_t i = 0; i < n; i++) {
		struct owner owner = owner_of(&limits[i]);

		if (span == NULL || !owner_equal(span->owner, owner)) {
			span = span == NULL ? spans : span + 1;
			*span = (struct span){ owner, &limits[i], 0 };
			(void)table_add(
			    &index->spans, owner_key(&span->owner), span);
			index->kinds |= 1u << owner.kind;
		}
		span->n++;
	}
}

static bool
same_or_any(int64_t wanted, int64_t actual)
{
	return actual != 0 && (wanted == 0 || wanted == actual);
}

/* In any case, as databases take names: otherwise another spelling would have
 * a limit of its own. */
static bool
is_at(const struct limit *limit, struct str resource)
{
	if (limit->is_prefix && resource.n > limit->endpoint.n)
		resource.n = limit->endpoint.n;
	return str_eq_nocase(limit->endpoint, resource);
}

static bool
applies(const struct limit *limit, const struct limit_asked *asked)
{
	const struct limit_scope *scope = limit_scope(limit->type);

	if (limit->verb_mask != 0 && (limit->verb_mask & asked->verb) == 0)
		return false;
	return (!scope->app || same_or_any(limit->app_id, asked->app_id)) &&
	       (!scope->user || limit->user_id == asked->user_id) &&
	       (!scope->each_user || asked->user_id != 0) &&
	       (!scope->role || same_or_any(limit->role_id, asked->role_id)) &&
	       (!scope->service ||
		   same_or_any(limit->service_id, asked->service_id)) &&
	       (!scope->endpoint || is_at(limit, asked->resource));
}

static bool
same_level(enum limit_type user, enum limit_type each)
{
	const struct limit_scope *a = limit_scope(user);
	const struct limit_scope *b = limit_scope(each);

	return a->user && b->each_user && a->service == b->service &&
	       a->endpoint == b->endpoint;
}

/* But for the verb; that both apply is known. */
static bool
same_rest(const struct limit *a, const struct limit *b)
{
	return a->type == b->type && a->period == b->period &&
	       a->app_id == b->app_id && a->role_id == b->role_id &&
	       a->service_id == b->service_id && a->is_prefix == b->is_prefix &&
	       str_eq_nocase(a->endpoint, b->endpoint);
}

static bool
outranks(const struct limit *a, const struct limit *b)
{
	if (a->dry_run)
		return false;
	return same_level(a->type, b->type) ||
	       (a->verb_mask != 0 && b->verb_mask == 0 && same_rest(a, b));
}

static void
ranks_set(struct limit_hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n && !hits[i].yields; k++)
			hits[i].yields = outranks(hits[k].limit, hits[i].limit);
	}
}

static const struct span *
span_of(const struct limit_index *index, const struct owner *owner)
{
	if ((index->kinds & 1u << owner->kind) == 0)
		return NULL;
	return table_get(&index->spans, owner_key(owner));
}

size_t
limit_index_find(const struct limit_index *index,
    const struct limit_asked *asked, struct limit_hit *hits, size_t max)
{
	const struct owner owners[] = {
		{ OWNER_NONE, 0 },
		{ OWNER_APP, asked->app_id },
		{ OWNER_USER, asked->user_id },
		{ OWNER_ROLE, asked->role_id },
		{ OWNER_SERVICE, asked->service_id },
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		const struct span *span = span_of(index, &owners[i]);

		for (size_t k = 0; span != NULL && k < span->n; k++) {
			if (!applies(&span->first[k], asked))
				continue;
			if (n < max)
				hits[n] = (struct limit_hit){ &span->first[k],
					false };
			n++;
		}
	}
	ranks_set(hits, n < max ? n : max);
	return n;
}
