#include "drivers/file/local_temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/base/secret.h"

#define RANDOM_BYTES 8
#define TRIES_MAX    16
#define COPY_BYTES   (64 * 1024)
#define COPY_CHUNK   ((size_t)1 << 30)
#define FD_PATH_MAX  64
#define NEW_MODE     0666 /* and the umask */

static void
name_draw(char name[LOCAL_NAME_BYTES])
{
	uint8_t random[RANDOM_BYTES];
	char hex[2 * RANDOM_BYTES];

	secret_random(random, sizeof(random));
	hex_encode(hex, random, sizeof(random));
	(void)snprintf(name, LOCAL_NAME_BYTES, "%s%.*s", FILE_HIDDEN.p,
	    (int)sizeof(hex), hex); /* it fits */
}

bool
local_temp_is_name(struct str name)
{
	struct str hex = str_skip(name, FILE_HIDDEN.n);

	if (!str_starts(name, FILE_HIDDEN) || hex.n != 2 * RANDOM_BYTES)
		return false;
	for (size_t i = 0; i < hex.n; i++) {
		if (!(hex.p[i] >= '0' && hex.p[i] <= '9') &&
		    !(hex.p[i] >= 'a' && hex.p[i] <= 'f'))
			return false;
	}
	return true;
}

/* Who sweeps may have taken the name before it was locked. */
static bool
name_hold(struct local_temp *t)
{
	struct stat st;

	return flock(t->fd, LOCK_EX | LOCK_NB) == 0 && fstat(t->fd, &st) == 0 &&
	       st.st_nlink > 0;
}

static int
open_named(struct local_temp *t, int folder)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		name_draw(t->name);
		t->fd = openat(folder, t->name,
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, NEW_MODE);
		if (t->fd < 0 && errno == EEXIST)
			continue;
		if (t->fd < 0 || name_hold(t))
			break;
		local_temp_close(t, folder);
	}
	if (t->fd >= 0)
		return 0;
	t->name[0] = '\0';
	return errno == 0 ? EAGAIN : errno;
}

static bool
has_descriptors(void)
{
	return access("/proc/self/fd", X_OK) == 0;
}

int
local_temp_open(struct local_temp *t, int folder, bool named_only)
{
	*t = (struct local_temp){ .fd = -1 };
	if (!named_only && has_descriptors())
		t->fd = openat(
		    folder, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, NEW_MODE);
	if (t->fd < 0)
		return open_named(t, folder);
	/* Before it has a name, so nobody else holds it. */
	return flock(t->fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

int
local_temp_put(struct local_temp *t, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(t->fd, bytes.p, bytes.n);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			bytes = str_skip(bytes, (size_t)n);
	}
	return 0;
}

static int
copy_by_hand(struct local_temp *t, int from)
{
	char piece[COPY_BYTES];
	ssize_t n;
	int code = 0;

	while (code == 0 && (n = read(from, piece, sizeof(piece))) != 0) {
		if (n > 0)
			code = local_temp_put(t, str_make(piece, (size_t)n));
		else if (errno != EINTR)
			code = errno;
	}
	return code;
}

/* The system may share the bytes instead of copying them. What it cannot copy
 * so is copied by hand, from where it stopped. */
int
local_temp_copy(struct local_temp *t, int from)
{
	ssize_t n;

	if (lseek(from, 0, SEEK_SET) < 0)
		return errno;
	do
		n = copy_file_range(from, NULL, t->fd, NULL, COPY_CHUNK, 0);
	while (n > 0 || (n < 0 && errno == EINTR));
	return copy_by_hand(t, from);
}

static int
link_as(struct local_temp *t, int folder, const char *name)
{
	char path[FD_PATH_MAX];

	(void)snprintf(
	    path, sizeof(path), "/proc/self/fd/%d", t->fd); /* it fits */
	return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW) == 0
		   ? 0
		   : errno;
}

static int
give_name(struct local_temp *t, int folder)
{
	char name[LOCAL_NAME_BYTES];
	int code = EEXIST;

	for (int i = 0; i < TRIES_MAX && code == EEXIST; i++) {
		name_draw(name);
		code = link_as(t, folder, name);
	}
	if (code == 0)
		memcpy(t->name, name, sizeof(name));
	return code;
}

static int
rename_to(struct local_temp *t, int folder, const char *name)
{
	int code = t->name[0] == '\0' ? give_name(t, folder) : 0;

	if (code == 0 && renameat(folder, t->name, folder, name) != 0)
		code = errno;
	if (code == 0)
		t->name[0] = '\0';
	return code;
}

int
local_temp_place(
    struct local_temp *t, int folder, const char *name, bool replaces)
{
	int code = EEXIST;

	if (fsync(t->fd) != 0)
		return errno;
	if (!replaces && t->name[0] == '\0')
		code = link_as(t, folder, name);
	if (code == EEXIST)
		code = rename_to(t, folder, name);
	if (code == 0 && fsync(folder) != 0)
		code = errno;
	return code;
}

void
local_temp_close(struct local_temp *t, int folder)
{
	/* Under the lock still, so that nobody else has taken the name. */
	if (t->name[0] != '\0')
		(void)unlinkat(folder, t->name, 0); /* it is swept later */
	if (t->fd >= 0)
		(void)close(t->fd); /* what counts was synced */
	t->fd = -1;
	t->name[0] = '\0';
}
