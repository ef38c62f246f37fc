/* Commands that change a user tell the session store of it, as a weir that
 * serves does: so sessions end, or have other rights, at once. */
#ifndef WEIR_COMMANDS_USER_SESSIONS_H
#define WEIR_COMMANDS_USER_SESSIONS_H

#include <stdint.h>

#include "app/base/status.h"
#include "middleware/stores.h"

struct command_call;

/* All zero before the begin, and without one. */
struct user_sessions {
	int64_t user_id;
	struct stores_shared *shared;
	struct stores stores;
	enum status first; /* what the store said before the change */
	struct error err;
};

/* Before the change: a store that cannot be reached does not hinder it. */
void user_sessions_begin(
    const struct command_call *call, int64_t user_id, struct user_sessions *s);

/*
 * Behind the change, which came to st; returns that. When it was made, but the
 * store was not told of it, ST_UNAVAILABLE with a sentence that says what to
 * do.
 */
enum status user_sessions_end(
    struct user_sessions *s, enum status st, struct error *err);

#endif
