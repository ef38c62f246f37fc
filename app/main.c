#include <stdio.h>

int
main(void)
{
	(void)puts("weir");
	return 0;
}
