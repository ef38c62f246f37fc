/*
 * The socket of a handle. libmemcached tells only which port it comes from, so
 * it is looked for among the descriptors of the process.
 */
#ifndef WEIR_CACHE_MEMCACHED_SOCKET_H
#define WEIR_CACHE_MEMCACHED_SOCKET_H

#include <libmemcached/memcached.h>

/* The descriptor of a handle that is connected to its one server, and remains
 * the handle's; -1: it cannot be told, as on a unix socket. */
int memcached_socket_find(const memcached_st *handle);

#endif
