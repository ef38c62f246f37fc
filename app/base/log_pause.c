#include "app/base/log_pause.h"

bool
log_pause_over(struct log_pause *p, int64_t pause_ms, int64_t now_ms)
{
	int64_t said = atomic_load(&p->said_ms);

	return (said == 0 || now_ms - said >= pause_ms) &&
	       atomic_compare_exchange_strong(&p->said_ms, &said, now_ms);
}
