"""The Data API: lists, records, writes, and what it refuses.

Every test runs on each engine through nginx and a weir process, with the
shop of support/shop.py behind it. One more is a function that uses `call`
(any method, with a body) or `get`; new files define ENGINES as this one
does. A test leaves the shop's rows as it found them.
"""

import json

import pytest

from support import shop
from support.answer import check_error

ENGINES = ("sqlite", "mysql")
SETTINGS = {"MAX_BODY": "1m"}
TABLE = "/api/v2/shop/_table/orders"
KINDS = "/api/v2/shop/_table/kinds"


def test_a_service_lists_its_resources(get):
    names = [row["name"] for row in get("/api/v2/shop").rows]
    assert "_table" in names


def test_the_tables_are_listed(get):
    names = {row["name"] for row in get("/api/v2/shop/_table").rows}
    assert {"orders", "notes", "kinds", "totals"} <= names


def test_a_list_holds_every_row(get):
    answer = get(TABLE)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert [row["id"] for row in answer.rows] == [
        *range(1, shop.ORDERS + 1)]
    assert answer.rows[0].keys() == shop.order(1).keys()


def test_a_trailing_slash_changes_nothing(get):
    assert get(TABLE + "/?limit=2").rows == get(TABLE + "?limit=2").rows


def test_fields_are_chosen(get):
    rows = get(TABLE + "?fields=item,id&limit=2").rows
    assert [list(row) for row in rows] == [["item", "id"]] * 2


@pytest.mark.parametrize("query, ids", [
    ("limit=3", [1, 2, 3]),
    ("limit=2&offset=5", [6, 7]),
    ("order=id%20desc&limit=2", [500, 499]),
    ("order=item,id%20desc&limit=1", [500 - 500 % 4 - 4]),
    ("top=2&skip=1&sort=id", [2, 3]),
    ("limit=5&offset=498", [499, 500]),
    ("limit=5&offset=9999", []),
    ("&limit=1", [1]),
])
def test_a_list_is_paged_and_ordered(get, query, ids):
    if "item" in query:
        ids = [max(i for i in range(1, 501) if i % 4 == 0)]
    rows = get(f"{TABLE}?fields=id&{query}").rows
    assert [row["id"] for row in rows] == ids


def test_a_count_is_included_on_request(get):
    meta = get(TABLE + "?limit=10&offset=20&include_count=true").json["meta"]
    assert meta == {"count": shop.ORDERS, "next": 30}


def test_the_last_page_has_no_next(get):
    meta = get(TABLE + "?limit=10&offset=490&include_count=true").json["meta"]
    assert meta == {"count": shop.ORDERS}


def test_a_record_is_found_by_its_id(get):
    answer = get(TABLE + "/7")
    assert answer.status == 200
    assert answer.json["id"] == 7
    assert answer.json["item"] == shop.order(7)["item"]


def test_records_are_listed_by_their_ids(get):
    rows = get(TABLE + "?ids=3,1,2&fields=id").rows
    assert sorted(row["id"] for row in rows) == [1, 2, 3]


def test_a_missing_id_of_a_list_is_a_batch_error(get):
    error = get(TABLE + "?ids=1,99999").error
    assert (error["code"], error["status_code"]) == (1000, 400)
    assert error["context"]["error"] == [1]


def test_only_a_count_is_a_bare_number(get):
    assert get(TABLE + "?count_only=true").json == shop.ORDERS


def test_a_missing_record_is_404(get):
    check_error(get(TABLE + "/99999"), 404,
                "Record with identifier '99999' not found.")


def test_types_keep_their_nature(get):
    body = get(KINDS + "/1").body.decode()
    row = json.loads(body)
    assert row["truth"] is True
    assert row["small"] == -5
    assert '"big":9007199254740993' in body
    assert row["ratio"] == 0.1
    assert row["price"] == 10
    assert row["label"] == 'a "b" \\ /é'
    assert row["raw"] == "AP8Q"
    assert row["day"] == "2024-02-29"


def test_a_decimal_has_the_places_that_its_column_keeps(call, get, engine):
    """MariaDB rounds to the places declared; SQLite declares and keeps."""
    kept = {"sqlite": b'"price":1.005', "mysql": b'"price":1.01'}
    answer = call("PATCH", KINDS + "/2?fields=price", {"price": 1.005})
    assert answer.status == 200
    assert kept[engine.type] in answer.body
    assert kept[engine.type] in get(KINDS + "/2").body
    call("PATCH", KINDS + "/2", {"price": None})


