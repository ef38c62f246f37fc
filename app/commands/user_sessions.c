#include "app/commands/user_sessions.h"

#include "app/base/clock.h"
#include "app/command.h"
#include "middleware/session.h"

#define STORE_WAIT_MS 5000

static enum status
forget(struct user_sessions *s)
{
	return session_forget(
	    &s->stores, s->user_id, clock_boot_ms() + STORE_WAIT_MS);
}

void
user_sessions_begin(
    const struct command_call *call, int64_t user_id, struct user_sessions *s)
{
	s->user_id = user_id;
	s->first = stores_open(call->settings, &s->shared, &s->err);
	if (s->first != ST_OK)
		return;
	stores_connect(s->shared, &s->stores);
	s->first = forget(s);
}

static enum status
tell(struct user_sessions *s, struct error *err)
{
	enum status st = s->shared == NULL ? s->first : forget(s);

	if (st == ST_OK)
		return ST_OK;
	return error_set(err, ST_UNAVAILABLE,
	    "the user is changed, but the session store cannot be told (%s): "
	    "sessions may go on as they were; run `weir session end` when it "
	    "is back",
	    s->err.text[0] != '\0' ? s->err.text : status_name(st));
}

enum status
user_sessions_end(struct user_sessions *s, enum status st, struct error *err)
{
	if (st == ST_OK && s->user_id != 0)
		st = tell(s, err);
	if (s->shared == NULL)
		return st;
	stores_disconnect(&s->stores);
	stores_close(s->shared);
	return st;
}
