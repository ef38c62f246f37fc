"""Related records beside records (dreamfactory.md 7.5), on every engine."""

import pytest

from support.answer import check_error
from support.library import SMALL, Library, row
from support.process import wait_until

ENGINES = ("sqlite", "mysql")


@pytest.fixture
def visitor(library_client, site, library):
    """Someone who may read books, authors and tags, and make readers."""
    return Library(library_client,
                   {"X-DreamFactory-API-Key": site.keys["visitor"]})


@pytest.fixture
def local(library_client, site, library):
    """Someone with row filters on books, taggings and authors."""
    return Library(library_client,
                   {"X-DreamFactory-API-Key": site.keys["local"]})


def names(rows, field="name"):
    return [row[field] for row in rows]


def by_id(rows, relation, field="id"):
    """What each record of a list is related to: one id, ids, or as it is."""
    def short(value):
        if isinstance(value, list):
            return [row[field] for row in value]
        return value[field] if value else value
    return {row["id"]: short(row[relation]) for row in rows}


@pytest.mark.parametrize("table, relation, expected", [
    ("books", "authors_by_author", {1: 1, 2: 1, 3: 2, 4: None, 5: 1}),
    ("books", "authors_by_editor",
     {1: 2, 2: None, 3: 2, 4: 1, 5: None}),
    ("authors", "books_by_author", {1: [1, 2, 5], 2: [3], 3: []}),
    ("authors", "books_by_editor", {1: [4], 2: [1, 3], 3: []}),
    ("authors", "profiles_by_author", {1: [], 2: 1, 3: []}),
    ("profiles", "authors_by_author", {1: 2, 2: None}),
    ("books", "tags_by_taggings",
     {1: [1, 2], 2: [2], 3: [], 4: [], 5: [1]}),
    ("tags", "books_by_taggings", {1: [1, 5], 2: [1, 2], 3: []}),
    ("books", "readers_by_loans", {1: [1, 2], 2: [], 3: [], 4: [], 5: []}),
    ("staff", "staff_by_boss", {1: None, 2: 1, 3: 2, 4: 4}),
    ("staff", "staff_by_boss_has_many", {1: [2], 2: [3], 3: [], 4: [4]}),
    ("staff", "staff_by_friends", {1: [2, 3], 2: [], 3: [2], 4: []}),
    ("staff", "staff_by_friends_a", {1: [], 2: [1, 3], 3: [1], 4: []}),
])
def test_each_record_shows_what_is_related(
        library, table, relation, expected):
    rows = library.rows(table, related=relation)
    assert by_id(rows, relation) == expected
    plain = [{name: value for name, value in row.items()
              if name != relation} for row in rows]
    assert plain == library.rows(table)


def test_related_records_have_all_fields(library):
    first = library.get("books/1", related="authors_by_author").json
    assert first["authors_by_author"] == row("authors", 1)
    first = library.get("authors/1", related="books_by_author").json
    assert first["books_by_author"] == [
        row("books", id) for id in (1, 2, 5)]


def test_relations_come_last_and_as_asked(library):
    first = library.get(
        "books/1", related="tags_by_taggings,authors_by_author").json
    assert list(first)[-2:] == ["tags_by_taggings", "authors_by_author"]


@pytest.mark.parametrize("table, asked, name", [
    ("books", "tags", "tags_by_taggings"),
    ("books", "TAGS_BY_TAGGINGS", "tags_by_taggings"),
    ("authors", "profiles", "profiles_by_author"),
    ("profiles", "Authors", "authors_by_author"),
])
def test_a_table_names_the_only_relation_to_it(library, table, asked, name):
    rows = library.rows(table, related=asked)
    assert rows == library.rows(table, related=name)
    assert name in rows[0]


def test_a_table_with_several_relations_is_ambiguous(library):
    check_error(library.get("books", related="authors"), 400, "authors",
                "authors_by_author", "authors_by_editor")


@pytest.mark.parametrize("asked, word", [
    ("nothing", "nothing"), ("books.nothing", "books.nothing"),
    ("tags,nothing", "nothing"), ("tags.nothing", "nothing"), ("id", "id"),
    ("tags,", ""), ("a.b.c", "a.b.c"), ("titles", "titles"), ("*.*", "*.*"),
    ("tags.", ""), (".tags", ".tags"), ("tags..books", ".books")])
