"""Related records written inside of records (dreamfactory.md 7.5), on every
engine alike."""

import pytest

from support.answer import check_error
from support.library import ROWS, SMALL, Library, row

ENGINES = ("sqlite", "mysql")


@pytest.fixture
def visitor(library_client, site, library):
    return Library(library_client,
                   {"X-DreamFactory-API-Key": site.keys["visitor"]})


@pytest.fixture
def local(library_client, site, library):
    return Library(library_client,
                   {"X-DreamFactory-API-Key": site.keys["local"]})


def check(answer):
    assert answer.status == 200, answer
    return answer.json


def one(library, path):
    return check(library.get(path))


def ids(library, table, **more):
    return [row["id"] for row in library.rows(table, fields="id", **more)]


def tags_of(library, book):
    return [row["tag"] for row in library.rows(
        "taggings", filter=f"book = {book}", order="tag")]


# belongs_to

def test_a_record_is_made_with_the_one_it_refers_to(library):
    made = check(library.call("POST", "books", {
        "title": "new", "authors_by_author": {"name": "Dee"}},
        related="authors_by_author", fields="title,author"))
    author = made["authors_by_author"]
    assert author["name"] == "Dee"
    assert made["author"] == author["id"]
    assert one(library, f"authors/{author['id']}")["name"] == "Dee"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("author, name", [
    ({"id": 3}, "Cyd"), ({"id": 3, "name": "Cy"}, "Cy")])
def test_a_record_refers_to_one_that_is_there(library, method, author, name):
    check(library.call(method, "books/1", {"authors_by_author": author}))
    assert one(library, "books/1")["author"] == 3
    assert one(library, "authors/3")["name"] == name


def test_a_record_refers_to_none(library):
    check(library.call("PATCH", "books/1", {"authors_by_author": None,
                                            "title": "x"}))
    assert one(library, "books/1")["author"] is None


def test_a_key_that_is_not_counted_makes_a_record(library):
    made = check(library.call("POST", "cities", {
        "name": "t", "lands_by_land": {"code": "new", "name": "New"}},
        fields="land"))
    assert made["land"] == "new"
    assert one(library, "lands/new")["name"] == "New"


def test_what_is_referred_to_keeps_its_own_letters(library):
    made = check(library.call("POST", "cities", {
        "lands_by_land": {"code": "ABC"}}, fields="land"))
    assert made["land"] == "abc"


# has_many

def test_a_record_is_made_with_those_that_refer_to_it(library):
    made = check(library.call("POST", "authors", {
        "name": "Dee", "books_by_author": [
            {"title": "a"}, {"title": "b", "year": 2020}, {"id": 4},
            {"id": 3, "year": 1}]},
        related="books_by_author", books_by_author__order="id"))
    books = made["books_by_author"]
    assert [book["title"] for book in books] == ["three", "four", "a", "b"]
    assert {book["author"] for book in books} == {made["id"]}
    assert one(library, "books/3")["year"] == 1


def test_those_that_are_not_named_stay(library):
    check(library.call("PATCH", "authors/1", {
        "books_by_author": [{"id": 1, "title": "x"}]}))
    assert ids(library, "books", filter="author = 1") == [1, 2, 5]
    check(library.call("PATCH", "authors/1", {"books_by_author": []}))
    assert ids(library, "books", filter="author = 1") == [1, 2, 5]


def test_one_is_let_go(library):
    check(library.call("PATCH", "authors/1", {"name": "An", "books_by_author": [
        {"id": 2, "author": None}, {"id": 5, "author": None, "year": 7}]}))
    assert ids(library, "books", filter="author = 1") == [1]
    assert one(library, "books/5")["year"] == 7
    assert one(library, "authors/1")["name"] == "An"


def test_only_ones_own_are_let_go(library):
    answer = library.call("PATCH", "authors/1", {
        "books_by_author": [{"id": 3, "author": None}]})
    check_error(answer, 400, "books_by_author", "record 1", "not found")
    assert one(library, "books/3")["author"] == 2


def test_one_that_must_refer_is_deleted_if_allowed(library):
    change = {"taggings_by_book": [{"book": None, "tag": 1}]}
    answer = library.call("PATCH", "books/1", change)
    check_error(answer, 400, "'book'", "allow_related_delete")
    assert tags_of(library, 1) == [1, 2]
    check(library.call("PATCH", "books/1", change,
                       allow_related_delete="true"))
    assert tags_of(library, 1) == [2]


