/*
 * Internet addresses, and lists of networks of them, as operators and proxies
 * write them. An IPv4 address and the IPv6 address that it is mapped to are the
 * same address.
 */
#ifndef WEIR_BASE_NETWORK_H
#define WEIR_BASE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

struct arena;

#define ADDRESS_BYTES 16

/* Of IPv6, or an IPv4 address as it is mapped; or no address at all, but
 * whoever calls on a unix socket. */
struct address {
	uint8_t byte[ADDRESS_BYTES];
	bool local;
};

/* Those that share their first bits with one address. */
struct network {
	struct address first;
	unsigned bits; /* 0 to 128, of the address as it is mapped */
};

struct networks {
	struct network *list; /* in the arena it was read into */
	size_t n;
};

/*
 * Reads "192.0.2.1", "2001:db8::1", each also with a port as "192.0.2.1:80" and
 * "[2001:db8::1]:80", or "unix:" and what begins so. False when it is none; a
 * name is none.
 */
bool address_read(struct str text, struct address *out);

bool address_is_ipv4(const struct address *a);

/* In its shortest form: "192.0.2.1", "2001:db8::1", "unix:". */
struct str address_text(struct arena *arena, const struct address *a);

/*
 * Reads a list with commas between: addresses, networks as "10.0.0.0/8", and
 * "unix". Blanks around them count for nothing, and the empty list is none.
 * False when something in it is none of these.
 */
bool networks_read(struct arena *arena, struct str text, struct networks *out);

/* The same, only whether it can be read: an option's check. */
bool networks_check(struct str text);

/* An IPv4 address is in no network of IPv6, not even ::/0. */
bool networks_hold(const struct networks *networks, const struct address *a);

#endif
