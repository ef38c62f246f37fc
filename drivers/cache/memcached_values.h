/* The operations of cache.h upon values, other than GET. */
#ifndef WEIR_CACHE_MEMCACHED_VALUES_H
#define WEIR_CACHE_MEMCACHED_VALUES_H

struct cache_conn;
struct cache_op;

/* Runs one and gives it its status. */
void memcached_value_run(struct cache_conn *conn, struct cache_op *op);

#endif
