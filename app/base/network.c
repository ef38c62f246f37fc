#include "app/base/network.h"

#include <arpa/inet.h>

#include "app/base/arena.h"

#define MAPPED_BYTES 12u /* in front of an IPv4 address */
#define MAPPED_BITS  (8u * MAPPED_BYTES)
#define BITS         (8u * ADDRESS_BYTES)
#define TEXT_BYTES   64u /* more than an address has */

static const uint8_t mapped[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

static bool
ipv4_read(const char *text, struct address *out)
{
	memcpy(out->byte, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, out->byte + MAPPED_BYTES) == 1;
}

/* Without a port. */
static bool
bare_read(struct str text, struct address *out)
{
	char copy[TEXT_BYTES];

	*out = (struct address){ .local = false };
	if (text.n >= sizeof(copy) || str_find(text, '\0') < text.n)
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return ipv4_read(copy, out) ||
	       inet_pton(AF_INET6, copy, out->byte) == 1;
}

static bool
is_port(struct str text)
{
	uint64_t port;

	return text.n <= 5 && str_to_u64(text, &port) && port <= UINT16_MAX;
}

static bool
bracketed_read(struct str text, struct address *out)
{
	struct str inside = str_skip(text, 1);
	struct str behind;

	inside.n = str_find(inside, ']');
	if (inside.n + 2 > text.n)
		return false;
	behind = str_skip(text, inside.n + 2);
	if (behind.n > 0 &&
	    (behind.p[0] != ':' || !is_port(str_skip(behind, 1))))
		return false;
	return bare_read(inside, out) && str_find(inside, ':') < inside.n;
}

bool
address_read(struct str text, struct address *out)
{
	size_t colon = str_find(text, ':');

	if (text.n == 0)
		return false;
	if (str_starts(text, STR("unix:"))) {
		*out = (struct address){ .local = true };
		return true;
	}
	if (text.p[0] == '[')
		return bracketed_read(text, out);
	if (bare_read(text, out))
		return true;
	if (colon == text.n || !is_port(str_skip(text, colon + 1)))
		return false;
	return bare_read(str_make(text.p, colon), out);
}

bool
address_is_ipv4(const struct address *a)
{
	return !a->local && memcmp(a->byte, mapped, sizeof(mapped)) == 0;
}

struct str
address_text(struct arena *arena, const struct address *a)
{
	char text[INET6_ADDRSTRLEN];

	if (a->local)
		return STR("unix:");
	if (address_is_ipv4(a))
		(void)inet_ntop(
		    AF_INET, a->byte + MAPPED_BYTES, text, sizeof(text));
	else
		(void)inet_ntop(AF_INET6, a->byte, text, sizeof(text));
	return arena_dup(arena, str_of(text)); /* there is always room */
}

static bool
network_read(struct str text, struct network *out)
{
	struct str bits = text;
	struct str address = str_cut(&bits, '/');
	unsigned before;
	uint64_t n;

	out->bits = BITS;
	if (str_eq(text, STR("unix"))) {
		out->first = (struct address){ .local = true };
		return true;
	}
	if (!bare_read(address, &out->first))
		return false;
	if (str_is_null(bits))
		return true;
	before =
	    address_is_ipv4(&out->first) && str_find(address, ':') == address.n
		? MAPPED_BITS
		: 0;
	if (bits.n > 3 || !str_to_u64(bits, &n) || n > BITS - before)
		return false;
	out->bits = before + (unsigned)n;
	return true;
}

bool
networks_read(struct arena *arena, struct str text, struct networks *out)
{
	struct str rest = text;
	size_t commas = 0;

	for (size_t i = 0; i < text.n; i++)
		commas += text.p[i] == ',';
	out->list = arena_alloc(arena, (commas + 1) * sizeof(*out->list));
	out->n = 0;
	if (str_trim(text).n == 0)
		return true;
	while (!str_is_null(rest)) {
		if (!network_read(
			str_trim(str_cut(&rest, ',')), &out->list[out->n]))
			return false;
		out->n++;
	}
	return true;
}

bool
networks_check(struct str text)
{
	struct str rest = text;
	struct network network;

	while (text.n > 0 && !str_is_null(rest)) {
		if (!network_read(str_trim(str_cut(&rest, ',')), &network))
			return false;
	}
	return true;
}

static bool
network_holds(const struct network *network, const struct address *a)
{
	const uint8_t *first = network->first.byte;
	size_t whole = network->bits / 8;
	unsigned odd = network->bits % 8;

	if (network->first.local || a->local)
		return network->first.local && a->local;
	if (network->bits < MAPPED_BITS && address_is_ipv4(a))
		return false;
	if (memcmp(first, a->byte, whole) != 0)
		return false;
	return odd == 0 || ((first[whole] ^ a->byte[whole]) >> (8 - odd)) == 0;
}

bool
networks_hold(const struct networks *networks, const struct address *a)
{
	for (size_t i = 0; i < networks->n; i++) {
		if (network_holds(&networks->list[i], a))
			return true;
	}
	return false;
}
