"""An HTTP answer, however it travelled."""

import json


class Headers(dict):
    """Header lines by name; the case of the name does not matter.

    Lines of one name are one, with a comma between them.
    """

    def __init__(self, lines):
        super().__init__()
        for name, value in lines:
            name = name.lower()
            self[name] = f"{self[name]}, {value}" if name in self else value

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def __contains__(self, name):
        return super().__contains__(name.lower())

    def get(self, name, default=None):
        return super().get(name.lower(), default)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = Headers(headers)
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def rows(self):
        """The records of a list."""
        return self.json["resource"]

    @property
    def error(self):
        """The error envelope's inner object."""
        return self.json["error"]

    @property
    def hit(self):
        """Did the response cache answer? (RFC 9211)"""
        return "; hit" in self.headers.get("Cache-Status", "")

    def __repr__(self):
        return f"<Answer {self.status} {dict(self.headers)} {self.body[:300]}>"


def check_error(answer, status, *words):
    """Fails unless it is that refusal and says the words."""
    assert answer.status == status, answer
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.error["status_code"] == status
    for word in words:
        assert word in answer.error["message"], answer
