#include "drivers/cache/memcached_hosts.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "app/base/str.h"
#include "drivers/cache/cache_config.h"

#define PORT_MAX 65535

static enum status
bad(struct str text, const char *why, struct error *err)
{
	return error_set(
	    err, ST_INVALID, "MEMCACHED_HOST: \"%.*s\" %s", STR_ARG(text), why);
}

static bool
name_holds(struct str name, const char *others)
{
	for (size_t i = 0; i < name.n; i++)
		if (!isalnum((unsigned char)name.p[i]) &&
		    strchr(others, name.p[i]) == NULL)
			return false;
	return name.n > 0 && name.n < MEMCACHED_HOST_NAME_BYTES;
}

/* Cuts the name off *rest, which is then empty or ":PORT[:WEIGHT]". */
static bool
name_cut(struct str *rest, struct memcached_host *out)
{
	bool bracketed = rest->n > 0 && rest->p[0] == '[';
	struct str name;

	if (bracketed)
		*rest = str_skip(*rest, 1);
	name = str_make(rest->p, str_find(*rest, bracketed ? ']' : ':'));
	if (bracketed && name.n == rest->n)
		return false;
	*rest = str_skip(*rest, name.n + (bracketed ? 1 : 0));
	if (!name_holds(name, bracketed ? ":.%" : ".-_"))
		return false;
	memcpy(out->name, name.p, name.n);
	out->name[name.n] = '\0';
	return true;
}

/* A number of 1 to max behind a colon; where there is none, *out stays. */
static bool
number_cut(struct str *rest, uint64_t max, uint64_t *out)
{
	struct str digits;

	if (rest->n == 0)
		return true;
	if (rest->p[0] != ':')
		return false;
	*rest = str_skip(*rest, 1);
	digits = str_make(rest->p, str_find(*rest, ':'));
	*rest = str_skip(*rest, digits.n);
	return str_to_u64(digits, out) && *out >= 1 && *out <= max;
}

static void
label_set(struct memcached_host *host)
{
	bool colons = strchr(host->name, ':') != NULL;

	if (host->port == 0)
		memcpy(host->label, host->name, sizeof(host->name));
	else
		(void)snprintf(host->label, sizeof(host->label), "%s%s%s:%u",
		    colons ? "[" : "", host->name, colons ? "]" : "",
		    (unsigned)host->port);
}

static enum status
host_read(struct str text, uint64_t port, struct memcached_host *out,
    struct error *err)
{
	uint64_t weight = 1;
	struct str rest = text;

	if (!name_cut(&rest, out))
		return bad(text, "is no host name or address", err);
	if (!number_cut(&rest, PORT_MAX, &port))
		return bad(text, "has no port of 1 to 65535", err);
	if (!number_cut(&rest, MEMCACHED_WEIGHT_MAX, &weight))
		return bad(text, "has no weight of 1 to 1000", err);
	if (rest.n > 0)
		return bad(text,
		    "has too many colons: HOST:PORT:WEIGHT, and an IPv6 "
		    "address in brackets",
		    err);
	out->port = (uint16_t)port;
	out->weight = (uint32_t)weight;
	label_set(out);
	return ST_OK;
}

/* One server twice would count twice. */
static bool
is_twice(const struct memcached_hosts *hosts, const struct memcached_host *host)
{
	for (size_t i = 0; i < hosts->n; i++)
		if (strcmp(hosts->list[i].label, host->label) == 0)
			return true;
	return false;
}

static enum status
list_read(const struct cache_config *config, struct memcached_hosts *out,
    struct error *err)
{
	struct str rest = str_of(config->hosts);

	while (rest.p != NULL) {
		struct str text = str_trim(str_cut(&rest, ','));
		struct memcached_host *host = &out->list[out->n];
		enum status st;

		if (out->n == MEMCACHED_HOSTS_MAX)
			return error_set(err, ST_INVALID,
			    "MEMCACHED_HOST: more than %d servers",
			    MEMCACHED_HOSTS_MAX);
		st = host_read(text, (uint64_t)config->port, host, err);
		if (st != ST_OK)
			return st;
		if (is_twice(out, host))
			return bad(text, "is named twice", err);
		out->n++;
	}
	return ST_OK;
}

static enum status
socket_read(const struct cache_config *config, struct memcached_hosts *out,
    struct error *err)
{
	size_t n = strlen(config->socket);

	if (config->socket[0] != '/' ||
	    n >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return error_set(err, ST_INVALID,
		    "MEMCACHED_SOCKET: \"%s\" is no path of a socket that "
		    "begins with / and is at most 107 bytes long",
		    config->socket);
	memcpy(out->list[0].name, config->socket, n + 1);
	out->list[0].weight = 1;
	label_set(&out->list[0]);
	out->n = 1;
	return ST_OK;
}

enum status
memcached_hosts_read(const struct cache_config *config,
    struct memcached_hosts *out, struct error *err)
{
	memset(out, 0, sizeof(*out));
	if (config->socket[0] != '\0')
		return socket_read(config, out, err);
	if (config->port < 1 || config->port > PORT_MAX)
		return error_set(
		    err, ST_INVALID, "MEMCACHED_PORT: must be 1 to 65535");
	return list_read(config, out, err);
}
