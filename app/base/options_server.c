/* The server, what it shows and its logs: rows of option.h's table. */
#include "app/base/option_rows.h"

#include "app/base/log_place.h"
#include "app/base/network.h"
#include "app/base/option_check.h"
#include "app/base/settings.h"

#define KIB    INT64_C(1024)
#define MIB    (1024 * KIB)
#define GIB    (1024 * MIB)
#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)

/* clang-format off */
const struct option options_server[] = {
	{ .name = "LISTEN", .type = OPTION_TEXT,
	  .offset = MEMBER(listen), .fallback = "",
	  .valid = option_is_listen, .expected = "unix:/path or host:port",
	  .help = "Where the web server finds weir. Empty means the socket "
	      "that was passed as fd 0 or by LISTEN_FDS." },
	{ .name = "LISTEN_GROUP", .type = OPTION_TEXT,
	  .offset = MEMBER(listen_group), .fallback = "",
	  .help = "The group that may connect to the unix socket of LISTEN; "
	      "empty means the group of the process." },
	{ .name = "TRUSTED_PROXIES", .type = OPTION_TEXT,
	  .offset = MEMBER(trusted_proxies), .fallback = "", .reload = true,
	  .valid = networks_check, .expected = "addresses, networks such as "
	      "10.0.0.0/8, and unix, with commas between them",
	  .help = "Whose X-Forwarded-For is believed, in front of the web "
	      "server that calls weir: the client is the first address from "
	      "the right that is none of these. Empty means nobody's, and the "
	      "client is who called the web server. unix is who calls it on a "
	      "unix socket." },
	{ .name = "LISTEN_BACKLOG", .type = OPTION_NUMBER,
	  .offset = MEMBER(backlog), .fallback = "1024",
	  .min = 1, .max = 65535,
	  .help = "How many connections the kernel keeps before weir has "
	      "accepted them." },
	{ .name = "FRONTS", .type = OPTION_NUMBER,
	  .offset = MEMBER(fronts), .fallback = "1",
	  .min = 1, .max = 64,
	  .help = "How many event loops read requests and answer from the "
	      "cache." },
	{ .name = "WORKERS", .type = OPTION_NUMBER,
	  .offset = MEMBER(workers), .fallback = "0",
	  .min = 0, .max = 1024,
	  .help = "How many threads run what may block. 0 means twice the "
	      "number of processors and at least 4." },
	{ .name = "QUEUE", .type = OPTION_NUMBER,
	  .offset = MEMBER(queue), .fallback = "256",
	  .min = 1, .max = 65536,
	  .help = "How many requests may wait for a worker; the next one is "
	      "answered 503 at once." },
	{ .name = "MAX_BODY", .type = OPTION_BYTES,
	  .offset = MEMBER(max_body), .fallback = "10m",
	  .min = 1 * KIB, .max = 1 * GIB, .reload = true,
	  .help = "The largest request body; a larger one is answered 413. "
	      "Uploads to a file service have its max_file_size instead." },
	{ .name = "MAX_HEADERS", .type = OPTION_BYTES,
	  .offset = MEMBER(max_headers), .fallback = "64k",
	  .min = 4 * KIB, .max = 1 * MIB,
	  .help = "How many bytes of FastCGI parameters, which hold the "
	      "request's headers, are read; more are answered 431." },
	{ .name = "MAX_PARAMS", .type = OPTION_NUMBER,
	  .offset = MEMBER(max_params), .fallback = "256",
	  .min = 16, .max = 10000, .reload = true,
	  .help = "How many parameters a query string may have; more are "
	      "answered 400." },
	{ .name = "MAX_CONNECTIONS", .type = OPTION_NUMBER,
	  .offset = MEMBER(max_connections), .fallback = "4096",
	  .min = 16, .max = 1000000,
	  .help = "How many connections of the web server each event loop "
	      "holds." },
	{ .name = "READ_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(read_timeout), .fallback = "30s",
	  .min = 100, .max = HOUR,
	  .help = "How long a whole request may take to arrive. An upload to a "
	      "file service may take as much longer as it takes at 64 KiB a "
	      "second." },
	{ .name = "WRITE_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(write_timeout), .fallback = "60s",
	  .min = 100, .max = HOUR, .reload = true,
	  .help = "How long a whole answer may take to be sent." },
	{ .name = "REQUEST_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(request_timeout), .fallback = "30s",
	  .min = 100, .max = HOUR, .reload = true,
	  .help = "How long a request may wait for a worker and for its "
	      "database together; then it is answered 503 or 504. An answer "
	      "too large to be held must be sent by then, or it is cut off; a "
	      "file may take as much longer as it takes at 64 KiB a second." },
	{ .name = "STATEMENT_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(statement_timeout), .fallback = "10s",
	  .min = 10, .max = HOUR, .reload = true,
	  .help = "How long one statement may run in a database; then it is "
	      "ended and the request answered 504. One whose rows are sent "
	      "while it runs has the time of its request." },
	{ .name = "DRAIN_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(drain_timeout), .fallback = "30s",
	  .min = 0, .max = HOUR,
	  .help = "How long weir goes on answering what it has begun to read "
	      "after it was told to stop. Requests that are in work even two "
	      "seconds later are cut off: they have no answer from weir, "
	      "which ends with status 1." },
	{ .name = "METRICS", .type = OPTION_TEXT,
	  .offset = MEMBER(metrics), .fallback = "off",
	  .valid = option_is_metrics, .expected = "off, or addresses, networks "
	      "such as 10.0.0.0/8, and unix, with commas between them",
	  .help = "Who may read /metrics, besides administrators: clients at "
	      "these addresses. Behind a proxy that TRUSTED_PROXIES does not "
	      "name, all clients have its address. With off, no METRICS_KEY "
	      "and CONSOLE=false, nothing is counted." },
	{ .name = "METRICS_KEY", .type = OPTION_SECRET,
	  .offset = MEMBER(metrics_key), .fallback = "", .reload = true,
	  .valid = option_is_long_secret, .expected = "at least 32 bytes",
	  .help = "Who sends this as a bearer token may read /metrics from "
	      "anywhere, and nothing else; empty: nobody. It has weir count, from "
	      "its next start, where METRICS is off." },
	{ .name = "CONSOLE", .type = OPTION_BOOLEAN,
	  .offset = MEMBER(console), .fallback = "true",
	  .help = "Whether browsers are given the console at /console, which "
	      "can do what the API lets its administrator do, and no more. "
	      "Calls are counted for its charts, as for METRICS." },
	{ .name = "READY_NEEDS", .type = OPTION_CHOICE,
	  .offset = MEMBER(ready_needs), .fallback = "all",
	  .choices = "all|system", .reload = true,
	  .help = "What must answer for /health/ready to be 200: every store "
	      "and every database, or the system database alone, for a "
	      "balancer that is to send requests here although a part of them "
	      "fails everywhere." },
	{ .name = "LOG_FILE", .type = OPTION_TEXT,
	  .offset = MEMBER(log_file), .fallback = "stderr", .reload = true,
	  .help = "Where the log goes: stderr, syslog, journal, or a file to "
	      "append to. syslog:PATH and journal:PATH name the socket, which is "
	      "else /dev/log and systemd's. A stderr that systemd has connected "
	      "to its journal is journal. See LOGS." },
	{ .name = "ACCESS_LOG", .type = OPTION_TEXT,
	  .offset = MEMBER(access_log), .fallback = "stderr", .reload = true,
	  .help = "Where the access log goes, one line an answer: off, or as "
	      "LOG_FILE says." },
	{ .name = "LOG_FORMAT", .type = OPTION_CHOICE,
	  .offset = MEMBER(log_format), .fallback = "text",
	  .choices = "text|json", .reload = true,
	  .help = "What a line of the log is: text for people, or a JSON object." },
	{ .name = "ACCESS_FORMAT", .type = OPTION_CHOICE,
	  .offset = MEMBER(access_format), .fallback = "json",
	  .choices = "text|json", .reload = true,
	  .help = "What a line of the access log is: a JSON object, or text, the "
	      "common log format of web servers with what weir knows behind it." },
	{ .name = "SYSLOG_FACILITY", .type = OPTION_CHOICE,
	  .offset = MEMBER(syslog_facility), .fallback = "daemon",
	  .choices = LOG_FACILITIES, .reload = true,
	  .help = "Under which facility lines go to syslog and the journal." },
	{ .name = "SLOW_REQUEST", .type = OPTION_MS,
	  .offset = MEMBER(slow_request), .fallback = "0",
	  .min = 0, .max = HOUR, .reload = true,
	  .help = "Requests that take as long are told in the log, with the "
	      "milliseconds of their stages, as weir_stage_duration_seconds of "
	      "weir-api(7) has them. 0 tells of none." },
	{ .name = "LOG_LEVEL", .type = OPTION_CHOICE,
	  .offset = MEMBER(log_level), .fallback = "info",
	  .choices = "error|warning|info|debug", .reload = true,
	  .help = "The least important kind of line that is logged." },
};
/* clang-format on */

const size_t options_server_n =
    sizeof(options_server) / sizeof(options_server[0]);
