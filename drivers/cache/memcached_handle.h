/*
 * libmemcached's handles: how one is made for one server, and what its answers
 * mean. It sees numeric addresses only: it would wait for a name service.
 */
#ifndef WEIR_CACHE_MEMCACHED_HANDLE_H
#define WEIR_CACHE_MEMCACHED_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include <libmemcached/memcached.h>

/* Who logs in; user "": nobody. */
struct memcached_login {
	char *user;
	char *password;
};

/* Of the server at that address; port 0: the address is a socket's path. NULL:
 * no memory. */
memcached_st *memcached_handle_new(
    const struct memcached_login *login, const char *address, uint16_t port);

/* Closes the connection without waiting; what is under way is given up. */
void memcached_handle_free(memcached_st *handle);

/* How long calls wait from byte to byte, more than 0. */
void memcached_handle_wait(memcached_st *handle, int64_t ms);

/* Connects, and asks for a value that is of no interest: a server that accepts
 * may still hang, or refuse us. */
memcached_return_t memcached_handle_greet(memcached_st *handle);

/* Waits for the answer, when rc is what the greeting came to. */
memcached_return_t memcached_handle_greeted(
    memcached_st *handle, memcached_result_st *result, memcached_return_t rc);

/* What a call came to, whatever it has returned. */
memcached_return_t memcached_handle_meaning(const memcached_st *handle,
    const struct memcached_login *login, memcached_return_t rc);

/* Whether that is an answer, after which the connection is at rest: SUCCESS,
 * END, NOTFOUND, NOTSTORED, DATA_EXISTS, E2BIG, or no memory there. */
bool memcached_is_answer(memcached_return_t rc);

/* The server has understood, and does not do it. */
bool memcached_is_complaint(memcached_return_t rc);

/* What ails a server, for people; lives as long as the handle. */
const char *memcached_handle_reason(const memcached_st *handle,
    const struct memcached_login *login, memcached_return_t rc);

#endif
