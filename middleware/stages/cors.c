#include "middleware/stages/stages.h"

/* No CORS rules are kept yet: without rules there are no CORS headers
 * (dreamfactory.md 8.10), so everything passes as it is. */
const struct stage stage_cors = {
	.name = "cors",
};
