#include "drivers/cache/redis_muster.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "drivers/cache/redis_ask.h"
#include "drivers/cache/redis_cluster.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_redirect.h"

#define ANSWER_BYTES 16384

/* A line of CLUSTER NODES: "ID ADDRESS FLAGS MASTER PING PONG EPOCH LINK SLOT
 * ...". */
struct row {
	struct str id;
	struct str address; /* "HOST:PORT@PORT", and maybe ",NAME" */
	struct str flags;
	struct str slots;
};

static struct row
row_cut(struct str *text)
{
	struct str words = str_cut(text, '\n');
	struct row row;

	row.id = str_cut(&words, ' ');
	row.address = str_cut(&words, ' ');
	row.flags = str_cut(&words, ' ');
	for (int i = 0; i < 5; i++)
		(void)str_cut(&words, ' ');
	row.slots = str_trim(words);
	return row;
}

/* The node with this id takes keys. */
static void
receives(struct redis_cluster *cluster, struct str nodes, struct str id,
    const struct redis_host *asked)
{
	struct redis_member *member;
	struct redis_host host;
	struct row row;

	do {
		row = row_cut(&nodes);
	} while (nodes.p != NULL && !str_eq(row.id, id));
	if (!str_eq(row.id, id) ||
	    !redis_address_read(str_cut(&row.address, '@'), asked, &host))
		return;
	(void)str_cut(&row.address, ',');
	if (row.address.n > 0)
		(void)redis_host_make(row.address, host.port, &host);
	member = redis_members_at(&cluster->members, &host);
	if (member == NULL)
		return;
	redis_member_name(member, id);
	member->receives = true;
}

/* "FIRST-LAST" or "SLOT": how many, and whether the map gives all of them to
 * the member. */
static bool
range_read(const struct redis_cluster *cluster,
    const struct redis_member *member, struct str range, size_t *n)
{
	struct str head = str_cut(&range, '-');
	uint64_t first;
	uint64_t last;

	if (!str_to_u64(head, &first))
		return false;
	last = first;
	if (range.p != NULL && !str_to_u64(range, &last))
		return false;
	for (; first <= last && last < REDIS_SLOTS; first++, (*n)++)
		if (redis_cluster_serves(cluster, (uint16_t)first) != member)
			return false;
	return first > last;
}

static size_t
slots_of(const struct redis_cluster *cluster, const struct redis_member *member)
{
	size_t n = 0;

	for (uint16_t slot = 0; slot < REDIS_SLOTS; slot++)
		n += redis_cluster_serves(cluster, slot) == member;
	return n;
}

/* What a member says; its own row speaks of it, "[SLOT->-ID]" and "[SLOT-<-ID]"
 * of slots that it gives away or gets. */
static void
answer_take(
    struct redis_member *member, struct str nodes, struct redis_muster *out)
{
	struct redis_cluster *cluster = member->cluster;
	struct str rest = nodes;
	struct row row;
	size_t n = 0;

	do {
		row = row_cut(&rest);
	} while (rest.p != NULL && !str_starts(row.flags, STR("myself")));
	while (row.slots.n > 0) {
		struct str word = str_cut(&row.slots, ' ');
		size_t to = str_find(word, '>');

		if (word.n > 0 && word.p[0] != '[') {
			if (!range_read(cluster, member, word, &n))
				out->agree = false;
			continue;
		}
		out->moves = true;
		if (to + 3 < word.n)
			receives(cluster, nodes,
			    str_make(word.p + to + 2, word.n - to - 3),
			    &member->host);
	}
	if (n != slots_of(cluster, member))
		out->agree = false;
}

static enum status
member_call(struct redis_member *member, int64_t deadline_ms,
    struct redis_muster *out, struct error *err)
{
	struct cache_conn *conn = member->cluster->conn;
	struct redis_ask ask;
	struct arena arena;
	enum status st;

	conn->asked = redis_member_node(member);
	arena_init(&arena, ANSWER_BYTES);
	st = redis_ask_begin(&ask, conn, &arena, deadline_ms, err);
	if (st == ST_OK) {
		redis_put_head(redis_ask_out(&ask), 2);
		redis_put(redis_ask_out(&ask), STR("CLUSTER"));
		redis_put(redis_ask_out(&ask), STR("NODES"));
		redis_ask_sent(&ask);
		st = redis_ask_finish(&ask, err);
	}
	if (st == ST_OK)
		st = redis_ask_expect(
		    &ask, 0, REDIS_STRING, "CLUSTER NODES", err);
	if (st == ST_OK)
		answer_take(member, ask.answers[0].text, out);
	arena_close(&arena);
	return st;
}

enum status
redis_muster_call(struct cache_conn *conn, int64_t deadline_ms,
    struct redis_muster *out, struct error *err)
{
	struct redis_members *members = &conn->cluster->members;
	uint64_t map = conn->cluster->map;
	struct redis_member *member;
	enum status st = ST_OK;
	uint64_t rank = 0;

	*out = (struct redis_muster){ .agree = true };
	for (size_t i = 0; i < members->n; i++)
		if (members->all[i] != NULL)
			members->all[i]->receives = false;
	while (st == ST_OK &&
	       (member = redis_members_from(members, rank)) != NULL) {
		rank = member->rank + 1;
		st = member_call(member, deadline_ms, out, err);
	}
	if (map != conn->cluster->map)
		out->agree = false; /* some have spoken of another one */
	return st;
}
