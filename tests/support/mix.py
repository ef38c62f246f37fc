"""Calls at random on several processes, held against a model.

Each row carries a version. A writer notes a version before it sends it, and
once more when its PATCH has been answered; a reader notes what stands there
before it asks, and must see that version or a later one that was sent, whichever
process answers. Readers are of several roles, each of which sees the rows of
some items only: it must be given exactly those, and nothing of others.
"""

import random
import threading
import time

from support import fcgi, shop
from support.process import wait_until

TABLE = "/api/v2/shop/_table/orders"
ROWS = 20
CLIENTS = 16
WRITES = 0.3  # twice as many in a storm, few in a calm
SPELL = 100  # operations; three of four are calm
PAIRS = 0.2  # of the writes, which are of two rows
SINGLE_READS = 0.5
REPORT = 100_000  # operations between two words of how it goes
LIST = f"{TABLE}?filter=id%3C{ROWS + 1}&order=id"
LISTS = (LIST, f"{TABLE}?order=id&filter=id%3C{ROWS + 1}")
SEES = {  # the items of each role
    "owner": shop.ITEMS,
    "bolts": shop.ITEMS[:1],
    "nuts": shop.ITEMS[1:2],
    "rest": shop.ITEMS[2:],
}
LOST = (OSError, fcgi.Closed)


def row_filter(items):
    return [{"name": "item", "operator": "=", "value": item}
            for item in items]


def keys_of(site):
    """A key for each role, which is made for the first who asks."""
    for role, items in SEES.items():
        if role not in site.keys:
            site.add_role(role)
            site.grant(role, "shop", "_table/orders/*", "GET",
                       row_filter(items), "OR")
            site.keys[role] = site.add_key(role, role)
    return {role: {"X-API-Key": site.keys[role]} for role in SEES}


def rows_of(role):
    """The ids that it sees."""
    return [id for id in range(1, ROWS + 1)
            if shop.order(id)["item"] in SEES[role]]


