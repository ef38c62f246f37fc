#include "tests/support/file_entry.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/hash.h"
#include "drivers/cache/file_store.h"
#include "tests/contract/cache_fixture.h"

#define PAUSE_US 20000

void
file_path_in(
    const struct fixture *f, const char *name, char out[FILE_PATH_BYTES])
{
	(void)snprintf(out, FILE_PATH_BYTES, "%s/%s", f->config.path, name);
}

void
file_path_of(const struct fixture *f, struct str key, char out[FILE_PATH_BYTES])
{
	uint8_t id[DIGEST_BYTES];
	char name[FILE_NAME_BYTES];

	digest(key, id);
	(void)file_name(id, name);
	(void)snprintf(out, FILE_PATH_BYTES, "%s/" FILE_ENTRIES "/%.*s/%.2s/%s",
	    f->config.path, STR_ARG(fixture_space.name), name, name);
}

bool
file_is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

void
file_scribble(const char *path, long at, const void *bytes, size_t n)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, at), n);
	assert_int_equal(close(fd), 0);
}

void
file_head_get(const char *path, struct file_head *head)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, head, sizeof(*head), 0), sizeof(*head));
	assert_int_equal(close(fd), 0);
}

void
file_head_put(const char *path, struct file_head *head)
{
	static const uint8_t key[HASH_KEY_BYTES] = { 0 };

	head->sum = hash_keyed(
	    key, str_make((const char *)head, offsetof(struct file_head, sum)));
	file_scribble(path, 0, head, sizeof(*head));
}

void
file_wait_gone(struct fixture *f, const char *path)
{
	int64_t deadline_ms = fixture_deadline();

	f->driver->upkeep(f->conn);
	while (file_is_there(path) && clock_boot_ms() < deadline_ms) {
		(void)usleep(PAUSE_US);
		f->driver->upkeep(f->conn);
	}
	assert_false(file_is_there(path));
}
