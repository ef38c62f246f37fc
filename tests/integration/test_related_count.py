"""How many statements related records take: a server tells."""

import pytest

ENGINES = ("mysql",)


@pytest.mark.parametrize("method, path, related, n", [
    ("GET", "books", "authors_by_author", 2),
    ("GET", "books/1", "authors_by_author", 2),
    ("GET", "books", "authors_by_author,tags", 3),
    ("GET", "authors", "books_by_author.tags", 3),
    ("GET", "books", "tags.books.", 3),
    ("GET", "lands", "cities", 2),
    ("GET", "books?ids=1,2,3", "tags", 2),
    ("GET", "authors?filter=id>99", "books_by_author.tags", 1),
    ("PATCH", "books?filter=id>0", "authors_by_author", 4),
])
def test_a_relation_takes_one_statement(
        library, engine, method, path, related, n):
    path, _, more = path.partition("?")
    options = dict([more.split("=", 1)] if more else [])
    body = {"resource": [{"year": 1}]} if method == "PATCH" else None
    ran = engine.server.executed_while(lambda: library.call(
        method, path, body, related=related.rstrip("."), refresh="true",
        **options))
    assert len(ran) == n, ran


def test_many_keys_take_few_statements(library, engine):
    """A page of a thousand keys, more than there are in one statement."""
    ids = range(101, 1101)
    library.call("POST", "authors", {"resource": [
        {"id": id, "code": f"k{id}"} for id in ids]})
    library.call("POST", "books", {"resource": [
        {"id": id, "author": id} for id in ids]})

    def call():
        rows = library.rows("books", filter="id > 100", limit="1000",
                            related="authors_by_author.books_by_author")
        assert [row["authors_by_author"]["id"] for row in rows] == [*ids]
        assert [row["authors_by_author"]["books_by_author"][0]["id"]
                for row in rows] == [*ids]
    ran = engine.server.executed_while(call)
    assert len(ran) == 5, len(ran)


def test_a_batch_reads_relations_once(library, engine):
    records = {"resource": [{"id": id, "year": 1} for id in range(1, 6)]}
    ran = engine.server.executed_while(lambda: library.call(
        "PATCH", "books", records, related="authors_by_author,tags"))
    assert sum("`authors`" in text for text in ran) == 1, ran
    assert sum("`tags`" in text for text in ran) == 1, ran
    ran = engine.server.executed_while(lambda: library.call(
        "DELETE", "taggings", filter="book > 0", related="tags"))
    assert sum("`tags`" in text for text in ran) == 1, ran
