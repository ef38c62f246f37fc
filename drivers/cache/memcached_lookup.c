#include "drivers/cache/memcached_lookup.h"

#include "app/base/arena.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_hosts.h"
#include "drivers/cache/memcached_link.h"

#define RESULT_BYTES 262144 /* the memory for a larger value is given back */

void
memcached_lookups_init(struct memcached_lookups *lookups)
{
	lookups->head = NULL;
	lookups->tail = &lookups->head;
}

void
memcached_lookups_add(
    struct memcached_lookups *lookups, struct memcached_lookup *lookup)
{
	lookup->next = NULL;
	*lookups->tail = lookup;
	lookups->tail = &lookup->next;
}

/* Sends what the link was given; false: it has no answer to expect. */
static bool
send_asked(struct memcached_link *link)
{
	const char *names[MEMCACHED_ASKED_MAX];
	size_t lengths[MEMCACHED_ASKED_MAX];
	memcached_return_t rc;

	for (size_t i = 0; i < link->n_asked; i++) {
		names[i] = link->asked[i]->name.text;
		lengths[i] = link->asked[i]->name.n;
	}
	if (!memcached_link_begin_read(link))
		return false;
	rc = memcached_mget(link->handle, names, lengths, link->n_asked);
	return rc == MEMCACHED_SUCCESS || memcached_link_took(link, rc);
}

static void
lookup_take(struct memcached_lookup *l, const memcached_result_st *result)
{
	l->raw = arena_dup(l->arena, str_make(memcached_result_value(result),
					 memcached_result_length(result)));
	l->flags = memcached_result_flags(result);
	l->cas = memcached_result_cas(result);
	l->status = ST_OK;
}

/* Answers come in the order of the names; whom none comes for is missing.
 * False: this one belongs to nobody. */
static bool
result_take(
    struct memcached_link *link, const memcached_result_st *result, size_t *at)
{
	struct str name = str_make(memcached_result_key_value(result),
	    memcached_result_key_length(result));

	/* It was not refused, since libmemcached counts with an overflow. */
	if (memcached_result_length(result) > link->memory.most)
		return false;
	while (*at < link->n_asked) {
		struct memcached_lookup *l = link->asked[(*at)++];

		if (str_eq(str_make(l->name.text, l->name.n), name)) {
			lookup_take(l, result);
			return true;
		}
	}
	return false;
}

static void
receive_asked(struct memcached_link *link)
{
	memcached_return_t rc = MEMCACHED_SUCCESS;
	size_t largest = 0;
	size_t at = 0;
	bool whole;

	memcached_link_hear(link);
	while (
	    memcached_fetch_result(link->handle, &link->result, &rc) != NULL) {
		if (!result_take(link, &link->result, &at)) {
			rc = MEMCACHED_PROTOCOL_ERROR;
			break;
		}
		if (largest < memcached_result_length(&link->result))
			largest = memcached_result_length(&link->result);
	}
	whole = memcached_link_took(link, rc);
	for (size_t i = 0; i < link->n_asked; i++)
		if (link->asked[i]->status != ST_OK)
			link->asked[i]->status =
			    whole ? ST_MISSING : link->failure;
	if (whole && largest > RESULT_BYTES)
		memcached_link_slim(link);
}

/* As many as one multi-get of each server takes; returns the first left. */
static struct memcached_lookup *
gather(struct cache_conn *conn, struct memcached_lookup *l)
{
	for (size_t i = 0; i < conn->cache->n; i++)
		conn->links[i].n_asked = 0;
	for (; l != NULL; l = l->next) {
		if (l->link->n_asked == MEMCACHED_ASKED_MAX)
			break;
		l->status = ST_MISSING;
		l->link->asked[l->link->n_asked++] = l;
	}
	return l;
}

static void
fail_asked(struct memcached_link *link)
{
	for (size_t i = 0; i < link->n_asked; i++)
		link->asked[i]->status = link->failure;
}

/* Asks all servers before it hears the first. Keeps what a connection that had
 * been closed must be asked again for. */
static void
ask_round(struct cache_conn *conn)
{
	bool sent[MEMCACHED_HOSTS_MAX];
	size_t n = conn->cache->n;

	for (size_t i = 0; i < n; i++) {
		struct memcached_link *link = &conn->links[i];

		link->failure = ST_OK;
		sent[i] = link->n_asked > 0 && send_asked(link);
		if (!sent[i])
			fail_asked(link);
	}
	for (size_t i = 0; i < n; i++) {
		struct memcached_link *link = &conn->links[i];

		if (sent[i])
			receive_asked(link);
		if (link->failure != ST_STALE)
			link->n_asked = 0;
	}
}

void
memcached_lookups_run(
    struct cache_conn *conn, struct memcached_lookups *lookups)
{
	struct memcached_lookup *left = lookups->head;

	while (left != NULL) {
		left = gather(conn, left);
		ask_round(conn);
		ask_round(conn); /* on new connections */
	}
	memcached_lookups_init(lookups);
}

enum status
memcached_lookup_run(struct cache_conn *conn, struct memcached_lookup *lookup)
{
	struct memcached_lookups one;

	memcached_lookups_init(&one);
	memcached_lookups_add(&one, lookup);
	memcached_lookups_run(conn, &one);
	return lookup->status;
}
