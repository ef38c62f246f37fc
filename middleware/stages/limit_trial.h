/* Limits that only count: what they would have refused, for the log. */
#ifndef WEIR_LIMIT_TRIAL_H
#define WEIR_LIMIT_TRIAL_H

#include <stdbool.h>

struct limit_slot;
struct limit_trial;
struct request;

struct limit_trial *limit_trial_new(void);
void limit_trial_free(struct limit_trial *trial);

/*
 * Would a dry run have refused this request, which has passed? A line of the
 * log says which, at most one a second for each limit, with how many there were
 * since the last. Any thread.
 */
bool limit_trial_judge(struct limit_trial *trial, const struct limit_slot *slot,
    const struct request *req);

#endif
