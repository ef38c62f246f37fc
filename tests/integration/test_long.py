"""Long bodies and long answers arrive whole, through a real web server."""

import pytest

from support import shop

SETTINGS = {"MAX_BODY": "10m"}


@pytest.mark.parametrize("size", [1 << 20, 9 << 20])
def test_a_long_body_arrives_whole(web, site, owner, size):
    text = "0123456789abcdef" * (size // 16)
    made = web.post("/api/v2/shop/_table/notes", [{"text": text}], key=owner)
    assert made.status == 200, made
    id = made.rows[0]["id"]
    assert site.ask("SELECT text FROM notes WHERE id = ?", id) == (text,)
    path = f"/api/v2/shop/_table/notes/{id}"
    assert web.delete(path, key=owner).status == 200


def test_a_long_answer_arrives_whole(web, owner):
    for _ in range(2):
        answer = web.get("/api/v2/shop/_table/texts", key=owner)
        assert answer.status == 200
        assert len(answer.body) > 300_000
        assert [row["text"] for row in answer.rows] == [
            shop.text(id) for id in range(1, shop.TEXTS + 1)]
