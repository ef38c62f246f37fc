/* Where a log goes, as LOG_FILE and ACCESS_LOG say it. */
#ifndef WEIR_BASE_LOG_PLACE_H
#define WEIR_BASE_LOG_PLACE_H

#include <stddef.h>

enum log_kind {
	LOG_NOWHERE,
	LOG_STDERR,
	LOG_TO_FILE,
	LOG_SYSLOG, /* datagrams of syslog(3) */
	LOG_JOURNAL /* datagrams of systemd's journal, with fields */
};

struct log_place {
	enum log_kind kind;
	const char *path; /* of the file or socket; within `text` */
};

/*
 * "off", "stderr", "syslog", "journal", the last two also with the path of
 * another socket behind a colon; else the path of a file. stderr is the journal
 * where systemd has connected it to that (JOURNAL_STREAM of systemd.exec(5)).
 */
struct log_place log_place_read(const char *text);

/* The facilities of syslog(3) that may be chosen, and the number of each by its
 * place in the list. */
#define LOG_FACILITIES                                                         \
	"daemon|user|local0|local1|local2|local3|local4|local5|local6|local7"

int log_facility(size_t place);

#endif
