#include "drivers/cache/memcached_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "drivers/cache/memcached_hosts.h"

static void
socket_address(
    const struct memcached_host *host, struct memcached_addresses *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t n = strlen(host->name);

	memcpy(un.sun_path, host->name, n + 1); /* memcached_hosts_read: fits */
	memset(out, 0, sizeof(*out));
	memcpy(&out->list[0].at, &un, sizeof(un));
	memcpy(out->list[0].text, host->name, n + 1);
	out->list[0].length = sizeof(un);
	out->n = 1;
}

static bool
address_take(const struct addrinfo *info, struct memcached_address *out)
{
	if (info->ai_addrlen > sizeof(out->at))
		return false;
	memcpy(&out->at, info->ai_addr, info->ai_addrlen);
	out->length = info->ai_addrlen;
	return getnameinfo(info->ai_addr, info->ai_addrlen, out->text,
		   sizeof(out->text), NULL, 0, NI_NUMERICHOST) == 0;
}

enum status
memcached_addresses_find(const struct memcached_host *host,
    struct memcached_addresses *out, struct error *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *all;
	struct memcached_addresses found = { 0 };
	char port[8];
	int rc;

	if (host->port == 0) {
		socket_address(host, out);
		return ST_OK;
	}
	(void)snprintf(port, sizeof(port), "%u", (unsigned)host->port);
	rc = getaddrinfo(host->name, port, &hints, &all);
	if (rc != 0)
		return error_set(err, ST_UNAVAILABLE, "%s", gai_strerror(rc));
	for (const struct addrinfo *i = all;
	     i != NULL && found.n < MEMCACHED_ADDRESSES_MAX; i = i->ai_next)
		if (address_take(i, &found.list[found.n]))
			found.n++;
	freeaddrinfo(all);
	if (found.n == 0)
		return error_set(
		    err, ST_UNAVAILABLE, "the name has no address");
	*out = found;
	return ST_OK;
}

bool
memcached_addresses_change(const struct memcached_host *host)
{
	struct in_addr ip4;

	return host->port != 0 && strchr(host->name, ':') == NULL &&
	       inet_pton(AF_INET, host->name, &ip4) != 1;
}
