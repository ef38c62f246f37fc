"""No read is older than the last write that was acknowledged.

Each row carries a version. A writer notes a version once its PATCH has been
answered; a reader notes what stands there before it asks, and must see that
version or a later one, whichever process answers.
"""

import random
import threading

import pytest

TABLE = "/api/v2/shop/_table/orders"
ROWS = 20
CLIENTS = 8
WRITES = 0.3


class Mix:
    def __init__(self, pair, key, operations):
        self.pair = pair
        self.key = key
        self.left = operations
        self.lock = threading.Lock()
        self.row_locks = [threading.Lock() for _ in range(ROWS + 1)]
        self.version = 0
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

    def call(self, client, path, **more):
        answer = client.call(path, headers={"X-API-Key": self.key}, **more)
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
            self.check(answer, [answer.json], {id: known})

    def read_all(self, client):
        known = dict(enumerate(self.known))
        answer = self.call(client, f"{TABLE}?limit={ROWS}&order=id")
        if answer:
            self.check(answer, answer.rows, known)

    def check(self, answer, rows, known):
        self.hits += answer.hit
        self.stale += [(row, known[row["id"]]) for row in rows
                       if row["version"] < known[row["id"]]]

    def client(self, seed):
        """Reads and writes on both processes, as the seed says."""
        dice = random.Random(seed)
        clients = [server.connect() for server in self.pair.servers]
        while self.take():
            client = dice.choice(clients)
            id = dice.randint(1, ROWS)
            act = dice.random()
            if act < WRITES:
                self.write(client, id)
            elif act < 0.8:
                self.read_one(client, id)
            else:
                self.read_all(client)
        for client in clients:
            client.close()

    def run(self):
        threads = [threading.Thread(target=self.client, args=[seed])
                   for seed in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self


def check(mix):
    assert mix.left < 0, "a client ended early"
    assert not mix.failed, mix.failed[:3]
    assert not mix.stale, mix.stale[:3]
    assert mix.hits > 0


def test_no_read_is_stale(pair, owner):
    check(Mix(pair, owner, 5_000).run())


@pytest.mark.full
def test_no_read_of_a_hundred_thousand_is_stale(pair, owner):
    check(Mix(pair, owner, 100_000).run())
