#include "drivers/cache/cache_boot.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool
cache_boot_id(char id[CACHE_BOOT_BYTES])
{
	int fd = open(CACHE_BOOT_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	memset(id, 0, CACHE_BOOT_BYTES);
	if (fd < 0)
		return false;
	n = read(fd, id, CACHE_BOOT_BYTES - 1);
	(void)close(fd);
	return n > 0;
}
