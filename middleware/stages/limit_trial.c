#include "middleware/stages/limit_trial.h"

#include <stdlib.h>

#include "app/base/log.h"
#include "app/base/log_pause.h"
#include "drivers/cache/cache.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/limit_slot.h"

#define PLACES   64 /* limits with the same one share its lines */
#define PAUSE_MS 1000

struct place {
	struct log_pause pause;
	atomic_uint unsaid;
};

struct limit_trial {
	struct place places[PLACES];
};

struct limit_trial *
limit_trial_new(void)
{
	struct limit_trial *trial = calloc(1, sizeof(*trial));

	if (trial == NULL)
		abort();
	return trial;
}

void
limit_trial_free(struct limit_trial *trial)
{
	free(trial);
}

static void
say(struct place *place, const struct limit *limit, const struct request *req)
{
	unsigned n;

	(void)atomic_fetch_add(&place->unsaid, 1);
	if (!log_pause_over(&place->pause, PAUSE_MS, req->arrived.boot_ms))
		return;
	n = atomic_exchange(&place->unsaid, 0);
	log_line(LOG_INFO, req->id,
	    "limit \"%.*s\" is a dry run: it would have refused %u request%s "
	    "since it last said so",
	    STR_ARG(limit->name), n, n == 1 ? "" : "s");
}

bool
limit_trial_judge(struct limit_trial *trial, const struct limit_slot *slot,
    const struct request *req)
{
	bool refused = false;

	for (size_t i = 0; i < slot->n; i++) {
		const struct limit_applied *a = &slot->list[i];

		if (!a->limit->dry_run || a->yields || !limit_is_used_up(a))
			continue;
		say(&trial->places[(uint64_t)a->limit->id % PLACES], a->limit,
		    req);
		refused = true;
	}
	return refused;
}
