#include "middleware/convert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/xmlout.h"

#define XML_HEAD "<?xml version=\"1.0\" ?>\n<dfapi>"
#define XML_END  "</dfapi>\n"

static struct arena arena;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 4096);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

/* The text in pieces of n bytes, converted. */
static const char *
converted(enum format format, struct str text, size_t n, struct str columns)
{
	struct buf out = buf_in(&arena);
	struct convert c;

	convert_open(&c, format, &out);
	c.no_records = columns;
	while (text.n > 0) {
		convert_put(&c, str_make(text.p, n < text.n ? n : text.n));
		text = str_skip(text, n);
	}
	convert_end(&c);
	convert_close(&c);
	buf_put_char(&out, '\0');
	return out.p;
}

static void
expect(enum format format, const char *text, const char *want)
{
	struct str s = str_of(text);

	for (size_t n = 1; n <= s.n; n += n < 20 ? 1 : 17)
		assert_string_equal(converted(format, s, n, STR_NULL), want);
	assert_string_equal(converted(format, s, s.n, STR_NULL), want);
}

static void
records_become_lines(void **state)
{
	(void)state;
	expect(FORMAT_CSV,
	    "{\"resource\":[{\"id\":1,\"name\":\"a\",\"ok\":true},"
	    "{\"id\":-2.50,\"name\":null,\"ok\":false}],"
	    "\"meta\":{\"count\":9}}",
	    "id,name,ok\r\n1,a,true\r\n-2.50,,false\r\n");
	expect(FORMAT_CSV, "[{\"a\":1},{\"a\":2}]", "a\r\n1\r\n2\r\n");
}

static void
texts_are_quoted_where_they_must_be(void **state)
{
	(void)state;
	expect(FORMAT_CSV,
	    "[{\"a,b\":\"x,y\",\"q\":\"say \\\"hi\\\"\",\"l\":\"1\\r\\n2\","
	    "\"e\":\"\",\"s\":\" x\",\"u\":\"\\u00e9\",\"n\":null}]",
	    "\"a,b\",q,l,e,s,u,n\r\n"
	    "\"x,y\",\"say \"\"hi\"\"\",\"1\r\n2\",\"\",\" x\",\xC3\xA9,\r\n");
}

static void
what_holds_values_stays_json(void **state)
{
	(void)state;
	expect(FORMAT_CSV, "[{\"a\":[1,{\"b\":\"c\"}],\"d\":{}}]",
	    "a,d\r\n\"[1,{\"\"b\"\":\"\"c\"\"}]\",{}\r\n");
}

static void
columns_are_those_of_the_first_record(void **state)
{
	(void)state;
	expect(FORMAT_CSV,
	    "[{\"a\":1,\"b\":2},{\"b\":3,\"a\":4},{\"c\":5},{\"b\":6,\"c\":7}]",
	    "a,b\r\n1,2\r\n4,3\r\n,\r\n,6\r\n");
}

static void
what_is_no_list_of_records_is_csv_too(void **state)
{
	(void)state;
	expect(FORMAT_CSV, "{\"id\":1,\"name\":\"a\",\"list\":[1,2]}",
	    "id,name,list\r\n1,a,\"[1,2]\"\r\n");
	expect(FORMAT_CSV, "{\"resource\":[1,\"(1,2)\",[3]]}",
	    "resource\r\n1\r\n\"(1,2)\"\r\n[3]\r\n");
	expect(FORMAT_CSV, "42", "42\r\n");
	expect(FORMAT_CSV, "{\"resource\":[]}", "");
	expect(FORMAT_CSV, "{}", "");
	expect(FORMAT_CSV, "[{}]", "\r\n{}\r\n");
}

static void
a_list_without_records_may_have_names(void **state)
{
	struct str none = STR("{\"resource\":[],\"meta\":{\"count\":0}}");
	struct str names = STR("[\"id\",\"a,b\"]");

	(void)state;
	assert_string_equal(
	    converted(FORMAT_CSV, none, none.n, names), "id,\"a,b\"\r\n");
	assert_string_equal(
	    converted(FORMAT_CSV, STR("[]"), 2, names), "id,\"a,b\"\r\n");
	assert_string_equal(
	    converted(FORMAT_CSV, STR("[{\"x\":1}]"), 9, names), "x\r\n1\r\n");
	assert_string_equal(
	    converted(FORMAT_CSV, STR("{\"x\":1}"), 7, names), "x\r\n1\r\n");
}

