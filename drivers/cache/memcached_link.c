#include "drivers/cache/memcached_link.h"

#include <errno.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/str.h"
#include "drivers/cache/memcached_server.h"

#define WAIT_MOST_MS 1000 /* for one answer, however far the deadline */
#define BLAME_MS     50   /* a server silent for so long is away */
#define IDLE_MS      1000 /* after which a connection may have been closed */
#define AWAIT_MS     100
#define KEEP_ALIVE_S 60

void
memcached_link_init(struct memcached_link *link,
    struct memcached_server *server, const struct memcached_login *login)
{
	memset(link, 0, sizeof(*link));
	link->server = server;
	link->login = login;
}

/* Without time to wait: what is under way is given up. */
void
memcached_link_close(struct memcached_link *link)
{
	if (link->handle == NULL)
		return;
	(void)memcached_behavior_set(
	    link->handle, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, 0);
	memcached_result_free(&link->result);
	memcached_free(link->handle);
	link->handle = NULL;
}

/*
 * A server that hangs takes half of what is left, so that the others of the
 * batch, asked at the same time, are heard. False: nothing is left.
 */
static bool
wait_set(struct memcached_link *link)
{
	int64_t left = link->deadline_ms - clock_boot_ms();

	link->wait_ms = left / 2 < WAIT_MOST_MS ? left / 2 : WAIT_MOST_MS;
	if (link->wait_ms > 0)
		return true;
	link->failure = ST_TIMEOUT;
	return false;
}

static void
wait_apply(const struct memcached_link *link)
{
	uint64_t ms = (uint64_t)link->wait_ms;

	(void)memcached_behavior_set(
	    link->handle, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, ms);
	(void)memcached_behavior_set(
	    link->handle, MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, ms);
}

static bool
fail(struct memcached_link *link, enum status st)
{
	link->failure = st;
	return false;
}

/* Ends the connection, and the life of the server when it is to blame. */
static bool
lose(struct memcached_link *link, enum status st, const char *why)
{
	if (why != NULL)
		memcached_server_lost(
		    link->server, link->life, clock_boot_ms(), why);
	memcached_link_close(link);
	return fail(link, st);
}

/* Every option stands before the server is added. */
static bool
handle_set_up(struct memcached_link *link, const char *address)
{
	static const struct {
		memcached_behavior_t flag;
		uint64_t value;
	} list[] = {
		{ MEMCACHED_BEHAVIOR_TCP_NODELAY, 1 },
		{ MEMCACHED_BEHAVIOR_TCP_KEEPALIVE, 1 },
		{ MEMCACHED_BEHAVIOR_TCP_KEEPIDLE, KEEP_ALIVE_S },
		{ MEMCACHED_BEHAVIOR_SUPPORT_CAS, 1 },
		{ MEMCACHED_BEHAVIOR_VERIFY_KEY, 1 },
	};
	memcached_st *h = link->handle;
	uint16_t port = link->server->host.port;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		(void)memcached_behavior_set(h, list[i].flag, list[i].value);
	/* Switches to the binary protocol. */
	if (link->login->user[0] != '\0' &&
	    memcached_set_sasl_auth_data(h, link->login->user,
		link->login->password) != MEMCACHED_SUCCESS)
		return false;
	if (port == 0)
		return memcached_server_add_unix_socket(h, address) ==
		       MEMCACHED_SUCCESS;
	return memcached_server_add(h, address, port) == MEMCACHED_SUCCESS;
}

static const char *
reason_of(const struct memcached_link *link, memcached_return_t rc)
{
	int number = memcached_last_error_errno(link->handle);
	bool login = link->login->user[0] != '\0';

	switch (rc) {
	case MEMCACHED_TIMEOUT:
		return "does not answer";
	case MEMCACHED_AUTH_FAILURE:
	case MEMCACHED_AUTH_PROBLEM:
		return "refuses the log-in: check MEMCACHED_USERNAME and "
		       "MEMCACHED_PASSWORD";
	case MEMCACHED_CONNECTION_FAILURE:
		return "closed the connection";
	case MEMCACHED_ERRNO:
		return number == 0 ? "failed" : strerror(number);
	case MEMCACHED_UNKNOWN_READ_FAILURE:
		return login ? "takes no log-in: check MEMCACHED_USERNAME, or "
			       "start it with -S"
			     : "does not speak memcached's text protocol";
	default:
		return memcached_strerror(link->handle, rc);
	}
}

/* One that wants a log-in waits for more than our greeting. */
static const char *
silence_of(const struct memcached_link *link, memcached_return_t rc)
{
	return rc == MEMCACHED_TIMEOUT && link->login->user[0] == '\0'
		   ? "does not answer (one that was started with -S wants "
		     "MEMCACHED_USERNAME)"
		   : reason_of(link, rc);
}

/* The first round trip: a server that accepts may still hang or refuse us. */
static memcached_return_t
greet(struct memcached_link *link)
{
	memcached_return_t rc = memcached_version(link->handle);
	memcached_return_t why = memcached_last_error(link->handle);

	return rc == MEMCACHED_SUCCESS || why == MEMCACHED_SUCCESS ? rc : why;
}

