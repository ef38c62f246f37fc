/* The linker leads fstatfs() here: file systems of every kind are at hand. */
#include "drivers/cache/local_device.h"

#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/vfs.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"
#include "drivers/cache/local.h"
#include "tests/support/folder.h"

#define MEMORY (1 << 20)

/* What every file system is said to be; 0: what it is. */
static uint32_t pretended;

int __real_fstatfs(int fd, struct statfs *out);
int __wrap_fstatfs(int fd, struct statfs *out);

int
__wrap_fstatfs(int fd, struct statfs *out)
{
	int rc = __real_fstatfs(fd, out);

	if (pretended != 0)
		out->f_type = (__typeof__(out->f_type))pretended;
	return rc;
}

static enum status
open_on(uint32_t magic, const char *path, struct error *err)
{
	struct cache_config config = cache_config_none;
	struct cache *cache = NULL;
	enum status st;

	config.path = path;
	config.bytes = MEMORY;
	config.max_value = MEMORY;
	pretended = magic;
	st = local_driver.open(&config, &cache, err);
	pretended = 0;
	if (st == ST_OK)
		local_driver.close(cache);
	return st;
}

static void
a_local_file_system_is_taken(void **state)
{
	static const uint32_t magics[] = { 0, TMPFS_MAGIC,
		OVERLAYFS_SUPER_MAGIC, EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,
		BTRFS_SUPER_MAGIC };
	char path[FOLDER_PATH_BYTES];
	struct error err = { 0 };

	(void)state;
	folder_make(path);
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		assert_int_equal(open_on(magics[i], path, &err), ST_OK);
	folder_remove(path);
}

static void
a_network_file_system_is_refused(void **state)
{
	static const struct {
		uint32_t magic;
		const char *name;
	} rows[] = { { 0x6969, "NFS" }, { 0xff534d42, "CIFS" },
		{ 0xfe534d42, "SMB" }, { 0x01021997, "9p" },
		{ 0x65735546, "FUSE" } };
	char path[FOLDER_PATH_BYTES];

	(void)state;
	folder_make(path);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { 0 };

		assert_int_equal(
		    open_on(rows[i].magic, path, &err), ST_INVALID);
		assert_non_null(strstr(err.text, "CACHE_PATH"));
		assert_non_null(strstr(err.text, path));
		assert_non_null(strstr(err.text, rows[i].name));
	}
	folder_remove(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_local_file_system_is_taken),
		cmocka_unit_test(a_network_file_system_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