def test_a_key_that_refers_needs_not_be_sent(library):
    check(library.call("PATCH", "books/3", {
        "taggings_by_book": [{"tag": 1}, {"tag": 3}]}))
    assert tags_of(library, 3) == [1, 3]
    check(library.call("PATCH", "books/3", {
        "taggings_by_book": [{"tag": 1}, {"tag": 2}]}))
    assert tags_of(library, 3) == [1, 2, 3]


def test_has_one_is_one_record(library):
    made = check(library.call("PATCH", "authors/1", {
        "profiles_by_author": {"bio": "a"}}, related="profiles"))
    assert made["profiles_by_author"]["bio"] == "a"
    check_error(library.call("PATCH", "authors/1", {
        "profiles_by_author": {"bio": "again"}}), 400, "profiles_by_author")
    check_error(library.call("PATCH", "authors/1", {
        "profiles_by_author": [{"bio": "b"}]}), 400, "must be a record")


def test_keys_of_several_columns_are_referred_to(library):
    check(library.call("PATCH", "beds/3", {
        "rooms_by_house_room": {"house": 2, "room": "A"}}))
    bed = one(library, "beds/3")
    assert (bed["house"], bed["room"]) == (2, "a")
    check(library.call("PATCH", "rooms/1,b", {
        "beds_by_house_room": [{"id": 1}]}))
    assert one(library, "beds/1")["room"] == "b"


# many_many

def test_records_are_linked(library):
    made = check(library.call("PATCH", "books/1", {"tags_by_taggings": [
        {"id": 1}, {"id": 3, "name": "zz"}, {"name": "new"}]},
        related="tags", tags__order="id"))
    tags = made["tags_by_taggings"]
    assert [tag["name"] for tag in tags] == ["x", "y", "zz", "new"]
    assert one(library, "tags/3")["name"] == "zz"


def test_a_new_record_is_linked(library):
    made = check(library.call("POST", "books", {
        "title": "n", "tags_by_taggings": [{"id": 2}, {"name": "n"}]}))
    assert tags_of(library, made["id"])[0] == 2
    assert len(tags_of(library, made["id"])) == 2


def test_a_link_ends(library):
    check(library.call("PATCH", "books/1", {"tags_by_taggings": [
        {"id": 1, "books.id": None}, {"id": 3, "books.id": None}]}))
    assert tags_of(library, 1) == [2]
    assert ids(library, "tags") == [1, 2, 3]


def test_links_are_not_doubled(library):
    check(library.call("PATCH", "readers/1", {
        "books_by_loans": [{"id": 1}, {"id": 2}]}))
    assert ids(library, "loans", filter="reader = 1") == [1, 2, 5]


# Several records, and failures

def test_each_record_has_its_own(library):
    answer = library.call("POST", "authors", {"resource": [
        {"id": 11, "name": "a", "books_by_author": [{"title": "a1"}]},
        {"id": 12, "name": "b"},
        {"id": 13, "name": "c", "books_by_author": [{"title": "c1"}]}]})
    assert [row["id"] for row in answer.rows] == [11, 12, 13]
    rows = library.rows("books", filter="author > 10", order="id")
    assert [(row["title"], row["author"]) for row in rows] == [
        ("a1", 11), ("c1", 13)]


def test_a_record_for_several_ids(library):
    check(library.call("PATCH", "books", {"resource": [
        {"tags_by_taggings": [{"id": 3}]}]}, ids="1,2"))
    assert (tags_of(library, 1), tags_of(library, 2)) == ([1, 2, 3], [2, 3])


@pytest.mark.parametrize("options", [{}, {"continue": "true"},
                                     {"rollback": "true"}])
def test_a_record_that_fails_leaves_nothing(library, options):
    answer = library.call("POST", "authors", {"resource": [
        {"id": 11, "books_by_author": [{"title": "kept"}]},
        {"id": 12, "books_by_author": [{"title": "gone"},
                                       {"id": 99, "title": "x"}]},
        {"id": 13, "books_by_author": [{"title": "last"}]}]}, **options)
    assert answer.status == 400, answer
    context = answer.error["context"]
    assert context["error"] == [1]
    assert "books_by_author', record 2: Record with identifier '99'" in (
        context["resource"][1]["message"])
    kept = {"": ["kept"], "continue": ["kept", "last"], "rollback": []}[
        "".join(options)]
    assert [row["title"] for row in library.rows(
        "books", filter="id > 5")] == kept
    assert len(library.rows("authors", filter="id > 10")) == len(kept)


def test_what_belongs_to_a_failed_record_is_gone(library):
    answer = library.call("POST", "books", {
        "id": 1, "authors_by_author": {"name": "gone"}})
    assert answer.status == 409, answer
    assert len(library.rows("authors")) == 3


