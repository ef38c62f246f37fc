#include "drivers/cache/local_device.h"

#include <linux/magic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/vfs.h>

#include "drivers/cache/cache_folder.h"

/* Those that linux/magic.h leaves out have the numbers of fs/<name> in the
 * kernel's sources. */
static const struct {
	uint32_t magic;
	const char *name;
} devices[] = {
	{ NFS_SUPER_MAGIC, "NFS" },
	{ SMB_SUPER_MAGIC, "SMB" },
	{ 0xff534d42, "CIFS" },
	{ 0xfe534d42, "SMB" },
	{ V9FS_MAGIC, "9p" },
	{ 0x65735546, "FUSE" }, /* sshfs, GlusterFS, virtiofs too */
	{ AFS_SUPER_MAGIC, "AFS" },
	{ 0x6b414653, "AFS" },
	{ 0x00c36400, "Ceph" },
	{ 0x0bd00bd0, "Lustre" },
	{ CODA_SUPER_MAGIC, "Coda" },
	{ NCP_SUPER_MAGIC, "NCP" },
	{ 0x01161970, "GFS2" },
	{ OCFS2_SUPER_MAGIC, "OCFS2" },
};

static const char *
device_name(uint32_t magic)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (devices[i].magic == magic)
			return devices[i].name;
	return NULL;
}

enum status
local_device_check(const struct cache_folder *folder, struct error *err)
{
	struct statfs device;
	const char *name;

	if (fstatfs(folder->fd, &device) != 0)
		return ST_OK;
	name = device_name((uint32_t)device.f_type);
	if (name == NULL)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "CACHE_PATH: %s is on %s, where the local store cannot be; name a "
	    "folder of a local disk, or choose another CACHE_DRIVER",
	    folder->path, name);
}
