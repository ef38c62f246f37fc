"""A page that pastes its parameter into SQL: what sqlmap.sh must find.

python3 injectable.py PORT serves it on the loopback address.
"""

import http.server
import sqlite3
import sys
import urllib.parse

SQL = """
CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three');
"""


def page(target):
    """What the query finds, or the fault as it is."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(target).query)
    given = query.get("id", ["1"])[0]
    with sqlite3.connect(":memory:") as db:
        db.executescript(SQL)
        try:
            rows = db.execute("SELECT name FROM t WHERE id = " + given)
            return 200, repr(rows.fetchall())
        except sqlite3.Error as error:
            return 500, repr(error)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status, text = page(self.path)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nobody reads it."""


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(
        ("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
