#include "middleware/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/call.h"

#define JSON     FORMAT_JSON
#define CSV      FORMAT_CSV
#define XML      FORMAT_XML
#define NO_MATCH ((enum format) - 1)

static int
open_call(void **state)
{
	static struct test_call call;

	call_open(&call);
	*state = &call;
	return 0;
}

static int
close_call(void **state)
{
	call_close(*state);
	return 0;
}

/* What a table is asked for with that query and Accept. */
static struct request *
ask(void **state, const char *query, const char *accept)
{
	struct test_call *call = *state;
	static char uri[256]; /* of the request */
	struct request *req;

	(void)snprintf(uri, sizeof(uri), "/api/v2/db/_table/todo?%s", query);
	req = call_begin(call, "GET", uri);
	req->param[PARAM_ACCEPT] = str_of(accept);
	assert_int_equal(request_route(req), ST_OK);
	return req;
}

struct choice {
	const char *query;
	const char *accept;
	enum format format; /* or NO_MATCH */
};

static void
expect(void **state, const struct choice *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct choice *c = &list[i];
		const struct format_choice *made =
		    format_of(ask(state, c->query, c->accept));
		enum format format =
		    made->fault == NULL ? made->format : NO_MATCH;

		if (format != c->format)
			fail_msg("%s, Accept: %s: %d", c->query, c->accept,
			    (int)format);
	}
}

#define EXPECT(state, list)                                                    \
	expect(state, list, sizeof(list) / sizeof((list)[0]))

static void
the_accept_line_chooses(void **state)
{
	/* A browser; Axios; what only JSON can mean. */
	static const struct choice list[] = {
		{ "", NULL, JSON },
		{ "", "", JSON },
		{ "", "*/*", JSON },
		{ "", "application/json", JSON },
		{ "", "text/csv", CSV },
		{ "", "TEXT/CSV", CSV },
		{ "", "application/xml", XML },
		{ "", "text/xml", XML },
		{ "", "text/*", CSV },
		{ "", "application/*", JSON },
		{ "",
		    "text/html,application/xhtml+xml,application/xml;q=0.9,"
		    "*/*;q=0.8",
		    XML },
		{ "", "application/json, text/plain, */*", JSON },
		{ "", "text/csv;q=0.5, application/json;q=0.4", CSV },
		{ "", "text/csv;q=0.4, application/json;q=0.5", JSON },
		{ "", "text/csv, application/json", CSV },
		{ "", "application/json, text/csv", JSON },
		{ "", "text/csv, */*", CSV },
		{ "", "*/*, application/json;q=0", CSV },
		{ "", "*/*;q=0.1, text/csv;q=0, application/json;q=0", XML },
		{ "", "text/plain", JSON },
		{ "", "application/problem+json", JSON },
		{ "", "application/vnd.api+json", JSON },
		{ "", "image/png", NO_MATCH },
		{ "", "text/html", NO_MATCH },
		{ "", "text/csv;q=0", NO_MATCH },
		{ "", "csv", NO_MATCH },
	};

	EXPECT(state, list);
}

static void
a_parameter_wins_over_the_line(void **state)
{
	static const struct choice list[] = {
		{ "accept=text/csv", "application/json", CSV },
		{ "accept=csv", NULL, CSV },
		{ "accept=XML", NULL, XML },
		{ "Accept=json", "text/csv", JSON },
		{ "accept=*/*", "text/csv", JSON },
		{ "accept=", "text/csv", CSV },
		{ "accept=text/csv%3Bq=0.1,text/xml", NULL, XML },
		{ "accept=image/png", "text/csv", NO_MATCH },
	};

	EXPECT(state, list);
}

static void
a_file_wins_over_both(void **state)
{
	static const struct choice list[] = {
		{ "file=a.csv&accept=xml", "application/json", CSV },
		{ "file=a.XML", NULL, XML },
		{ "file=a.b.json", "text/csv", JSON },
		{ "file=true", "text/csv", JSON },
		{ "file=plain", "text/csv", CSV },
		{ "file=false", "text/csv", CSV },
		{ "file=", "text/csv", CSV },
		{ "file=a.png", NULL, NO_MATCH },
		{ "file=a.", NULL, NO_MATCH },
	};

	EXPECT(state, list);
}

static void
expect_name(void **state, const char *query, const char *want)
{
	struct request *req = ask(state, query, NULL);
	struct str head;

	format_name_file(req);
	head = buf_str(&req->response.head);
	assert_string_equal(arena_dup(req->arena, head).p, want);
}

#define NAMED(text) "Content-Disposition: attachment; filename=" text "\r\n"

static void
a_file_has_a_name(void **state)
{
	expect_name(state, "", "");
	expect_name(state, "file=plain", "");
	expect_name(state, "file=report.csv", NAMED("\"report.csv\""));
	expect_name(state, "file=a%20b.c.XML", NAMED("\"a b.c.xml\""));
	expect_name(state, "file=true", NAMED("\"todo.json\""));
	expect_name(state, "file=.csv", NAMED("\"export.csv\""));
}

static void
a_name_leads_nowhere(void **state)
{
	expect_name(state, "file=../../etc/x.csv", NAMED("\"x.csv\""));
	expect_name(state, "file=c:%5Cdir%5Cx.csv", NAMED("\"x.csv\""));
	expect_name(state, "file=.htaccess.csv", NAMED("\"htaccess.csv\""));
	expect_name(state, "file=/.csv", NAMED("\"export.csv\""));
	expect_name(state, "file=a%22%0D%0AX-Evil:%201%3B.csv",
	    NAMED("\"a___X-Evil_ 1_.csv\""));
	expect_name(state, "file=a%2541.csv", NAMED("\"a_41.csv\""));
}

static void
a_name_may_be_of_any_language(void **state)
{
	expect_name(state, "file=%C3%BCber.csv",
	    NAMED("\"__ber.csv\"; filename*=UTF-8''%C3%BCber.csv"));
	expect_name(state, "file=a%FFb.csv", NAMED("\"a_b.csv\""));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_call, close_call)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_accept_line_chooses),
		TEST(a_parameter_wins_over_the_line),
		TEST(a_file_wins_over_both),
		TEST(a_file_has_a_name),
		TEST(a_name_leads_nowhere),
		TEST(a_name_may_be_of_any_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
