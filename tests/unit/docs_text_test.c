#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/services/docs/doc.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define SERVICE 7

struct fixture {
	struct arena arena;
	struct request *req;
	struct role role;
	struct service service;
	struct doc d;
	struct buf out;
};

static int
setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	arena_init(&f->arena, 4096);
	f->req = arena_zalloc(&f->arena, sizeof(*f->req));
	f->req->arena = &f->arena;
	f->req->role = &f->role;
	f->service = (struct service){ .id = SERVICE, .name = STR("db") };
	f->d = (struct doc){ .req = f->req,
		.service = &f->service,
		.subject = STR("odd table") };
	f->out = buf_in(&f->arena);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	arena_close(&f->arena);
	test_free(f);
	return 0;
}

static void
assert_out(struct fixture *f, const char *expected)
{
	struct str text = buf_str(&f->out);

	if (!str_eq(text, str_of(expected)))
		fail_msg("%.*s", STR_ARG(text));
	f->out.n = 0;
}

static void
no_two_names_are_one(void **state)
{
	struct fixture *f = *state;

	doc_word(&f->out, STR("a_b9"));
	assert_out(f, "a_b9");
	doc_word(&f->out, STR("a b"));
	assert_out(f, "a-20b");
	doc_word(&f->out, STR("a-20b"));
	assert_out(f, "a-2D20b");
	doc_word(&f->out, STR("a.b/c"));
	assert_out(f, "a-2Eb.c");
	doc_name(&f->d, &f->out, STR("list"));
	assert_out(f, "db.odd-20table.list");
}

static void
a_piece_of_a_path_is_encoded(void **state)
{
	struct fixture *f = *state;

	doc_piece(&f->out, STR("a/{b} \xC3\xA9?"), false);
	assert_out(f, "a%2F%7Bb%7D%20%C3%A9%3F");
	doc_piece(&f->out, STR("a/b:c"), true);
	assert_out(f, "a/b:c");
}

static void
a_template_is_json_of_either_version(void **state)
{
	struct fixture *f = *state;

	doc_text(&f->d, &f->out, "{'type':'~string','x':@.list}");
	assert_out(f, "{\"type\":[\"string\",\"null\"],\"x\":{\"$ref\":"
		      "\"#/components/schemas/db.odd-20table.list\"}}");
	assert_true((f->d.wanted & DOC_LIST) != 0);
	f->d.is_old = true;
	doc_text(&f->d, &f->out, "{'type':'~integer','y':@Error}");
	assert_out(f, "{\"type\":\"integer\",\"nullable\":true,\"y\":{\"$ref\":"
		      "\"#/components/schemas/Error\"}}");
}

static void
rows_of_the_role_name_places(void **state)
{
	static const struct {
		const char *path;
		const char *component;
	} expected[] = {
		{ "/t/{id}", "t/{id}" },
		{ "/t/5", "t/5" },
		{ "/t/a/{id}", "t/a/{id}" },
		{ "/t/a", "t/a" },
		{ "/t/x%20{id}", "t/x {id}" },
	};
	const struct access rows[] = {
		{ .service_id = SERVICE, .component = STR("t/5") },
		{ .service_id = SERVICE, .component = STR("t/a/*") },
		{ .service_id = SERVICE, .component = STR("t/5") },
		{ .service_id = SERVICE, .component = STR("t/x *") },
		{ .service_id = SERVICE, .component = STR("t/*") },
		{ .service_id = SERVICE, .component = STR("t") },
		{ .service_id = SERVICE, .component = STR("t/a*b") },
		{ .service_id = 8, .component = STR("t/6") },
		{ .service_id = 0, .component = STR("*") },
	};
	struct fixture *f = *state;
	struct doc_place *places;
	size_t n;

	f->role.rows = rows;
	f->role.n_rows = sizeof(rows) / sizeof(rows[0]);
	places = doc_places(&f->d, STR("t/"), "id", &n);
	assert_int_equal(n, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < n; i++) {
		buf_put(&f->out, places[i].path);
		assert_out(f, expected[i].path);
		buf_put(&f->out, places[i].component);
		assert_out(f, expected[i].component);
	}
}

#define QUESTION(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		QUESTION(no_two_names_are_one),
		QUESTION(a_piece_of_a_path_is_encoded),
		QUESTION(a_template_is_json_of_either_version),
		QUESTION(rows_of_the_role_name_places),
	};

	return cmocka_run_group_tests_name("docs_text", tests, NULL, NULL);
}
