#include "drivers/cache/memcached_probe.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "app/base/str.h"
#include "drivers/cache/memcached_address.h"

#define ANSWER_MS 1000 /* after which one that is silent is asked anew */

/* "version" of the binary protocol: a header alone, with no body. */
static const char binary_version[24] = { '\x80', '\x0b' };

void
memcached_probe_init(struct memcached_probe *probe, bool binary)
{
	*probe = (struct memcached_probe){ .fd = -1, .binary = binary };
}

void
memcached_probe_end(struct memcached_probe *probe)
{
	if (probe->fd >= 0)
		(void)close(probe->fd);
	probe->fd = -1;
	probe->sent = false;
}

/* The next one tries the next address. */
static enum memcached_sign
away(struct memcached_probe *probe)
{
	memcached_probe_end(probe);
	probe->address++;
	return MEMCACHED_AWAY;
}

static enum memcached_sign
begin(struct memcached_probe *probe,
    const struct memcached_addresses *addresses, int64_t now_ms)
{
	const struct memcached_address *a;

	probe->address %= addresses->n;
	a = &addresses->list[probe->address];
	probe->began_ms = now_ms;
	probe->fd = socket(
	    a->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (probe->fd < 0)
		return away(probe);
	if (connect(probe->fd, (const struct sockaddr *)&a->at, a->length) !=
		0 &&
	    errno != EINPROGRESS)
		return away(probe);
	return MEMCACHED_SILENT;
}

static bool
question_send(const struct memcached_probe *probe)
{
	struct str text = probe->binary
			      ? str_make(binary_version, sizeof(binary_version))
			      : STR("version\r\n");

	return send(probe->fd, text.p, text.n, MSG_NOSIGNAL) == (ssize_t)text.n;
}

static enum memcached_sign
look(struct memcached_probe *probe, short events)
{
	char first;

	if ((events & (POLLERR | POLLNVAL)) != 0)
		return away(probe);
	if ((events & POLLOUT) != 0 && !probe->sent) {
		if (!question_send(probe))
			return away(probe);
		probe->sent = true;
	}
	if ((events & (POLLIN | POLLHUP)) == 0)
		return MEMCACHED_SILENT;
	if (recv(probe->fd, &first, 1, 0) != 1)
		return away(probe);
	memcached_probe_end(probe);
	return MEMCACHED_ANSWERS;
}

enum memcached_sign
memcached_probe_step(struct memcached_probe *probe,
    const struct memcached_addresses *addresses, int64_t now_ms)
{
	struct pollfd p;

	if (addresses->n == 0)
		return MEMCACHED_AWAY;
	if (probe->fd < 0) {
		enum memcached_sign sign = begin(probe, addresses, now_ms);

		if (sign != MEMCACHED_SILENT)
			return sign;
	}
	p = (struct pollfd){ .fd = probe->fd,
		.events = (short)(probe->sent ? POLLIN : POLLIN | POLLOUT) };
	/* An answer counts however late we look: steps may lie far apart. */
	if (poll(&p, 1, 0) > 0)
		return look(probe, p.revents);
	if (now_ms - probe->began_ms > ANSWER_MS)
		return away(probe);
	return MEMCACHED_SILENT;
}
