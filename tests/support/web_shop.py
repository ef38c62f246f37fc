"""What is asked for through web servers, and by whom."""

import http.client
import socket
import threading

from support import accounts, shop
from support.http import Caller
from support.process import wait_until
from support.web_server import Host

SOON = 10  # seconds; a bound, and far from what is usual
API = "/api/v2/"
ORDERS = API + "shop/_table/orders"
PAST = {"Cache-Control": "no-store"}  # past the cache, whoever else asks
PLACES = API + "shop/_table/places"
KINDS = ("a/b", "ä ö/漢", "50%", "a+b", "x?y#z", "%2F", "\"'\\",
         ".htaccess", "x.inc", "y~", "index.php", "l" * 300)
LONG = 90_000  # bytes of one of the long texts
MANY = 100
RATE = 20  # calls of a key that is counted
ORIGIN = "https://app.example"
ANN = "ann@example.com"


def tables():
    """Keys of text, and more of it than sockets and servers hold."""
    places = ", ".join("('{}', 0)".format(name.replace("'", "''"))
                       for name in KINDS)
    return f"""
CREATE TABLE places (name VARCHAR(40) PRIMARY KEY, visits INTEGER);
INSERT INTO places VALUES {places};
CREATE TABLE long (id INTEGER PRIMARY KEY, text TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})
INSERT INTO long SELECT i, hex(randomblob({LONG} / 2)) FROM n;
"""


class ShopHost(Host):
    """`counted` names keys that may call RATE times."""

    def __init__(self, counted=(), **settings):
        super().__init__(**accounts.SETTINGS | settings)
        site, engine = self.site, self.site.engine
        site.add_service("shop", "sqlite", cache_enabled=True, cache_ttl=60,
                         **engine.create("shop", shop.sql(engine) + tables()))
        site.add_role("owner")
        site.grant("owner", "shop", "*", "all")
        self.key = site.add_key("owner", "owner")
        self.counted = {name: site.add_key(name, "owner") for name in counted}
        for name in counted:
            site.add_limit(name, RATE, "day", app=name)
        accounts.add(site, ANN, "admin")
        site.weir("cors", "add", "api/v2/shop/*", "--origin", ORIGIN)


def row(web, id):
    """An order as the database has it."""
    answer = web.get(f"{ORDERS}/{id}", headers=PAST)
    assert answer.status == 200, answer
    return answer.json


def raw(server, host, method, path, length=0, headers=None):
    """A connection on which the head of a request was sent."""
    more = "".join(f"{name}: {value}\r\n"
                   for name, value in (headers or {}).items())
    client = socket.create_connection(("127.0.0.1", server.port), SOON)
    client.sendall(f"{method} {path} HTTP/1.1\r\nHost: weir\r\n"
                   f"X-API-Key: {host.key}\r\nConnection: close\r\n"
                   f"Content-Type: application/json\r\n{more}"
                   f"Content-Length: {length}\r\n\r\n".encode())
    return client


def answer_of(client):
    """What came back on it so far: the head; the rest is to be read."""
    answer = http.client.HTTPResponse(client)
    answer.begin()
    return answer


class Crowd:
    """So many clients that make so many calls each, all at once.

    A call without an answer is in `statuses` as its error.
    """

    def __init__(self, port, key, call, each=10, clients=8):
        self.statuses = []
        self.done = False
        self.threads = [
            threading.Thread(target=self.run, args=[port, key, call, each])
            for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self, port, key, call, each):
        with Caller(port, key) as web:
            for _ in range(each):
                if self.done:
                    return
                try:
                    self.statuses.append(web.call(*call).status)
                except (OSError, http.client.HTTPException) as error:
                    self.statuses.append(error)

    def has_made(self, more):
        """Waits for so many calls from now on."""
        enough = len(self.statuses) + more
        return wait_until(lambda: len(self.statuses) >= enough, SOON)

    def wait(self):
        for thread in self.threads:
            thread.join()
        return self.statuses
