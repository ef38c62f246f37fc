"""How many round trips a write takes: a server tells."""

import pytest

ENGINES = ("mysql",)

FRAME = ("START TRANSACTION", "COMMIT", "ROLLBACK")


def trips(engine, call):
    """What concerned the call: its statements, and the frame around them."""
    said = engine.server.said_while(call)
    return [text for kind, text in said
            if text in FRAME or (kind == "Execute" and text.count("`") >= 2)]


@pytest.mark.parametrize("method, path, body, framed, n", [
    ("POST", "authors", {"code": "new"}, False, 1),
    ("POST", "authors", {"code": "new", "id": 50}, False, 1),
    ("PATCH", "authors/2", {"code": "changed"}, False, 1),
    ("DELETE", "books/3", None, False, 1),
    ("POST", "authors", [{"code": "x"}, {"code": "y"}], True, 3),
    ("POST", "authors?fields=*", {"code": "new"}, True, 4),
    ("PATCH", "authors/2?fields=code", {"code": "changed"}, True, 4),
])
def test_one_statement_needs_no_transaction(
        library, engine, method, path, body, framed, n):
    path, _, more = path.partition("?")
    options = dict([more.split("=", 1)] if more else [])
    body = {"resource": body} if isinstance(body, list) else body
    ran = trips(engine, lambda: library.call(method, path, body, **options))
    assert len(ran) == n, ran
    assert (ran[0] in FRAME, ran[-1] in FRAME) == (framed, framed)


def test_one_statement_that_fails_is_not_kept(library):
    before = library.rows("authors")
    taken = {"code": "new", "id": before[0]["id"]}
    answer = library.call("POST", "authors", taken)
    assert answer.status == 409
    answer = library.call("PATCH", "authors/999999", {"code": "new"})
    assert answer.status == 404
    assert library.rows("authors") == before