def test_a_number_out_of_range_is_400(call, get):
    answer = call("PATCH", KINDS + "/2", {"big": 1 << 63})
    check_error(answer, 400, "'big'")
    assert get(KINDS + "/2").json["big"] is None


def test_null_is_null(get):
    row = get(KINDS + "/2").json
    assert {value for name, value in row.items() if name != "id"} == {None}


def test_a_view_is_read(get):
    rows = get("/api/v2/shop/_table/totals?order=item").rows
    assert sum(row["orders"] for row in rows) >= shop.ORDERS


def test_a_record_lives(call, get):
    made = call("POST", TABLE, {"resource": [
        {"item": "cog", "amount": 1.25, "day": "2024-03-01"}]})
    assert made.status == 200
    (row,) = made.rows
    path = f"{TABLE}/{row['id']}"
    assert list(row) == ["id"]
    assert get(path).json["item"] == "cog"
    assert call("PATCH", path, {"item": "wheel"}).json == row
    assert get(path).json["item"] == "wheel"
    assert get(path).json["amount"] == 1.25
    assert call("DELETE", path).json == row
    assert get(path).status == 404


def test_a_bare_array_makes_records(call):
    made = call("POST", TABLE, [{"item": "a"}, {"item": "b"}])
    assert made.status == 200
    assert len(made.rows) == 2
    for row in made.rows:
        assert call("DELETE", f"{TABLE}/{row['id']}").status == 200


def test_a_bare_record_is_made_and_answered_bare(call):
    made = call("POST", TABLE, {"item": "bare"})
    assert made.status == 200
    assert list(made.json) == ["id"]
    assert call("DELETE", f"{TABLE}/{made.json['id']}").status == 200


@pytest.mark.parametrize("wrap", [
    lambda row: row, lambda row: [row], lambda row: {"resource": [row]}])
def test_columns_may_be_named_like_options(call, get, wrap):
    words = "/api/v2/shop/_table/words"
    row = {"order": 1, "limit": 2, "fields": "x", "group": "y",
           'a "b" -- c': "z"}
    made = call("POST", words, wrap(row)).json
    id = made.get("id") or made["resource"][0]["id"]
    assert get(f"{words}/{id}").json == {"id": id, **row}
    assert call("PATCH", f"{words}/{id}", row).json == {"id": id}
    rows = get(f"{words}?fields=order,a%20%22b%22%20--%20c&order=limit").rows
    assert rows == [{"order": 1, 'a "b" -- c': "z"}]
    call("DELETE", f"{words}/{id}")


def test_put_changes_as_patch_does(call, get):
    before = get(TABLE + "/8").json
    assert call("PUT", TABLE + "/8", {"version": 1}).json == {"id": 8}
    assert get(TABLE + "/8").json == {**before, "version": 1}
    call("PUT", TABLE + "/8", {"version": 0})


def test_a_write_answers_with_the_fields_asked(call):
    answer = call("PATCH", TABLE + "/9?fields=id,item", {"version": 0})
    assert answer.json == {"id": 9, "item": shop.order(9)["item"]}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_writing_a_missing_record_is_404(call, method):
    body = {"item": "x"} if method == "PATCH" else None
    check_error(call(method, TABLE + "/99999", body), 404,
                "Record with identifier '99999' not found.")


def test_a_table_nobody_knows_is_404(get):
    check_error(get("/api/v2/shop/_table/nosuch"), 404,
                'Table "nosuch" does not exist in the database.')


def test_a_resource_nobody_knows_is_404(get):
    check_error(get("/api/v2/shop/_nosuch"), 404,
                "Resource '_nosuch' not found for service 'shop'.")


@pytest.mark.parametrize("query", [
    "fields=nosuch", "fields=id,nosuch", "order=nosuch",
    "order=id%20sideways", "order=id;drop%20table%20orders",
    'fields=id")--',
])
def test_a_field_nobody_knows_is_400(get, query):
    check_error(get(f"{TABLE}?{query}"), 400)