@pytest.mark.parametrize("path, body, words", [
    ("books/1", {"authors_by_author": []}, ["must be a record"]),
    ("books/1", {"authors_by_author": 5}, ["must be a record"]),
    ("authors/1", {"books_by_author": {}}, ["must be a list"]),
    ("authors/1", {"books_by_author": [1]}, ["must be a list"]),
    ("authors/1", {"books_by_author": None}, ["must be a list"]),
    ("books/1", {"tags_by_taggings": [{"name": ["x"]}]}, ["record 1", "name"]),
    ("books/1", {"authors_by_author": {"id": "x"}}, ["'id'"]),
    ("books/1", {"authors_by_author": {"id": 99}}, ["99", "not found"]),
    ("books/1", {"authors_by_author": {"id": 99, "name": "x"}}, ["99"]),
    ("books/1", {"tags_by_taggings": [{"id": 1}, {"id": 9}]},
     ["record 2", "'9'"]),
    ("books/1", {"author": 1, "authors_by_author": {"id": 2}},
     ["'author' is given twice"]),
    ("authors/1", {"books_by_author": [{"tags_by_taggings": []}]},
     ["deeper than 1 level", "tags_by_taggings"]),
    ("authors/3", {"twins_by_a": 1}, ["No valid fields"]),
    ("taggings/1,2", {"books_by_book": None}, ["'book' can not be NULL"]),
    ("lands/abc", {"twins_by_a": [{"a": None}]}, ["no primary key"]),
    ("lands/abc", {"cities_by_land": [{"author": None}]}, []),
])
def test_what_cannot_be_written_is_refused(library, path, body, words):
    answer = library.call("PATCH", path, body)
    if not words:
        check(answer)
        return
    check_error(answer, 400, *words)
    for table in ("authors", "books", "tags", "taggings"):
        assert library.rows(table) == sorted(
            ROWS[table], key=lambda row: [*row.values()][:2])


def test_a_filter_writes_no_related_records(library):
    answer = library.call("PATCH", "books", {"resource": [
        {"year": 1, "tags_by_taggings": [{"id": 3}]}]}, filter="id = 1")
    check_error(answer, 400, "filter")
    assert one(library, "books/1")["year"] == 2001


def test_too_many_related_records_are_refused(library):
    answer = library.call("PATCH", "books/1", {"tags_by_taggings": [
        {"name": "a"}, {"name": "b"}, {"name": "c"}]}, service=SMALL)
    check_error(answer, 400, "more than 2 related records", "max_records")


# Rights

@pytest.mark.parametrize("body", [
    {"books_by_loans": [{"id": 1}]},
    {"loans_by_reader": [{"day": "1"}]},
    {"books_by_loans": [{"title": "new"}]},
    {"books_by_loans": [{"id": 1, "title": "new"}]},
])
def test_the_related_table_must_be_open_too(library, visitor, body):
    answer = visitor.call("POST", "readers", {"name": "v"} | body)
    check_error(answer, 403, "relation")
    assert len(library.rows("readers")) == 2
    assert one(library, "books/1") == row("books", 1)
    assert visitor.call("POST", "readers", {"name": "v"}).status == 200


def test_row_filters_hold_for_related_records(library, local):
    answer = local.call("PATCH", "tags/1", {
        "books_by_taggings": [{"title": "old", "year": 1990}]})
    assert answer.status == 403, answer
    answer = local.call("PATCH", "authors/1", {
        "books_by_author": [{"id": 2, "title": "hidden"}]})
    check_error(answer, 400, "'2' not found")
    answer = local.call("PATCH", "books/1", {"tags_by_taggings": [{"id": 3}]})
    assert answer.status == 403, answer
    assert library.get("books/2").json["title"] == "two"
    assert tags_of(library, 1) == [1, 2]
    assert len(library.rows("books")) == 5


# The cache

def test_every_table_that_is_written_counts_at_once(library):
    paths = ["authors", "books", "tags", "taggings?book=1"]

    def look():
        return [library.get(path.split("?")[0]) for path in paths]
    look()
    assert all(answer.hit for answer in look())
    check(library.call("PATCH", "books/1", {
        "authors_by_author": {"id": 1, "name": "new"},
        "tags_by_taggings": [{"id": 3, "name": "new"}]}))
    after = look()
    assert not any(answer.hit for answer in after)
    assert after[0].rows[0]["name"] == "new"
    assert after[2].rows[2]["name"] == "new"
    assert len(after[3].rows) == 5


def test_an_answer_sent_back_changes_nothing(library):
    before = check(library.get("authors/1", related="*"))
    sent = {name: value for name, value in before.items()
            if value != []}
    check(library.call("PUT", "authors/1", sent))
    assert check(library.get("authors/1", related="*")) == before