def test_an_unknown_relation_is_refused(library, asked, word):
    check_error(library.get("books", related=asked), 400,
                f"Relation '{word}' does not exist for table")


def test_nothing_related_is_no_mistake(library):
    assert library.get("books", related="").json == library.get("books").json


def test_a_view_has_no_relations(library):
    check_error(library.get("titles", related="authors"), 400, "authors")
    assert library.rows("titles", related="*") == library.rows("titles")


def test_a_star_is_all_relations(library):
    first = library.get("books/1", related="*").json
    assert [name for name in first if name not in row("books", 1)] == [
        "authors_by_author", "authors_by_editor", "loans_by_book",
        "taggings_by_book", "readers_by_loans", "tags_by_taggings"]


def test_fields_of_a_relation_are_chosen(library):
    first = library.get(
        "authors/1", related="books_by_author",
        books_by_author__fields="title,year").json
    assert first["books_by_author"][0] == {"title": "one", "year": 2001}
    first = library.get("books/1", related="tags", tags__select="").json
    assert first["tags_by_taggings"] == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("option", [
    "books_by_author.limit", "books_by_author_limit", "BOOKS_BY_AUTHOR.Limit",
    "books_by_author.top"])
def test_a_limit_is_for_each_record(library, option):
    rows = library.rows("authors", related="books_by_author", **{option: 2})
    assert by_id(rows, "books_by_author") == {1: [1, 2], 2: [3], 3: []}


@pytest.mark.parametrize("limit, ids", [
    ("1", [1]), ("0", [1, 2, 5]), ("-1", [1, 2, 5]), ("", [1, 2, 5]),
    ("99999", [1, 2, 5])])
def test_limits_of_any_size_are_taken(library, limit, ids):
    rows = library.rows("authors", related="books_by_author",
                        books_by_author__limit=limit)
    assert by_id(rows, "books_by_author")[1] == ids


@pytest.mark.parametrize("order, ids", [
    ("title", [5, 1, 2]),
    ("title desc", [2, 1, 5]),
    ("lent,id desc", [2, 5, 1]),
    ("year nulls last", [2, 1, 5]),
])
@pytest.mark.parametrize("limit", ["", "2"])
def test_related_records_are_ordered(library, order, ids, limit):
    rows = library.rows("authors", related="books_by_author",
                        books_by_author__order=order,
                        books_by_author__limit=limit)
    assert by_id(rows, "books_by_author")[1] == ids[:int(limit or 3)]


def test_many_to_many_is_ordered_and_limited(library):
    rows = library.rows("books", related="tags", tags__order="name desc",
                        tags__limit=1)
    assert by_id(rows, "tags_by_taggings") == {
        1: [2], 2: [2], 3: [], 4: [], 5: [1]}
    rows = library.rows("books", related="readers", readers__limit=1)
    assert by_id(rows, "readers_by_loans")[1] == [1]


@pytest.mark.parametrize("relation, condition, expected", [
    ("books_by_author", "year > 2000", {1: [1, 5], 2: [], 3: []}),
    ("books_by_author", "title like :t", {1: [1], 2: [], 3: []}),
    ("profiles_by_author", "bio = 'x'", {1: [], 2: [], 3: []}),
    ("authors_by_books", "name = 'Bob'", {1: [2], 2: [2], 3: []}),
    ("books_by_author", "tags.name = 'x'", {1: [1, 5], 2: [], 3: []}),
    ("books_by_author", "not loans.reader = 1", {1: [2, 5], 2: [3], 3: []}),
])
def test_related_records_are_filtered(library, relation, condition, expected):
    rows = library.rows("authors", related=relation, **{
        relation + ".filter": condition, "params[:t]": "on_"})
    assert by_id(rows, relation) == expected


def test_a_filter_and_a_limit_go_together(library):
    rows = library.rows(
        "authors", related="books_by_author",
        books_by_author__filter="year > 1999", books_by_author__limit=1,
        books_by_author__order="year desc")
    assert by_id(rows, "books_by_author") == {1: [5], 2: [], 3: []}