@pytest.mark.parametrize("body", [{"resource": []}, [], None, 5])
def test_no_record_at_all_is_400(call, body):
    check_error(call("POST", TABLE, body), 400,
                "No record(s) detected in request.")


def test_no_valid_field_is_400(call):
    check_error(call("PATCH", TABLE + "/1", {"nosuch": 1}), 400,
                "No valid fields were found in record.")


def test_null_where_none_may_be_is_400(call):
    check_error(call("PATCH", TABLE + "/1", {"item": None}), 400,
                "Field 'item' can not be NULL.")


def test_a_missing_required_field_is_400(call):
    answer = call("POST", TABLE, [{"amount": 1}])
    assert answer.status == 400
    assert "Required field 'item' can not be NULL." in answer.body.decode()


def test_a_word_where_a_number_belongs_is_400(call):
    check_error(call("PATCH", TABLE + "/1", {"version": "many"}), 400,
                "Field 'version' must be a valid integer.")


def test_a_second_record_of_a_unique_value_is_409(call, get):
    first = call("POST", KINDS, [{"label": "only"}])
    assert first.status == 200
    again = call("POST", KINDS, [{"label": "only"}])
    check_error(again, 409)
    call("DELETE", f"{KINDS}/{first.rows[0]['id']}")


@pytest.mark.parametrize("body, line, column", [
    ('{"item": }', 1, 10),
    ('{"item": "x",}', 1, 14),
    ('{\n  "item": "x"\n  "day": 1}', 3, 3),
    ('{"item": "x"', 1, 13),
    ('{"item": "\x01"}', 1, 11),
    ('{"item": 01}', 1, 11),
    ('nonsense', 1, 1),
    ('{"item": "x"} {}', 1, 15),
])
def test_malformed_json_is_named_by_line_and_column(call, body, line, column):
    answer = call("PATCH", TABLE + "/1", body)
    check_error(answer, 400, f"line {line}", f"column {column}")


def test_bytes_that_are_no_utf8_are_400(call):
    check_error(call("PATCH", TABLE + "/1", b'{"item": "\xff"}'), 400)


def test_deep_nesting_is_400(call):
    check_error(call("PATCH", TABLE + "/1", "[" * 100_000), 400)


def test_another_content_type_is_415(call):
    check_error(call("PATCH", TABLE + "/1", "item=x",
                     Content_Type="application/x-tar"), 415)


def test_a_body_over_the_limit_is_413(call):
    body = '{"item": "' + "x" * (1 << 20) + '"}'
    check_error(call("PATCH", TABLE + "/1", body), 413)


def test_too_many_parameters_are_400(get):
    query = "&".join(f"p{i}=1" for i in range(5000))
    check_error(get(f"{TABLE}?{query[:7000]}"), 400)


def test_head_is_a_get_without_its_body(call, get):
    head = call("HEAD", TABLE + "/1")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == get(TABLE + "/1").headers["ETag"]


@pytest.mark.parametrize("method, path", [
    ("TRACK", TABLE), ("POST", "/api/v2/shop"), ("DELETE", "/api/v2"),
])
def test_a_method_not_meant_there_is_405(call, method, path):
    answer = call(method, path, {} if method == "POST" else None)
    check_error(answer, 405)
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("method, path", [
    ("POST", TABLE + "/1"), ("DELETE", TABLE), ("PATCH", TABLE),
])
def test_a_write_that_names_no_record_is_400(call, method, path):
    answer = call(method, path, {"item": "x"})
    assert answer.status == 400, answer
    assert answer.error["message"]


@pytest.mark.parametrize("parameter", [
    "allow_related_delete=true",
])
def test_parameters_not_offered_yet_are_refused(get, parameter):
    answer = get(f"{TABLE}?{parameter}")
    assert answer.status in (400, 501), answer
    assert parameter.split("=")[0] in answer.error["message"]


def test_a_verb_travels_in_a_header(call):
    answer = call("POST", TABLE + "/9", {"version": 0},
                  X_HTTP_Method="PATCH")
    assert answer.json == {"id": 9}


def test_problem_json_is_sent_on_request(get):
    answer = get(TABLE + "/99999", Accept="application/problem+json")
    assert answer.status == answer.json["status"] == 404
    assert answer.headers["Content-Type"].startswith(
        "application/problem+json")
