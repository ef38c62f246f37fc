#include "drivers/cache/memcached_handle.h"

#include <string.h>

#define KEEP_ALIVE_S 60

static bool
logs_in(const struct memcached_login *login)
{
	return login->user[0] != '\0';
}

static memcached_return_t
server_add(memcached_st *h, const char *address, uint16_t port)
{
	if (port == 0)
		return memcached_server_add_unix_socket(h, address);
	return memcached_server_add(h, address, port);
}

/* Every option stands before the server is added. */
static memcached_return_t
set_up(memcached_st *h, const struct memcached_login *login)
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

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		(void)memcached_behavior_set(h, list[i].flag, list[i].value);
	if (!logs_in(login))
		return MEMCACHED_SUCCESS;
	/* Switches to the binary protocol. */
	return memcached_set_sasl_auth_data(h, login->user, login->password);
}

memcached_st *
memcached_handle_new(
    const struct memcached_login *login, const char *address, uint16_t port)
{
	memcached_st *h = memcached_create(NULL);

	if (h == NULL)
		return NULL;
	if (set_up(h, login) == MEMCACHED_SUCCESS &&
	    server_add(h, address, port) == MEMCACHED_SUCCESS)
		return h;
	memcached_free(h);
	return NULL;
}

void
memcached_handle_free(memcached_st *h)
{
	/* It says "quit", and would wait until that is taken. */
	(void)memcached_behavior_set(h, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, 0);
	memcached_free(h);
}

void
memcached_handle_wait(memcached_st *h, int64_t ms)
{
	(void)memcached_behavior_set(
	    h, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, (uint64_t)ms);
	(void)memcached_behavior_set(
	    h, MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, (uint64_t)ms);
}

memcached_return_t
memcached_handle_greet(memcached_st *h)
{
	const char *key = "weir";
	size_t length = 4;

	return memcached_mget(h, &key, &length, 1);
}

memcached_return_t
memcached_handle_greeted(
    memcached_st *h, memcached_result_st *result, memcached_return_t rc)
{
	memcached_return_t why;

	while (rc == MEMCACHED_SUCCESS)
		(void)memcached_fetch_result(h, result, &rc);
	if (memcached_is_answer(rc))
		rc = MEMCACHED_SUCCESS;
	why = memcached_last_error(h);
	return why == MEMCACHED_SUCCESS || memcached_is_answer(why) ? rc : why;
}

bool
memcached_is_answer(memcached_return_t rc)
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

bool
memcached_is_complaint(memcached_return_t rc)
{
	return rc == MEMCACHED_ERROR || rc == MEMCACHED_CLIENT_ERROR ||
	       rc == MEMCACHED_SERVER_ERROR;
}

/*
 * libmemcached calls a failed read a miss at times, but remembers the failure
 * (its issue 67); and the binary protocol has one word for memory that the
 * server or we lack.
 */
memcached_return_t
memcached_handle_meaning(const memcached_st *h,
    const struct memcached_login *login, memcached_return_t rc)
{
	memcached_return_t last = memcached_last_error(h);

	if (rc != MEMCACHED_SUCCESS && last != MEMCACHED_SUCCESS &&
	    !memcached_is_answer(last))
		rc = last;
	if (rc == MEMCACHED_MEMORY_ALLOCATION_FAILURE && logs_in(login))
		return MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE;
	return rc;
}

const char *
memcached_handle_reason(const memcached_st *h,
    const struct memcached_login *login, memcached_return_t rc)
{
	int number = memcached_last_error_errno(h);

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
		return logs_in(login)
			   ? "takes no log-in: check MEMCACHED_USERNAME, or "
			     "start it with -S"
			   : "does not speak memcached's text protocol";
	default:
		return memcached_strerror(h, rc);
	}
}
