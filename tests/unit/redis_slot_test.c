/* Where keys lie in a cluster, and what its nodes say of that. */
#include "drivers/cache/redis_slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/buf.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_name.h"
#include "drivers/cache/redis_redirect.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_share.h"

static const struct redis_host asked = { .name = "10.0.0.1", .port = 7000 };

/* As CLUSTER KEYSLOT says. */
static void
slots_are_those_of_redis(void **state)
{
	static const struct {
		const char *name;
		uint16_t slot;
	} cases[] = {
		{ "", 0 },
		{ "123456789", 12739 },
		{ "foo", 12182 },
		{ "{user1000}.following", 3443 },
		{ "{user1000}.followers", 3443 },
		{ "foo{}{bar}", 8363 },
		{ "foo{{bar}}zap", 4015 },
		{ "{bar", 4015 },
		{ "foo{bar}{zap}", 5061 },
		{ "bar", 5061 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    redis_slot_of(str_of(cases[i].name)), cases[i].slot);
}

static uint16_t
slot_of(struct str prefix, struct cache_op op)
{
	struct buf name = { 0 };
	uint16_t slot;

	redis_name_append(&name, prefix, &op);
	slot = redis_slot_of(buf_str(&name));
	buf_free(&name);
	return slot;
}

/* Values and counters of a shard lie together, whatever their spaces and keys
 * are; so do counters without a shard. */
static void
a_shard_is_one_slot(void **state)
{
	static const struct cache_space spaces[] = { { { "r", 1 }, false },
		{ { "a-longer.name", 13 }, false } };
	const struct str shard = STR("db-7");
	uint16_t slot = redis_slot_of(shard);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct cache_op op = { .space = &spaces[i],
			.key = i == 0 ? STR("a") : STR("{b}"),
			.shard = shard };

		op.kind = CACHE_GET;
		assert_int_equal(slot_of(STR("weir"), op), slot);
		op.kind = CACHE_COUNT;
		assert_int_equal(slot_of(STR("weir"), op), slot);
		op.shard = STR_NULL;
		assert_int_equal(
		    slot_of(STR("weir"), op), redis_slot_of(STR("#")));
		op.kind = CACHE_GET;
		op.space = &(struct cache_space){ { "open", 4 }, true };
		op.shard = shard;
		assert_int_equal(slot_of(STR("weir"), op),
		    i == 0 ? redis_slot_of(STR("weir:open:a"))
			   : redis_slot_of(STR("b")));
	}
}

static enum redis_redirect
redirect(const char *said, struct redis_target *target)
{
	const struct redis_reply reply = { .type = REDIS_ERROR,
		.text = str_of(said) };

	memset(target, 0, sizeof(*target));
	return redis_redirect_of(&reply, &asked, target);
}

static void
assert_sent(const char *said, uint16_t slot, const char *name, uint16_t port)
{
	struct redis_target target;

	assert_int_equal(
	    redirect(said, &target), said[0] == 'M' ? REDIS_MOVED : REDIS_ASK);
	assert_int_equal(target.slot, slot);
	assert_string_equal(target.host.name, name);
	assert_int_equal(target.host.port, port);
}

static void
redirections_say_where(void **state)
{
	static const char *const none[] = { "", "MOVED", "MOVED 1", "ASK 1 ",
		"MOVED 16384 a:1", "MOVED -1 a:1", "MOVED 1 a",
		"MOVED 1 a:", "MOVED 1 a:0", "MOVED 1 a:65536", "MOVED 1 a b:1",
		"MOVED x a:1", "MOVEDX 1 a:1", "ERR MOVED 1 a:1", "ASK 1 /a:1",
		"ASKING 1 a:1" };
	struct redis_target target;

	(void)state;
	assert_sent("MOVED 3999 127.0.0.1:6381", 3999, "127.0.0.1", 6381);
	assert_sent("ASK 0 node-2.example:1", 0, "node-2.example", 1);
	assert_sent("MOVED 16383 ::1:65535", 16383, "::1", 65535);
	/* It does not know how it is called: as we call it. */
	assert_sent("MOVED 5 :6381", 5, "10.0.0.1", 6381);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(redirect(none[i], &target), REDIS_STAYS);
	assert_int_equal(
	    redirect("TRYAGAIN Multiple keys", &target), REDIS_TRYAGAIN);
	assert_int_equal(
	    redirect("CLUSTERDOWN The cluster is down", &target), REDIS_DOWN);
}

static struct redis_reply
number(int64_t n)
{
	return (struct redis_reply){ .type = REDIS_INTEGER, .integer = n };
}

static struct redis_reply
text(const char *p)
{
	return (struct redis_reply){
		.type = p == NULL ? REDIS_NIL : REDIS_STRING, .text = str_of(p)
	};
}

static struct redis_reply
array(struct redis_reply *items, size_t n)
{
	return (
	    struct redis_reply){ .type = REDIS_ARRAY, .items = items, .n = n };
}

static bool
share(int64_t first, int64_t last, struct redis_reply host, int64_t port,
    struct redis_share *out)
{
	struct redis_reply node[] = { host, number(port), text("id") };
	struct redis_reply row[] = { number(first), number(last),
		array(node, 3), array(node, 3) };
	struct redis_reply reply = array(row, 4);

	return redis_share_read(&reply, &asked, out);
}

static void
shares_name_masters(void **state)
{
	struct redis_share out;

	(void)state;
	assert_true(share(0, 16383, text("a"), 7001, &out));
	assert_int_equal(out.first, 0);
	assert_int_equal(out.last, 16383);
	assert_string_equal(out.host.name, "a");
	assert_int_equal(out.host.port, 7001);
	assert_true(str_eq(out.id, STR("id")));
	assert_true(share(7, 7, text(""), 7001, &out));
	assert_string_equal(out.host.name, asked.name);
	assert_true(share(7, 7, text(NULL), 7001, &out));
	assert_string_equal(out.host.name, asked.name);
}

static void
what_is_no_share_is_none(void **state)
{
	struct redis_reply row[] = { number(0), number(1), text("a") };
	struct redis_reply reply = array(row, 3);
	struct redis_share out;

	(void)state;
	assert_false(share(-1, 5, text("a"), 1, &out));
	assert_false(share(0, 16384, text("a"), 1, &out));
	assert_false(share(6, 5, text("a"), 1, &out));
	assert_false(share(0, 5, text("a"), 0, &out));
	assert_false(share(0, 5, text("a"), 65536, &out));
	assert_false(share(0, 5, text("a b"), 1, &out));
	assert_false(share(0, 5, number(1), 1, &out));
	assert_false(redis_share_read(&reply, &asked, &out));
	reply.n = 2;
	assert_false(redis_share_read(&reply, &asked, &out));
	reply = number(1);
	assert_false(redis_share_read(&reply, &asked, &out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_are_those_of_redis),
		cmocka_unit_test(a_shard_is_one_slot),
		cmocka_unit_test(redirections_say_where),
		cmocka_unit_test(shares_name_masters),
		cmocka_unit_test(what_is_no_share_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
