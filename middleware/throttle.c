#include "middleware/throttle.h"

#include "app/base/clock.h"
#include "app/base/settings.h"
#include "middleware/failures.h"
#include "middleware/request.h"

/* What a log-in is counted by. */
enum { BY_ACCOUNT, BY_ADDRESS, WAYS };

struct names {
	int first; /* BY_ADDRESS: there is no account */
	struct str counter[WAYS];
	struct str bar[WAYS]; /* a value that stands while no more may fail */
	uint32_t limit[WAYS];
};

static struct str
lower(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.n + 1);

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return str_make(out, text.n);
}

static void
names_make(const struct request *req, struct str account, struct names *out)
{
	struct arena *arena = req->arena;
	struct str who = str_trim(lower(arena, account));
	struct str where = failures_place(req);

	*out = (struct names){
		.first = str_is_null(account) ? BY_ADDRESS : BY_ACCOUNT,
		.counter = { failures_name(arena, "a", who),
		    failures_name(arena, "h", where) },
		.bar = { failures_name(arena, "ba", who),
		    failures_name(arena, "bh", where) },
		.limit = { (uint32_t)req->settings->login_failures,
		    (uint32_t)req->settings->login_failures_host },
	};
}

static struct cache_op
op_of(const struct request *req, enum cache_kind kind, struct str name)
{
	return failures_op(
	    req, kind, name, (uint32_t)req->settings->login_failures_time);
}

static void
counts_make(const struct request *req, const struct names *names,
    struct cache_op ops[WAYS])
{
	for (int i = names->first; i < WAYS; i++) {
		ops[i] = op_of(req, CACHE_COUNT, names->counter[i]);
		ops[i].limit = names->limit[i];
	}
}

/* The time that a bar names, when it stands, and that is the latest so far. */
static void
bar_read(const struct cache_op *op, int64_t now_ms, int64_t *wait)
{
	int64_t until_ms;
	int64_t left;

	if (op->status != ST_OK || !str_to_i64(op->value, &until_ms))
		return;
	left = (until_ms - now_ms + 999) / 1000;
	if (left > *wait)
		*wait = left;
}

static bool
allows_here(struct failures *f, const struct request *req,
    const struct names *names, int64_t *wait)
{
	struct cache_op ops[WAYS];

	counts_make(req, names, ops);
	for (int i = names->first; i < WAYS; i++) {
		failures_look(f, &ops[i]);
		if (ops[i].status == ST_REFUSED &&
		    (ops[i].reset_ms + 999) / 1000 > *wait)
			*wait = (ops[i].reset_ms + 999) / 1000;
	}
	return *wait == 0;
}

bool
throttle_allows(
    struct failures *f, struct request *req, struct str account, int64_t *wait)
{
	struct cache_op ops[WAYS];
	struct names names;

	*wait = 0;
	names_make(req, account, &names);
	for (int i = names.first; i < WAYS; i++)
		ops[i] = op_of(req, CACHE_GET, names.bar[i]);
	if (!failures_run(
		f, req, ops + names.first, (size_t)(WAYS - names.first)))
		return allows_here(f, req, &names, wait);
	for (int i = names.first; i < WAYS; i++)
		bar_read(&ops[i], clock_boot_ms(), wait);
	return *wait == 0;
}

/* What is used up gets its bar, until the window ends. */
static void
bars_put(struct failures *f, struct request *req, const struct names *names,
    const struct cache_op counts[WAYS])
{
	struct cache_op ops[WAYS];
	size_t n = 0;

	for (int i = names->first; i < WAYS; i++) {
		int64_t until_ms;

		if (counts[i].count < counts[i].limit)
			continue;
		ops[n] = op_of(req, CACHE_SET, names->bar[i]);
		ops[n].ttl = (uint32_t)((counts[i].reset_ms + 999) / 1000);
		until_ms = clock_boot_ms() + counts[i].reset_ms;
		ops[n].value =
		    arena_printf(req->arena, "%lld", (long long)until_ms);
		if (ops[n].ttl > 0)
			n++;
	}
	if (n > 0)
		(void)failures_run(
		    f, req, ops, n); /* else the next failure does */
}

void
throttle_failed(struct failures *f, struct request *req, struct str account)
{
	struct cache_op ops[WAYS];
	struct names names;

	names_make(req, account, &names);
	counts_make(req, &names, ops);
	failures_count(f, req, ops + names.first, (size_t)(WAYS - names.first));
	bars_put(f, req, &names, ops);
}

void
throttle_passed(struct failures *f, struct request *req, struct str account)
{
	struct cache_op op;
	struct names names;

	names_make(req, account, &names);
	op = op_of(req, CACHE_DEL, names.counter[BY_ACCOUNT]);
	op.counter = true;
	(void)failures_run(f, req, &op, 1); /* else its window ends by itself */
}