def test_what_is_filtered_away_is_not_related(library):
    rows = library.rows("books", related="authors_by_author",
                        authors_by_author__filter="id = 2")
    assert by_id(rows, "authors_by_author") == {
        1: None, 2: None, 3: 2, 4: None, 5: None}


@pytest.mark.parametrize("option, value, word", [
    ("books_by_author.limit", "x", "limit"),
    ("books_by_author.fields", "nope", "nope"),
    ("books_by_author.order", "nope", "nope"),
    ("books_by_author.filter", "nope = 1", "nope"),
    ("books_by_author.filter", "id =", "filter"),
    ("books_by_author.group", "year", "books_by_author.group"),
    ("books_by_author.offset", "1", "books_by_author.offset"),
    ("books.limit", "1", "books.limit"),
    ("nothing.limit", "1", "nothing.limit"),
])
def test_a_wrong_option_is_refused(library, option, value, word):
    answer = library.get("authors", related="books_by_author",
                         **{option: value})
    check_error(answer, 400, word)


def test_two_levels(library):
    rows = library.rows(
        "authors", related="books_by_author,books_by_author.tags")
    books = rows[0]["books_by_author"]
    assert by_id(books, "tags_by_taggings") == {1: [1, 2], 2: [2], 5: [1]}
    assert rows == library.rows(
        "authors", related="books_by_author.tags_by_taggings")


def test_the_second_level_has_options_and_stars(library):
    rows = library.rows(
        "tags", related="books.*", books__fields="title",
        books__limit=1, books__order="id desc",
        books__authors_by_author__fields="name",
        books_by_taggings_loans_fields="day")
    assert rows[0]["books_by_taggings"] == [{
        "title": "five", "authors_by_author": {"name": "Ann"},
        "authors_by_editor": None, "loans_by_book": [],
        "taggings_by_book": [{"book": 5, "tag": 1}],
        "readers_by_loans": [], "tags_by_taggings": [row("tags", 1)]}]
    assert rows[1]["books_by_taggings"][0]["title"] == "two"
    assert rows[1]["books_by_taggings"][0]["loans_by_book"] == [
        {"day": "4"}]


def test_a_third_level_is_refused(library):
    check_error(library.get("tags", related="books.taggings.tags"), 400,
                "2 levels")


def test_columns_not_shown_lead_to_related_records(library):
    rows = library.rows("books", fields="title", related="authors_by_author",
                        order="id")
    assert list(rows[0]) == ["title", "authors_by_author"]
    assert rows[0]["authors_by_author"]["name"] == "Ann"
    rows = library.rows("authors", fields="name", related="books_by_author",
                        books_by_author__fields="title")
    assert rows[1] == {"name": "Bob", "books_by_author": [{"title": "three"}]}


def test_texts_match_as_the_database_says(library):
    rows = library.rows("cities", related="lands")
    assert {row["id"]: row["lands_by_land"] and row["lands_by_land"]["code"]
            for row in rows} == {1: "abc", 2: "abc", 3: "DEF", 4: None}
    rows = library.rows("lands", related="cities")
    assert {row["code"]: names(row["cities_by_land"], "id")
            for row in rows} == {"abc": [1, 2], "DEF": [3]}
    rows = library.rows("lands", related="cities", cities__limit=1)
    assert {row["code"]: names(row["cities_by_land"], "id")
            for row in rows} == {"abc": [1], "DEF": [3]}
    rows = library.rows("lands", related="lands_by_twins")
    assert {row["code"]: names(row["lands_by_twins"], "code")
            for row in rows} == {"abc": ["DEF"], "DEF": []}


def test_texts_match_in_their_own_character_set(library):
    rows = library.rows("prices", related="coins")
    assert by_id(rows, "coins_by_coin", "code") == {
        1: "né", 2: "né", 3: "Zé"}
    rows = library.rows("coins", related="prices")
    assert {row["code"]: names(row["prices_by_coin"], "id")
            for row in rows} == {"né": [1, 2], "Zé": [3]}


def test_keys_of_several_columns(library):
    rows = library.rows("beds", related="rooms")
    assert by_id(rows, "rooms_by_house_room", "size") == {
        1: 10, 2: 20, 3: None, 4: 30, 5: 10}
    rows = library.rows("rooms", related="beds")
    assert {(row["house"], row["room"]): names(row["beds_by_house_room"],
                                               "id")
            for row in rows} == {(1, "a"): [1, 5], (1, "b"): [2],
                                 (2, "a"): [4]}