static memcached_return_t
connect_to(struct memcached_link *link, const char *address)
{
	link->handle = memcached_create(NULL);
	if (link->handle == NULL)
		return MEMCACHED_MEMORY_ALLOCATION_FAILURE;
	(void)memcached_result_create(link->handle, &link->result);
	if (!handle_set_up(link, address))
		return MEMCACHED_INVALID_ARGUMENTS;
	wait_apply(link);
	return greet(link);
}

static bool
connect_anew(struct memcached_link *link)
{
	struct memcached_addresses addresses;
	memcached_return_t rc = MEMCACHED_HOST_LOOKUP_FAILURE;

	link->life = memcached_server_life(link->server);
	if (!memcached_server_addresses(link->server, &addresses))
		return lose(link, ST_UNAVAILABLE, "its name is unknown");
	for (size_t i = 0; i < addresses.n; i++) {
		memcached_link_close(link);
		if (!wait_set(link))
			return false;
		rc = connect_to(link, addresses.list[i].text);
		if (rc == MEMCACHED_SUCCESS) {
			memcached_server_found(link->server, link->life);
			link->heard_ms = clock_boot_ms();
			return true;
		}
	}
	if (link->handle == NULL)
		return fail(link, ST_UNAVAILABLE);
	return lose(link, rc == MEMCACHED_TIMEOUT ? ST_TIMEOUT : ST_UNAVAILABLE,
	    silence_of(link, rc));
}

void
memcached_link_await(struct memcached_link *link)
{
	int64_t now_ms = clock_boot_ms();
	int64_t left = (link->deadline_ms - now_ms) / 2;

	memcached_server_await(
	    link->server, now_ms + (left < AWAIT_MS ? left : AWAIT_MS));
}

bool
memcached_link_ready(struct memcached_link *link)
{
	int64_t now_ms = clock_boot_ms();

	if (!memcached_server_usable(link->server, now_ms)) {
		memcached_link_close(link);
		return fail(link, ST_UNAVAILABLE);
	}
	if (!wait_set(link))
		return false;
	if (link->handle != NULL &&
	    link->life != memcached_server_life(link->server))
		memcached_link_close(link);
	if (link->handle == NULL && !connect_anew(link))
		return false;
	link->unsure = now_ms - link->heard_ms > IDLE_MS;
	return true;
}

bool
memcached_link_begin_read(struct memcached_link *link)
{
	if (!memcached_link_ready(link) || !wait_set(link))
		return false;
	wait_apply(link);
	return true;
}

/* Asks for a value that is of no interest. False: it must be connected anew,
 * or cannot be. */
static bool
is_alive(struct memcached_link *link)
{
	const char *key = "weir";
	size_t length = 4;
	memcached_return_t rc;

	rc = memcached_mget(link->handle, &key, &length, 1);
	while (rc == MEMCACHED_SUCCESS)
		(void)memcached_fetch_result(link->handle, &link->result, &rc);
	return memcached_link_took(link, rc);
}

bool
memcached_link_begin(struct memcached_link *link)
{
	if (!memcached_link_begin_read(link))
		return false;
	if (!link->unsure || is_alive(link))
		return true;
	return link->failure == ST_STALE && memcached_link_begin_read(link);
}

static bool
is_answer(memcached_return_t rc)
{
	switch (rc) {
	case MEMCACHED_SUCCESS:
	case MEMCACHED_END:
	case MEMCACHED_NOTFOUND:
	case MEMCACHED_NOTSTORED:
	case MEMCACHED_DATA_EXISTS:
	case MEMCACHED_E2BIG:
	case MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE:
		return true;
	default:
		return false;
	}
}

/*
 * What a call came to. libmemcached calls a failed read a miss at times, but
 * remembers the failure (its issue 67); and the binary protocol has one word
 * for memory that the server or we lack.
 */
static memcached_return_t
meaning_of(const struct memcached_link *link, memcached_return_t rc)
{
	memcached_return_t last = memcached_last_error(link->handle);

	if (rc != MEMCACHED_SUCCESS && last != MEMCACHED_SUCCESS &&
	    !is_answer(last))
		rc = last;
	if (rc == MEMCACHED_MEMORY_ALLOCATION_FAILURE &&
	    link->login->user[0] != '\0')
		return MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE;
	return rc;
}

/* The server has understood, and says no. */
static bool
is_complaint(memcached_return_t rc)
{
	return rc == MEMCACHED_ERROR || rc == MEMCACHED_CLIENT_ERROR ||
	       rc == MEMCACHED_SERVER_ERROR;
}

bool
memcached_link_took(struct memcached_link *link, memcached_return_t rc)
{
	rc = meaning_of(link, rc);
	if (is_answer(rc)) {
		link->heard_ms = clock_boot_ms();
		link->unsure = false;
		return true;
	}
	if (link->unsure && rc != MEMCACHED_TIMEOUT)
		return lose(link, ST_STALE, NULL);
	if (rc == MEMCACHED_TIMEOUT)
		return lose(link, ST_TIMEOUT,
		    link->wait_ms >= BLAME_MS ? reason_of(link, rc) : NULL);
	return lose(link, ST_UNAVAILABLE,
	    is_complaint(rc) ? NULL : reason_of(link, rc));
}
