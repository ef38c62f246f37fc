/*
 * The arithmetic of cache_window.c in Lua: the first part of a script, which
 * the one of redis_pace.c goes on from. It defines, by the time `now`, in ms:
 *
 *	open(o)                  the window of a counter, moved on to now; each
 *	                         is read once, and put into `list`
 *	look(w, o)               its count, and milliseconds
 *	add(w, o)                counts one, which has room
 *	back(w, o)               takes back what was counted with o.m
 *	lock(w, o), clear(w, o)  closes it, ends it
 *	write(w)                 keeps it
 *
 * An operation o: key; a, its algorithm; ttl, ms; quota; step, a part in ms or
 * a gap in us. A window w is that of cache_window.h, by letters: e end_ms, n
 * count, l locked, m mark, p the newest of its parts, k how many older ones are
 * in the text r; s: it was settled; d: it is to be written; was: when its key
 * expires.
 */
#ifndef WEIR_CACHE_REDIS_WINDOW_H
#define WEIR_CACHE_REDIS_WINDOW_H

#include "app/base/str.h"

extern const struct str redis_window;

#endif
