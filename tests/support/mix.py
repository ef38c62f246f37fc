"""Calls at random on several processes, none of which may be stale.

Each row carries a version. A writer notes a version once its PATCH has been
answered; a reader notes what stands there before it asks, and must see that
version or a later one, whichever process answers.
"""


import random
import threading
import time

from support import fcgi

TABLE = "/api/v2/shop/_table/orders"
ROWS = 20
CLIENTS = 8
WRITES = 0.3
SINGLE_READS = 0.5
LOST = (OSError, fcgi.Closed)


class Mix:
    """Calls on several processes, and what every client must know."""

    def __init__(self, site, servers, operations=10**9, refuses=False):
        """Goes on until so many operations are done or finish() is called.
        refuses: a write may be answered with 503, and is not done then."""
        self.servers = servers
        self.refuses = refuses
        self.key = {"X-API-Key": site.keys["owner"]}
        self.left = operations
        self.writes = WRITES  # may be changed meanwhile
        self.lock = threading.Lock()
        self.row_locks = [threading.Lock() for _ in range(ROWS + 1)]
        (self.version,) = site.ask("SELECT max(version) FROM orders")
        self.known = [0] * (ROWS + 1)
        self.hits = 0
        self.stale = []
        self.failed = []

    def take(self):
        """One operation less to do; False when none is left."""
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def next_version(self):
        with self.lock:
            self.version += 1
            return self.version

    def call(self, client, path, method="GET", **more):
        answer = client.call(path, method, headers=self.key, **more)
        if answer.status == 503 and self.refuses and method != "GET":
            return None
        if answer.status != 200:
            self.failed.append(answer)
            return None
        return answer

    def write(self, client, id):
        """One writer a row at a time: versions only grow."""
        with self.row_locks[id]:
            version = self.next_version()
            body = b'{"version":%d}' % version
            if self.call(client, f"{TABLE}/{id}", method="PATCH", body=body):
                self.known[id] = version

    def read_one(self, client, id):
        known = self.known[id]
        answer = self.call(client, f"{TABLE}/{id}")
        if answer:
            assert answer.json["id"] == id
            self.compare(answer, [answer.json], {id: known})

    def read_all(self, client):
        known = dict(enumerate(self.known))
        answer = self.call(client, f"{TABLE}?limit={ROWS}&order=id")
        if answer:
            self.compare(answer, answer.rows, known)

    def compare(self, answer, rows, known):
        self.hits += answer.hit
        self.stale += [(row, known[row["id"]]) for row in rows
                       if row["version"] < known[row["id"]]]

    def act(self, client, dice):
        """Reads or writes, as the dice say."""
        id = dice.randint(1, ROWS)
        what = dice.random()
        if what < self.writes:
            self.write(client, id)
        elif what < self.writes + SINGLE_READS:
            self.read_one(client, id)
        else:
            self.read_all(client)

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
        """All was done, and no read was stale."""
        assert self.left < 0, "a client ended early"
        assert not self.failed, self.failed[:3]
        assert not self.stale, self.stale[:3]
        assert self.hits > 0