@pytest.mark.parametrize("path, options", [
    ("books", {"filter": "year = 2001"}),
    ("books", {"limit": 2, "offset": 2, "order": "id desc"}),
    ("books", {"limit": 2, "include_count": "true"}),
    ("books", {"wrap": "false"}),
    ("books", {"ids": "5,1"}),
    ("books", {"ids": "two,one", "id_field": "title"}),
    ("books/1", {}),
    ("books/three", {"id_field": "title"}),
])
def test_every_read_shows_related_records(library, path, options):
    plain = library.get(path, **options).json
    full = library.get(path, related="authors_by_author", **options).json

    def fill(record):
        author = record["author"]
        record["authors_by_author"] = author and row("authors", author)

    rows = plain["resource"] if "resource" in plain else plain
    for record in rows if isinstance(rows, list) else [rows]:
        fill(record)
    assert full == plain


def test_texts_as_ids_find_their_relations(library):
    rows = library.rows("lands", ids="ABC,def,abc", related="cities")
    assert [names(row["cities_by_land"], "id") for row in rows] == [
        [1, 2], [3], [1, 2]]


def test_a_read_sent_as_post_has_related_in_its_body(library):
    answer = library.call(
        "POST", "authors",
        {"ids": [2], "related": ["books_by_author", "profiles"],
         "books_by_author.fields": ["title"]},
        headers={"X-HTTP-Method": "GET"})
    assert answer.rows[0]["books_by_author"] == [{"title": "three"}]
    assert answer.rows[0]["profiles_by_author"]["bio"] == "b"


def test_what_excludes_related(library):
    check_error(library.get("books", related="tags", as_list="true"), 400,
                "related", "as_list")
    check_error(library.get("books", related="tags", group="year"), 400,
                "related", "group")
    assert library.get("books", related="tags", count_only="true").json == 5
    check_error(library.get("books", related="x", count_only="true"), 400)


# Writes

def test_new_records_show_what_is_related(library):
    answer = library.call("POST", "books", {"resource": [
        {"id": 11, "title": "a", "author": 1},
        {"id": 12, "title": "b", "author": 9},
        {"id": 13, "title": "c", "author": None}]},
        related="authors_by_author", fields="title", **{"continue": "true"})
    assert answer.error["context"]["error"] == [1]
    made = answer.error["context"]["resource"]
    assert made[0] == {"title": "a", "authors_by_author": row("authors", 1)}
    assert made[2] == {"title": "c", "authors_by_author": None}


def test_a_new_record_alone_shows_what_is_related(library):
    answer = library.call("POST", "books", {"title": "a", "author": 2},
                          related="authors_by_author,tags")
    assert answer.status == 200, answer
    assert answer.json == {
        "id": answer.json["id"], "authors_by_author": row("authors", 2),
        "tags_by_taggings": []}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_changed_records_show_what_is_related_now(library, method):
    answer = library.call(method, "books", {"resource": [
        {"id": 1, "author": 3}, {"id": 4, "author": 2}]},
        related="authors_by_author", authors_by_author__fields="name")
    assert answer.rows == [
        {"id": 1, "authors_by_author": {"name": "Cyd"}},
        {"id": 4, "authors_by_author": {"name": "Bob"}}]
    answer = library.call(method, "books/1", {"author": 2},
                          related="authors_by_author.books_by_author")
    assert names(answer.json["authors_by_author"]["books_by_author"],
                 "id") == [1, 3, 4]


def test_records_changed_by_a_filter_show_what_is_related(library):
    answer = library.call(
        "PATCH", "books", {"resource": [{"author": 3}]}, filter="author = 1",
        related="authors_by_author", fields="id")
    assert by_id(answer.rows, "authors_by_author") == {1: 3, 2: 3, 5: 3}


@pytest.mark.parametrize("path, options", [
    ("books/5", {}), ("books", {"ids": "5,3"}), ("books", {"filter": "id=5"})])