class Mix:
    """Calls on several processes, and what every client must know."""

    def __init__(self, site, servers, operations=10**9, refuses=False):
        """Goes on until so many operations are done or finish() is called.
        refuses: a write may be answered with 503, and is not done then."""
        self.servers = servers
        self.refuses = refuses
        self.keys = keys_of(site)
        self.left = operations
        self.writes = WRITES  # may be changed meanwhile
        self.lock = threading.Lock()
        self.row_locks = [threading.Lock() for _ in range(ROWS + 1)]
        (version,) = site.ask("SELECT max(version) FROM orders")
        self.version = int(version)
        self.known = [0] * (ROWS + 1)
        self.sent = [self.version] * (ROWS + 1)
        self.tell = print  # may be changed
        self.hits = 0
        self.began = time.monotonic()
        self.stale = []
        self.foreign = []
        self.failed = []
        assert wait_until(self.all_are_known, 10)

    def all_are_known(self):
        """The keys, to all processes: they may be a moment old."""
        for server in self.servers:
            with server.connect() as client:
                for key in self.keys.values():
                    if client.call(LIST, headers=key).status != 200:
                        return False
        return True

    def take(self):
        """One operation less to do; False when none is left."""
        with self.lock:
            self.left -= 1
            left = self.left
        if left > 0 and left % REPORT == 0:
            self.report(left)
        return left >= 0

    def report(self, left):
        """How far a long mix is."""
        self.tell(f"mix: {left} to do, {self.result()}")

    def result(self):
        return (f"{self.hits} hits, {len(self.stale)} stale, "
                f"{len(self.foreign)} foreign, "
                f"{time.monotonic() - self.began:.0f} s")

    def next_version(self):
        with self.lock:
            self.version += 1
            return self.version

    def call(self, client, path, role="owner", method="GET", **more):
        answer = client.call(path, method, headers=self.keys[role], **more)
        if answer.status == 503 and self.refuses and method != "GET":
            return None
        if answer.status == 404 and role != "owner":
            return answer
        if answer.status != 200:
            self.failed.append(answer)
            return None
        return answer

    def write(self, client, id):
        """One writer a row at a time: versions only grow."""
        with self.row_locks[id]:
            version = self.next_version()
            self.sent[id] = version
            body = b'{"version":%d}' % version
            if self.call(client, f"{TABLE}/{id}", method="PATCH", body=body):
                self.known[id] = version

    def write_two(self, client, id):
        """The row, and the one behind it."""
        ids = (id, id + 1)
        with self.row_locks[ids[0]], self.row_locks[ids[1]]:
            version = self.next_version()
            for id in ids:
                self.sent[id] = version
            body = b'{"resource":[%s]}' % b",".join(
                b'{"id":%d,"version":%d}' % (id, version) for id in ids)
            if self.call(client, TABLE, method="PATCH", body=body):
                for id in ids:
                    self.known[id] = version

    def read_one(self, client, id, role):
        known = self.known[id]
        answer = self.call(client, f"{TABLE}/{id}", role)
        if answer:
            rows = [answer.json] if answer.status == 200 else []
            self.compare(answer, role, rows, {id: known},
                         [id] if id in rows_of(role) else [])

    def read_all(self, client, path, role):
        known = dict(enumerate(self.known))
        answer = self.call(client, path, role)
        if answer:
            self.compare(answer, role, answer.rows, known, rows_of(role))

    def compare(self, answer, role, rows, known, expected):
        self.hits += answer.hit
        if ([row["id"] for row in rows] != expected or
                any(row["item"] not in SEES[role] for row in rows)):
            self.foreign.append((role, answer))
            return
        self.stale += [
            (row, known[row["id"]], self.sent[row["id"]]) for row in rows
            if not known[row["id"]] <= row["version"] <= self.sent[row["id"]]]

    def weather(self):
        """Storms of writes, and calms in which answers are cached."""
        return 2 if self.left // SPELL % 4 == 0 else 0.1

    def act(self, client, dice):
        """Reads or writes, as the dice say."""
        id = dice.randint(1, ROWS)
        what = dice.random()
        writes = self.writes * self.weather()
        role = dice.choice(list(SEES))
        if what < writes * PAIRS and id < ROWS:
            self.write_two(client, id)
        elif what < writes:
            self.write(client, id)
        elif what < writes + SINGLE_READS:
            self.read_one(client, id, role)
        else:
            self.read_all(client, dice.choice(LISTS), role)

    def client(self, seed):
        dice = random.Random(seed)
        clients = [server.connect() for server in self.servers]
        try:
            while self.take():
                self.act(dice.choice(clients), dice)
        except (*LOST, AssertionError) as error:
            self.failed.append(error)
        for client in clients:
            client.close()

    def client_of_a_victim(self, server, seed):
        """Goes on until its process is killed; only that may fail."""
        dice = random.Random(seed)
        with server.connect() as client:
            try:
                while True:
                    self.act(client, dice)
            except LOST:
                pass

    def kill_victims(self, site):
        """Kills one more process each time, in the middle of its work."""
        killed = 0
        while any(thread.is_alive() for thread in self.threads):
            victim = site.serve("victim")
            clients = [threading.Thread(
                target=self.client_of_a_victim, args=[victim, killed * 4 + n])
                       for n in range(4)]
            for client in clients:
                client.start()
            time.sleep(0.1)
            victim.kill()
            for client in clients:
                client.join()
            killed += 1
        return killed

    def __enter__(self):
        self.threads = [threading.Thread(target=self.client, args=[seed])
                        for seed in range(CLIENTS)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        for thread in self.threads:
            thread.join()

    def disturb(self, disturbance, times, pause):
        """Calls it so often, between pauses of so many seconds in which all
        is well; then the work ends."""
        for _ in range(times):
            time.sleep(pause)
            disturbance()
        time.sleep(pause)
        self.finish()

    def finish(self):
        """Whatever is left to do is not done."""
        with self.lock:
            self.left = 0

    def check(self):
        """All was done, and no read was stale or another role's."""
        assert self.left < 0, "a client ended early"
        assert not self.failed, self.failed[:3]
        assert not self.stale, self.stale[:3]
        assert not self.foreign, self.foreign[:3]
        assert self.hits > 0
