#include "middleware/stages/limit_crowd.h"

#include "app/base/buf.h"
#include "app/base/log.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/limit_choice.h"

#define PAUSE_MS  60000
#define NAMES_MAX 8 /* that a line has room for */

/* "a", "b" and 3 more */
static struct str
names_of(const struct limit_choice *choice, struct arena *arena)
{
	struct buf names = buf_in(arena);
	size_t n = choice->rest_n < NAMES_MAX ? choice->rest_n : NAMES_MAX;

	for (size_t i = 0; i < n; i++)
		buf_printf(&names, "%s\"%.*s\"", i == 0 ? "" : ", ",
		    STR_ARG(choice->rest[i].limit->name));
	if (n < choice->rest_n)
		buf_printf(&names, " and %zu more", choice->rest_n - n);
	return buf_str(&names);
}

static void
say_left_out(const struct request *req, const struct limit_choice *choice)
{
	log_line(LOG_WARNING, req->id,
	    "%zu limits apply to a request and %d can be counted: those that "
	    "refuse nobody are left out (dry runs, and limits that step back): "
	    "%.*s",
	    choice->n + choice->rest_n, LIMIT_HITS_MAX,
	    STR_ARG(names_of(choice, req->arena)));
}

static void
say_refused(const struct request *req, const struct limit_choice *choice)
{
	log_line(LOG_ERROR, req->id,
	    "%zu limits apply to a request and %d can be counted: such "
	    "requests are answered 503 until enough limits are deactivated, "
	    "deleted or made dry runs, as %.*s",
	    choice->n + choice->rest_n, LIMIT_HITS_MAX,
	    STR_ARG(names_of(choice, req->arena)));
}

bool
limit_crowd_passes(struct limit_crowd *crowd, struct request *req,
    const struct limit_choice *choice)
{
	if (limit_choice_is_whole(choice)) {
		if (log_pause_over(
			&crowd->left_out, PAUSE_MS, req->arrived.boot_ms))
			say_left_out(req, choice);
		return true;
	}
	if (log_pause_over(&crowd->refused, PAUSE_MS, req->arrived.boot_ms))
		say_refused(req, choice);
	response_busy(req,
	    "More limits apply to this request than the %d that can be "
	    "counted: an administrator has to deactivate some.",
	    LIMIT_HITS_MAX);
	return false;
}
