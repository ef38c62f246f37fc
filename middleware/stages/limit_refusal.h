/* The 429 of who is over a limit (dreamfactory.md 4.4). */
#ifndef WEIR_LIMIT_REFUSAL_H
#define WEIR_LIMIT_REFUSAL_H

struct limit_slot;
struct request;

/* Makes the response, which names the limits that are used up. */
void limit_refuse(struct request *req, const struct limit_slot *slot);

#endif
