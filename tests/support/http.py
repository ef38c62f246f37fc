"""HTTP callers on http.client: one kept connection each."""

import http.client
import json

from support.answer import Answer

KEY_HEADER = "X-DreamFactory-API-Key"


class Caller:
    """Calls one web server; not for two threads at once."""

    def __init__(self, port, key=None, timeout=60, host="127.0.0.1"):
        self.key = key
        self.connection = http.client.HTTPConnection(
            host, port, timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.connection.close()

    def call(self, method, path, body=None, headers=None, key=None):
        """A body that is no bytes is sent as JSON."""
        lines = dict(headers or {})
        if key or self.key:
            lines.setdefault(KEY_HEADER, key or self.key)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            lines.setdefault("Content-Type", "application/json")
        self.connection.request(method, path, body, lines)
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body, **more):
        return self.call("POST", path, body, **more)

    def patch(self, path, body, **more):
        return self.call("PATCH", path, body, **more)

    def delete(self, path, **more):
        return self.call("DELETE", path, **more)
