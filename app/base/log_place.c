#include "app/base/log_place.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSLOG_PATH  "/dev/log"
#define JOURNAL_PATH "/run/systemd/journal/socket"

static bool
stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat about;
	uintmax_t device, inode;
	char *rest;

	if (stream == NULL)
		return false;
	device = strtoumax(stream, &rest, 10);
	if (*rest != ':')
		return false;
	inode = strtoumax(rest + 1, &rest, 10);
	return *rest == '\0' && fstat(STDERR_FILENO, &about) == 0 &&
	       about.st_dev == device && about.st_ino == inode &&
	       access(JOURNAL_PATH, W_OK) == 0;
}

/* "syslog" or "syslog:PATH" */
static bool
names(
    const char *text, const char *word, const char *path, struct log_place *out)
{
	size_t n = strlen(word);

	if (strncmp(text, word, n) != 0 || (text[n] != '\0' && text[n] != ':'))
		return false;
	out->path = text[n] == ':' ? text + n + 1 : path;
	return true;
}

struct log_place
log_place_read(const char *text)
{
	struct log_place place = { LOG_TO_FILE, text };

	if (strcmp(text, "off") == 0)
		place.kind = LOG_NOWHERE;
	else if (strcmp(text, "stderr") == 0 && stderr_is_journal())
		place = (struct log_place){ LOG_JOURNAL, JOURNAL_PATH };
	else if (strcmp(text, "stderr") == 0)
		place.kind = LOG_STDERR;
	else if (names(text, "syslog", SYSLOG_PATH, &place))
		place.kind = LOG_SYSLOG;
	else if (names(text, "journal", JOURNAL_PATH, &place))
		place.kind = LOG_JOURNAL;
	return place;
}

int
log_facility(size_t place)
{
	static const int numbers[] = { 3, 1, 16, 17, 18, 19, 20, 21, 22, 23 };

	return place < sizeof(numbers) / sizeof(numbers[0]) ? numbers[place]
							    : numbers[0];
}