def test_deleted_records_show_what_was_related(library, path, options):
    answer = library.call("DELETE", path, related="tags", fields="title",
                          **options)
    assert answer.status == 200, answer
    shown = answer.json if path == "books/5" else answer.rows[0]
    assert shown == {"title": "five",
                     "tags_by_taggings": [row("tags", 1)]}
    assert not library.rows("taggings", filter="book = 5")


def test_a_delete_that_fails_says_which_records_went(library):
    answer = library.call("DELETE", "books", ids="5,9,1,3", related="tags",
                          **{"continue": "true"})
    assert answer.status == 400, answer
    assert answer.error["context"]["error"] == [1, 2]
    made = answer.error["context"]["resource"]
    assert made[0] == {"id": 5, "tags_by_taggings": [row("tags", 1)]}
    assert made[3] == {"id": 3, "tags_by_taggings": []}


# Rights

def test_a_relation_that_may_not_be_read_is_403(visitor):
    for asked in ("loans", "readers", "loans_by_book", "tags",
                  "authors_by_author.profiles"):
        check_error(visitor.get("books", related=asked), 403,
                    "relation", "_by_")


def test_a_star_leaves_out_what_may_not_be_read(visitor):
    first = visitor.get("books/1", related="*").json
    assert [name for name in first if name not in row("books", 1)] == [
        "authors_by_author", "authors_by_editor"]


def test_rights_hold_for_cached_answers(library, visitor):
    for _ in range(2):
        assert library.get("books", related="loans").status == 200
        assert visitor.get("books", related="loans").status == 403


@pytest.mark.parametrize("table, relation, expected", [
    ("authors", "books_by_author", {1: [1, 5], 3: []}),
    ("books", "authors_by_author", {1: 1, 4: None, 5: 1}),
    ("books", "authors_by_editor", {1: None, 4: 1, 5: None}),
    ("books", "tags_by_taggings", {1: [1], 4: [], 5: [1]}),
    ("tags", "books_by_taggings", {1: [1, 5], 2: [], 3: []}),
    ("authors", "authors_by_books_author", {1: [], 3: []}),
])
def test_row_filters_hold_for_related_records(
        library, local, table, relation, expected):
    assert by_id(local.rows(table, related=relation), relation) == expected
    assert by_id(local.rows(table, related=relation), relation) == expected
    limit = {relation + ".limit": 1}
    rows = by_id(local.rows(table, related=relation, **limit), relation)
    assert rows == {id: ids[:1] if isinstance(ids, list) else ids
                    for id, ids in expected.items()}
    more = by_id(library.rows(table, related=relation), relation)
    assert more != expected


def test_row_filters_hold_for_what_a_write_shows(library, local):
    answer = local.call("POST", "books", {"id": 9, "title": "x", "year": 2009,
                                          "author": 2},
                        related="authors_by_author", fields="id")
    assert answer.json == {"id": 9, "authors_by_author": None}
    library.call("POST", "taggings", {"resource": [{"book": 5, "tag": 2}]})
    answer = local.call("DELETE", "books/5", related="tags", fields="id")
    assert answer.json["tags_by_taggings"] == [row("tags", 1)]


# Bounds

def test_more_than_max_records_of_one_record_are_refused(library):
    answer = library.get("authors/1", service=SMALL,
                         related="books_by_author")
    check_error(answer, 400, "books_by_author", "more than 2", "limit")
    answer = library.get("authors/1", service=SMALL, related="books_by_author",
                         books_by_author__limit=2)
    assert names(answer.json["books_by_author"], "id") == [1, 2]


# The cache

CHANGES = [
    ("books", "authors_by_author", "authors/1", {"name": "New"}),
    ("authors", "books_by_author", "books/1", {"title": "new"}),
    ("books", "tags", "tags/1", {"name": "new"}),
    ("tags", "books.authors_by_author", "authors/1", {"name": "New"}),
    ("tags", "books.authors_by_author.", "books/1", {"author": 2}),
]


@pytest.mark.parametrize("table, related, path, change", CHANGES)
def test_a_write_to_a_related_table_counts_at_once(
        library, table, related, path, change):
    related = related.rstrip(".")
    before = library.get(table, related=related)
    assert library.get(table, related=related).hit
    assert library.call("PATCH", path, change).status == 200
    after = library.get(table, related=related)
    assert not after.hit
    assert after.json != before.json


