#include "middleware/timing.h"

const char *const phase_names[PHASES] = {
	[PHASE_STORE] = "store",
	[PHASE_QUEUE] = "queue",
	[PHASE_ENTER] = "enter",
	[PHASE_WAIT] = "wait",
	[PHASE_UPSTREAM] = "upstream",
};
