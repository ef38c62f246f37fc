"""group=, functions among the fields, and having: a row for each group."""

import urllib.parse

import pytest

from support import people
from support.answer import check_error

ENGINES = ("sqlite", "mysql")


@pytest.fixture(name="ask", scope="module")
def ask_people(site, engine, key):
    """Reads the table with these options in the URL."""
    site.add_service(people.SERVICE, engine.type, cache_enabled=True,
                     **engine.create("people", people.sql(engine)))
    site.grant("owner", people.SERVICE, "*", "all")
    server = site.serve("people")
    with server.connect() as client:
        def ask(**options):
            query = urllib.parse.urlencode(options)
            return client.call(f"{people.TABLE}?{query}", headers=key)
        yield ask
    server.stop()


def rows(answer):
    assert answer.status == 200, answer
    return [tuple(row.values()) for row in answer.rows]


def test_a_group_is_one_row(ask):
    answer = ask(group="member", fields="member,COUNT(*),SUM(age),MIN(name)")
    assert answer.rows == [
        {"member": None, "COUNT_ALL": 1, "SUM_age": None,
         "MIN_name": "O'Brien"},
        {"member": False, "COUNT_ALL": 3, "SUM_age": 125,
         "MIN_name": "50% off!"},
        {"member": True, "COUNT_ALL": 4, "SUM_age": 123,
         "MIN_name": "Ann"}]


@pytest.mark.parametrize("fields, values", [
    ("COUNT(*)", (8,)),
    ("count(age),Count(id)", (7, 8)),
    ("MIN(age),MAX(age)", (18, 70)),
    ("SUM(height)", (10.51,)),
    ("MIN(height),MAX(height)", (0.05, 2)),
    ("AVG(weight),SUM(weight)", (180.678571428571, 1264.75)),
    ("SUM(big)", (18014398509482001,)),
    ("MIN(born),MAX(seen)", ("1954-07-07", "2024-08-08 08:08:08")),
])
def test_all_rows_are_one_group_without_a_group(ask, fields, values):
    ((*found,),) = rows(ask(fields=fields))
    assert found == pytest.approx(values) if isinstance(
        values[0], float) else tuple(found) == values


def test_fields_of_the_group_are_the_default(ask):
    assert rows(ask(group_by="age", filter="age >= 30")) == [
        (30,), (35,), (40,), (70,)]
    assert rows(ask(group="age", fields="*", filter="age < 30")) == [
        (18,), (25,)]


def test_groups_have_an_order_and_pages(ask):
    answer = ask(group="age", fields="age,COUNT(*)", limit=2, offset=1,
                 order="COUNT_ALL desc,age desc", include_count="true")
    assert rows(answer) == [(70, 1), (40, 1)]
    assert answer.json["meta"] == {"count": 7, "next": 3}


def test_groups_are_ordered_by_what_is_not_shown(ask):
    assert rows(ask(group="age", fields="COUNT(*)", limit=3,
                    order="age nulls last")) == [(1,), (1,), (2,)]


def test_groups_are_counted(ask):
    assert ask(group="age", count_only="true").json == 7
    assert ask(group="age,member", count_only="true").json == 8


def test_only_rows_of_the_filter_are_grouped(ask):
    assert rows(ask(group="member", fields="member,COUNT(*)",
                    filter="age = 30")) == [(False, 1), (True, 1)]


@pytest.mark.parametrize("having, found", [
    ("COUNT_ALL > 1", [30]),
    ("COUNT(*) > 1", [30]),
    ("(sum( height ) > 1.74) and SUM_height < 1.76", [30, 40]),
    ("SUM_height > 1.74 and SUM_height < 1.76", [30, 40]),
    ("SUM_height is null", [None]),
    ("age in (18, 25)", [18, 25]),
    ("MAX_height = 2.00", [35]),
    ("MIN_born < '1970-01-01'", [70]),
    ("MIN_name contains Smith or COUNT_ALL = :two", [30, 40]),
])
def test_having_chooses_among_the_groups(ask, having, found):
    answer = ask(group="age", having=having, order="age", **{
        "params[:two]": 2,
        "fields": "age,COUNT(*),SUM(height),MAX(height),MIN(born),MIN(name)"})
    assert [row[0] for row in rows(answer)] == found


@pytest.mark.parametrize("options, words", [
    ({"group": "nosuch"}, "Invalid field requested: 'nosuch'"),
    ({"group": "age", "fields": "SUM(nosuch)"},
     "Invalid field requested: 'SUM(nosuch)'"),
    ({"fields": "SLEEP(5)"}, "Invalid field requested: 'SLEEP(5)'"),
    ({"group": "age", "fields": "name"}, "must be in 'group'"),
    ({"fields": "SUM(name)"}, "Field 'name' is no number"),
    ({"group": "age", "order": "name"}, "Invalid field 'name' in order"),
    ({"having": "age = 1"}, "'having'"),
    ({"group": "age", "having": "nosuch = 1"}, "'nosuch'"),
    ({"group": "age", "having": "SUM(nosuch) = 1"}, "'SUM_nosuch'"),
    ({"group": "age", "having": "SLEEP(5) = 0"}, "'SLEEP_5'"),
    ({"group": "age", "having": "COUNT(* > 1"}, "not closed"),
    ({"group": "age", "ids": "1"}, "'ids'"),
    ({"group": "age", "as_list": "true"}, "'as_list'"),
])
def test_what_cannot_be_grouped_is_400(ask, options, words):
    check_error(ask(**options), 400, words)


def test_groups_have_entries_of_their_own_in_the_cache(ask):
    asked = {"group": "age", "fields": "age,COUNT(*)", "limit": "7"}
    assert not ask(**asked).hit
    assert ask(**asked).hit
    assert ask(group="AGE", fields="age,count( * )", limit="7").hit
    assert not ask(**asked | {"group": "age,member"}).hit
    assert not ask(**asked | {"having": "COUNT_ALL = 1"}).hit
    assert not ask(**asked | {"fields": "age,COUNT(age)"}).hit
