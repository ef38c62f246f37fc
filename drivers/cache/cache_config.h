/*
 * How to reach a store, and what it may hold. Each driver reads what it needs
 * and ignores the rest. No text is NULL unless that is said; a text that was
 * not given is "".
 */
#ifndef WEIR_CACHE_CONFIG_H
#define WEIR_CACHE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

struct db_config;

struct cache_config {
	const char *prefix; /* before every name in a shared store */
	int64_t max_value;  /* bytes of one value */
	int64_t timeout_ms; /* of setting up a connection, all of it */
	const char *path;   /* local, file: their folder */
	int64_t bytes;      /* local, file: how much they may fill */
	const char *hosts;  /* redis: HOST[:PORT], several with commas for a
			     * cluster; memcached: HOST[:PORT[:WEIGHT]],... */
	int64_t port;       /* where hosts name none */
	const char *socket; /* a unix socket, instead of hosts */
	const char *username;
	const char *password; /* never logged */
	/* redis */
	int64_t database; /* SELECT */
	bool cluster;
	bool tls;
	bool tls_verify;       /* the certificate must name the host */
	const char *tls_ca;    /* file of certificates; "": the system's */
	const char *sentinels; /* HOST[:PORT],...; "": none */
	int64_t sentinel_port; /* where they name none */
	const char *sentinel_master; /* name of the group */
	const char *sentinel_username;
	const char *sentinel_password; /* never logged */
	/* database */
	const struct db_config *db; /* NULL for every other driver */
	const char *table;
};

/* Every text "", every number 0. */
extern const struct cache_config cache_config_none;

#endif