static void
members_become_elements(void **state)
{
	(void)state;
	expect(FORMAT_XML,
	    "{\"resource\":[{\"id\":1,\"n\":null,\"e\":\"\",\"ok\":true},"
	    "{\"id\":2}],\"meta\":{\"count\":9}}",
	    XML_HEAD "<resource><id>1</id><n/><e></e><ok>true</ok></resource>"
		     "<resource><id>2</id></resource>"
		     "<meta><count>9</count></meta>" XML_END);
	expect(FORMAT_XML, "[{\"a\":1}]",
	    XML_HEAD "<resource><a>1</a></resource>" XML_END);
	expect(FORMAT_XML, "{\"a\":{\"b\":{}}}",
	    XML_HEAD "<a><b></b></a>" XML_END);
}

static void
lists_repeat_their_name(void **state)
{
	(void)state;
	expect(FORMAT_XML, "{\"a\":[1,null,\"x\"],\"none\":[]}",
	    XML_HEAD "<a>1</a><a/><a>x</a>" XML_END);
	expect(FORMAT_XML, "{\"a\":[[1,2],[]]}",
	    XML_HEAD "<a><item>1</item><item>2</item></a><a></a>" XML_END);
	expect(FORMAT_XML, "[[1],2]",
	    XML_HEAD "<resource><item>1</item></resource>"
		     "<resource>2</resource>" XML_END);
	expect(FORMAT_XML, "42", XML_HEAD "42" XML_END);
	expect(FORMAT_XML, "null", XML_HEAD XML_END);
}

static void
markup_and_control_characters_are_no_text(void **state)
{
	(void)state;
	expect(FORMAT_XML, "{\"a\":\"<b> & \\\"c\\\" ]]>\"}",
	    XML_HEAD "<a>&lt;b&gt; &amp; \"c\" ]]&gt;</a>" XML_END);
	expect(FORMAT_XML,
	    "{\"a\":\"\\u0000\\u001b\\t\\r\\n\\uffff\\ud83d\\ude00\"}",
	    XML_HEAD "<a>\xEF\xBF\xBD\xEF\xBF\xBD\t&#13;\n\xEF\xBF\xBD"
		     "\xF0\x9F\x98\x80</a>" XML_END);
}

static void
expect_name(const char *name, const char *want)
{
	struct buf out = buf_in(&arena);

	xml_put_name(&out, str_of(name));
	buf_put_char(&out, '\0');
	assert_string_equal(out.p, want);
}

static void
names_become_names_of_xml(void **state)
{
	(void)state;
	expect_name("order_id", "order_id");
	expect_name("gr\xC3\xB6\xC3\x9F"
		    "e",
	    "gr\xC3\xB6\xC3\x9F"
	    "e");
	expect_name("a b<c>", "a_b_c_");
	expect_name("1st", "_1st");
	expect_name("-x.y", "_-x.y");
	expect_name("COUNT(*)", "COUNT___");
	expect_name("a:b", "a_b");
	expect_name("", "_");
	expect_name("/", "_");
	expect_name("\xC3\x97", "_");
	expect_name("a\xFF", "a_");
}

static void
what_is_no_json_becomes_text(void **state)
{
	(void)state;
	expect(FORMAT_CSV, "[{\"a\":x}]", "resource\r\n\"{\"\"a\"\":x}\"\r\n");
	expect(FORMAT_XML, "{\"a\":tru}", XML_HEAD "<a>tru</a>" XML_END);
	expect(FORMAT_XML, "<b>", XML_HEAD "&lt;b&gt;" XML_END);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_become_lines),
		TEST(texts_are_quoted_where_they_must_be),
		TEST(what_holds_values_stays_json),
		TEST(columns_are_those_of_the_first_record),
		TEST(what_is_no_list_of_records_is_csv_too),
		TEST(a_list_without_records_may_have_names),
		TEST(members_become_elements),
		TEST(lists_repeat_their_name),
		TEST(markup_and_control_characters_are_no_text),
		TEST(names_become_names_of_xml),
		TEST(what_is_no_json_becomes_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
