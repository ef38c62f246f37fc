#include "app/services/db/read_hosts.h"

#include "app/base/arena.h"
#include "app/base/host.h"

static enum status
host_take(struct arena *arena, struct str text, int port, struct read_host *out,
    struct error *err)
{
	struct str name;
	int64_t at = port;

	if (!host_read(text, &name, &at))
		return error_set(err, ST_INVALID,
		    "read_hosts: \"%.*s\" is no HOST or HOST:PORT",
		    STR_ARG(text));
	out->name = arena_dup(arena, name).p;
	out->port = (int)at;
	return ST_OK;
}

enum status
read_hosts_read(struct arena *arena, struct str text, int port,
    struct read_hosts *out, struct error *err)
{
	enum status st = ST_OK;

	out->n = 0;
	if (str_trim(text).n == 0)
		return ST_OK;
	while (st == ST_OK && !str_is_null(text)) {
		if (out->n == READ_HOSTS_MAX)
			return error_set(err, ST_INVALID,
			    "read_hosts: more than %d hosts are named",
			    READ_HOSTS_MAX);
		st = host_take(arena, str_cut(&text, ','), port,
		    &out->list[out->n++], err);
	}
	return st;
}
