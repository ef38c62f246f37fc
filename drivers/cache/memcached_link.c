#include "drivers/cache/memcached_link.h"

#include <string.h>

#include "app/base/clock.h"
#include "app/base/str.h"
#include "drivers/cache/memcached_server.h"
#include "drivers/cache/memcached_socket.h"

#define WAIT_MOST_MS 5000 /* for one answer, however far the deadline */
#define BLAME_MS     50   /* a server silent for so long is away */
#define IDLE_MS      10   /* after which a connection may have been closed */
#define AWAIT_MS     100
/* A value may be as long as memcached takes it by default, though the limit
 * was lowered since; and more than a value lies in a piece of memory. */
#define VALUE_LEAST (1 << 20)
#define PIECE_SPARE (1 << 16)

void
memcached_link_init(struct memcached_link *link,
    struct memcached_server *server, const struct memcached_login *login,
    int64_t max_value)
{
	int64_t most = max_value > VALUE_LEAST ? max_value : VALUE_LEAST;

	memset(link, 0, sizeof(*link));
	link->server = server;
	link->login = login;
	link->memory.most = (size_t)most + PIECE_SPARE;
	socket_watch_open(&link->watch);
}

void
memcached_link_close(struct memcached_link *link)
{
	if (link->handle == NULL)
		return;
	(void)socket_watch_end(&link->watch); /* it ends, shut or not */
	(void)socket_watch_fd(&link->watch, -1);
	memcached_result_free(&link->result);
	memcached_handle_free(link->handle);
	link->handle = NULL;
}

void
memcached_link_end(struct memcached_link *link)
{
	memcached_link_close(link);
	socket_watch_close(&link->watch);
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

/* One that wants a log-in waits for more than our greeting. */
static const char *
silence_of(const struct memcached_link *link, memcached_return_t rc)
{
	return rc == MEMCACHED_TIMEOUT && link->login->user[0] == '\0'
		   ? "does not answer (one that was started with -S wants "
		     "MEMCACHED_USERNAME)"
		   : memcached_handle_reason(link->handle, link->login, rc);
}

/*
 * With memory for a byte: where a server says that a value has 2^64 - 2 bytes,
 * libmemcached thinks that it needs none, and writes behind NULL.
 */
static void
result_open(struct memcached_link *link)
{
	(void)memcached_result_create(link->handle, &link->result);
	(void)memcached_result_set_value(&link->result, "", 1);
}

void
memcached_link_slim(struct memcached_link *link)
{
	memcached_result_free(&link->result);
	result_open(link);
}

/* Hears the answer to the greeting, watched. */
static memcached_return_t
greet(struct memcached_link *link)
{
	memcached_return_t rc = memcached_handle_greet(link->handle);

	if (rc == MEMCACHED_SUCCESS)
		(void)socket_watch_fd(
		    &link->watch, memcached_socket_find(link->handle));
	if (!socket_watch_begin(&link->watch, link->deadline_ms))
		return MEMCACHED_TIMEOUT;
	rc = memcached_handle_greeted(link->handle, &link->result, rc);
	return socket_watch_end(&link->watch) ? rc : MEMCACHED_TIMEOUT;
}

static memcached_return_t
connect_to(struct memcached_link *link, const char *address)
{
	memcached_return_t rc;

	link->handle =
	    memcached_handle_new(link->login, address, link->server->host.port);
	if (link->handle == NULL)
		return MEMCACHED_MEMORY_ALLOCATION_FAILURE;
	rc = memcached_memory_bind(&link->memory, link->handle);
	result_open(link);
	memcached_handle_wait(link->handle, link->wait_ms);
	return rc == MEMCACHED_SUCCESS ? greet(link) : rc;
}

/* To any of its addresses. */
static bool
connect_anew(struct memcached_link *link)
{
	struct memcached_addresses addresses;
	memcached_return_t rc = MEMCACHED_SUCCESS;

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
	memcached_handle_wait(link->handle, link->wait_ms);
	if (socket_watch_begin(&link->watch, link->deadline_ms))
		return true;
	return fail(link, ST_TIMEOUT);
}

/* Asks for a value that is of no interest. False: it must be connected anew,
 * or cannot be. */
static bool
is_alive(struct memcached_link *link)
{
	memcached_return_t rc = memcached_handle_greet(link->handle);

	rc = memcached_handle_greeted(link->handle, &link->result, rc);
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

void
memcached_link_hear(struct memcached_link *link)
{
	int64_t left = link->deadline_ms - clock_boot_ms();

	if (left < link->wait_ms)
		link->wait_ms = left;
}

bool
memcached_link_took(struct memcached_link *link, memcached_return_t rc)
{
	const char *why;

	if (!socket_watch_end(&link->watch))
		return lose(link, ST_TIMEOUT,
		    link->wait_ms >= BLAME_MS ? "is too slow" : NULL);
	/* The rest of what did not fit is still to come. */
	if (link->memory.refused)
		return lose(link, ST_UNAVAILABLE, NULL);
	rc = memcached_handle_meaning(link->handle, link->login, rc);
	if (memcached_is_answer(rc)) {
		link->heard_ms = clock_boot_ms();
		link->unsure = false;
		return true;
	}
	why = memcached_handle_reason(link->handle, link->login, rc);
	if (rc == MEMCACHED_TIMEOUT)
		return lose(
		    link, ST_TIMEOUT, link->wait_ms >= BLAME_MS ? why : NULL);
	if (link->unsure)
		return lose(link, ST_STALE, NULL);
	return lose(
	    link, ST_UNAVAILABLE, memcached_is_complaint(rc) ? NULL : why);
}
