#include "tests/support/redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LINE_BYTES 768

#define NEW_KEY                                                                \
	"-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 "

size_t
redis_words(const char **argv, const char *port, const char *folder)
{
	const char *const words[] = { "redis-server", "--port", port, "--bind",
		"127.0.0.1", "--dir", folder, "--save", "", "--appendonly",
		"no" };
	size_t n = sizeof(words) / sizeof(words[0]);

	for (size_t i = 0; i < n; i++)
		argv[i] = words[i];
	return n;
}

static void
shell(const char *folder, const char *words)
{
	char line[LINE_BYTES];

	(void)snprintf(line, sizeof(line),
	    "cd %s && { %s; } >>certificates.log 2>&1 </dev/null", folder,
	    words);
	assert_int_equal(system(line), 0); /* NOLINT: words of this file */
}

void
redis_certificates(const char *folder)
{
	shell(folder, "openssl req -x509 " NEW_KEY
		      "-subj /CN=authority -keyout ca.key -out ca.pem");
	shell(folder, "openssl req -x509 " NEW_KEY
		      "-subj /CN=stranger -keyout other.key -out stranger.pem");
	shell(folder, "openssl req " NEW_KEY
		      "-subj /CN=localhost -keyout server.key -out server.csr");
	shell(folder,
	    "echo subjectAltName=DNS:localhost,IP:127.0.0.1 >names && "
	    "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key "
	    "-CAcreateserial -days 30 -extfile names -out server.pem");
}
