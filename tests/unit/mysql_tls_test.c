/* TLS to a real server, whose certificate names "localhost" and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/db/mysql.h"
#include "tests/contract/db_rows.h"
#include "tests/support/folder.h"

struct world {
	struct fixture fixture;
	char folder[FOLDER_PATH_BYTES];
	char options[512];
	char authority[128];
	char stranger[128]; /* an authority that signed nothing here */
};

static void
shell(const struct world *w, const char *words)
{
	char line[768];

	(void)snprintf(line, sizeof(line),
	    "cd %s && { %s; } >>log 2>&1 </dev/null", w->folder, words);
	assert_int_equal(system(line), 0); /* NOLINT: words of this file */
}

static void
certificates_make(struct world *w)
{
	shell(w, "openssl req -x509 -newkey rsa:2048 -nodes -days 30 "
		 "-subj /CN=authority -keyout ca.key -out ca.pem");
	shell(w, "openssl req -x509 -newkey rsa:2048 -nodes -days 30 "
		 "-subj /CN=stranger -keyout other.key -out other.pem");
	shell(w, "openssl req -newkey rsa:2048 -nodes -subj /CN=localhost "
		 "-keyout server.key -out server.csr");
	shell(w, "echo subjectAltName=DNS:localhost >names && "
		 "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key "
		 "-CAcreateserial -days 30 -extfile names -out server.pem");
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	folder_make(w->folder);
	certificates_make(w);
	(void)snprintf(
	    w->authority, sizeof(w->authority), "%s/ca.pem", w->folder);
	(void)snprintf(
	    w->stranger, sizeof(w->stranger), "%s/other.pem", w->folder);
	(void)snprintf(w->options, sizeof(w->options),
	    "ssl-ca=%s/ca.pem\nssl-cert=%s/server.pem\nssl-key=%s/server.key\n",
	    w->folder, w->folder, w->folder);
	mariadb_options(w->options);
	fixture_open(&w->fixture, &db_mysql);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	fixture_close(&w->fixture);
	folder_remove(w->folder);
	free(w);
	return 0;
}

static struct db_config
config_of(struct world *w, const char *host, enum db_tls tls)
{
	struct db_config config = mariadb_tcp_config(w->fixture.name);

	config.host = host;
	config.tls = tls;
	return config;
}

/* The bytes of the cipher's name: none without TLS. */
static size_t
cipher_bytes(struct world *w, const struct db_config *config)
{
	struct fixture *f = &w->fixture;
	struct rows rows = { .n = 0 };
	struct error err = { .text = "" };
	struct db_conn *conn = NULL;
	enum status st =
	    db_mysql.connect(config, fixture_deadline(), &conn, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	assert_int_equal(
	    rows_run_on(f, conn, "SHOW SESSION STATUS LIKE 'Ssl_cipher'", NULL,
		0, &rows),
	    ST_OK);
	db_mysql.disconnect(conn);
	return rows.v[0][1].s.n;
}

static void
assert_refused(const struct db_config *config)
{
	struct error err = { .text = "" };
	struct db_conn *conn = NULL;

	assert_int_equal(
	    db_mysql.connect(config, fixture_deadline(), &conn, &err),
	    ST_INVALID);
	assert_null(conn);
	assert_non_null(strstr(err.text, "TLS"));
}

static void
off_sends_in_the_clear(void **state)
{
	struct db_config config = config_of(*state, "127.0.0.1", DB_TLS_OFF);

	assert_int_equal(cipher_bytes(*state, &config), 0);
}

static void
require_encrypts_to_whoever_answers(void **state)
{
	struct db_config config =
	    config_of(*state, "127.0.0.1", DB_TLS_REQUIRE);

	assert_true(cipher_bytes(*state, &config) > 0);
}

static void
verify_takes_the_host_that_the_certificate_names(void **state)
{
	struct world *w = *state;
	struct db_config config = config_of(w, "localhost", DB_TLS_VERIFY);

	config.tls_ca = w->authority;
	assert_true(cipher_bytes(w, &config) > 0);
}

static void
verify_refuses_another_host(void **state)
{
	struct world *w = *state;
	struct db_config config = config_of(w, "127.0.0.1", DB_TLS_VERIFY);

	config.tls_ca = w->authority;
	assert_refused(&config);
}

static void
verify_refuses_another_authority(void **state)
{
	struct world *w = *state;
	struct db_config config = config_of(w, "localhost", DB_TLS_VERIFY);

	config.tls_ca = w->stranger;
	assert_refused(&config);
	config.tls_ca = NULL; /* those of the system */
	assert_refused(&config);
}

static void
a_missing_file_of_certificates_is_named(void **state)
{
	struct world *w = *state;
	struct db_config config = config_of(w, "localhost", DB_TLS_VERIFY);
	struct error err = { .text = "" };
	struct db_conn *conn = NULL;

	config.tls_ca = "/nowhere/ca.pem";
	assert_int_equal(
	    db_mysql.connect(&config, fixture_deadline(), &conn, &err),
	    ST_INVALID);
	assert_non_null(strstr(err.text, "/nowhere/ca.pem"));
}

static void
deadlines_are_met_through_tls(void **state)
{
	struct world *w = *state;
	struct db_config config = config_of(w, "localhost", DB_TLS_VERIFY);
	struct db_stmt slow = { .sql = STR("SELECT SLEEP(500)") };
	struct db_conn *conn = NULL;
	int64_t until;

	config.tls_ca = w->authority;
	assert_int_equal(
	    db_mysql.connect(&config, fixture_deadline(), &conn, NULL), ST_OK);
	until = clock_boot_ms() + 200;
	assert_int_equal(
	    db_mysql.run(conn, &slow, until, NULL, NULL, NULL, NULL),
	    ST_TIMEOUT);
	db_mysql.disconnect(conn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(off_sends_in_the_clear),
		cmocka_unit_test(require_encrypts_to_whoever_answers),
		cmocka_unit_test(
		    verify_takes_the_host_that_the_certificate_names),
		cmocka_unit_test(verify_refuses_another_host),
		cmocka_unit_test(verify_refuses_another_authority),
		cmocka_unit_test(a_missing_file_of_certificates_is_named),
		cmocka_unit_test(deadlines_are_met_through_tls),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