@pytest.mark.parametrize("related", ["tags", "tags.books"])
def test_a_write_to_a_junction_counts_at_once(library, related):
    assert not library.get("books/3", related=related).json[
        "tags_by_taggings"]
    library.get("books/3", related=related)
    library.call("POST", "taggings", {"resource": [{"book": 3, "tag": 3}]})
    after = library.get("books/3", related=related).json
    assert names(after["tags_by_taggings"], "id") == [3]
    library.call("DELETE", "taggings", filter="book = 3")
    after = library.get("books/3", related=related).json
    assert not after["tags_by_taggings"]


def test_what_relations_differ_in_is_in_the_key(library):
    options = [
        {"related": "books_by_author"},
        {"related": "books_by_editor"},
        {"related": "books_by_author,books_by_editor"},
        {"related": "books_by_editor,books_by_author"},
        {"related": "books_by_author", "books_by_author.limit": 1},
        {"related": "books_by_author", "books_by_author.order": "title"},
        {"related": "books_by_author", "books_by_author.fields": "id"},
        {"related": "books_by_author", "books_by_author.filter": "id=1"},
        {"related": "books_by_author", "books_by_author.filter": "id=2"},
        {"related": "books_by_author.tags"},
        {"related": "books_by_author.tags",
         "books_by_author.tags.limit": 1},
    ]
    bodies = [library.get("authors", **more).body for more in options]
    assert len(set(bodies)) == len(options)
    for body, more in zip(bodies, options):
        answer = library.get("authors", **more)
        assert answer.hit
        assert answer.body == body


# Injection

ATTACKS = [
    "'", '"', "`", "\\", "id`; DROP TABLE books; --", "1 OR 1=1",
    "tags) UNION SELECT 1 --", "tags/**/", "tags;", "%00", "\0", "../tags",
    "tags'--", "(SELECT 1)", "id,(SELECT 1)", "sleep(1)", "*;", "r.id",
    "k.a0", "tags_by_taggings`.`id", "\u0000", "1e309", "0x31", "--", "#",
]


@pytest.mark.parametrize("option", [
    "related", "tags.fields", "tags.order", "tags.limit", "tags.filter",
    "tags_fields", "tags.{}", "{}.limit"])
def test_nothing_can_be_injected(library, option):
    for attack in ATTACKS:
        options = {"related": "tags"}
        name = option.format(attack)
        options[name] = attack if name == option else "1"
        if name == "related":
            options = {"related": attack}
        answer = library.get("books", **options)
        if name in ("tags." + attack, "tags_" + attack):
            assert answer.status in (200, 400), answer
        else:
            check_error(answer, 400)
    assert len(library.rows("books")) == 5


FLOATS = """
CREATE TABLE float_parents (k FLOAT PRIMARY KEY, v INTEGER);
CREATE TABLE float_children (
    id INTEGER PRIMARY KEY, k FLOAT,
    FOREIGN KEY (k) REFERENCES float_parents (k));
INSERT INTO float_parents VALUES (0.1, 1), (2, 2);
INSERT INTO float_children VALUES (1, 0.1), (2, 2);
"""


def test_floats_are_found_as_they_are_shown(library, engine, site):
    """A float shows fewer digits than it has."""
    config = engine.create("floats", FLOATS)
    site.add_service("floats", engine.type, **config)
    site.grant("owner", "floats", "*", "all")
    wait_until(lambda: library.get(
        "float_parents", service="floats").status == 200)
    rows = library.rows("float_children", service="floats",
                        related="float_parents")
    assert by_id(rows, "float_parents_by_k", "k") == {1: 0.1, 2: 2}
    rows = library.rows("float_parents", service="floats",
                        related="float_children")
    assert [names(row["float_children_by_k"], "id") for row in rows] == [
        [1], [2]]
    answer = library.call("PATCH", "float_parents", {"resource": [{"v": 3}]},
                          service="floats", filter="v > 0")
    assert names(answer.rows, "k") == [0.1, 2]
    answer = library.call("PATCH", "float_parents", {"resource": [{"v": 4}]},
                          service="floats", ids="0.1")
    assert names(answer.rows, "k") == [0.1]
