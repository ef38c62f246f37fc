#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

void
fuzz_holds(bool holds, const char *property, const char *file, int line)
{
	if (holds)
		return;
	(void)fprintf(
	    stderr, "%s:%d: does not hold: %s\n", file, line, property);
	abort();
}
