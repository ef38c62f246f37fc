"""A Redis Cluster of three masters, each with a replica."""

from support.nginx import free_port
from support.process import wait_until
from support.redis import Redis

SLOTS = 16384
MASTERS = 3
TIMEOUT = 1000  # milliseconds of silence until a node counts as dead
KEYS = 20  # that move at a time


class Node(Redis):
    name = "node"

    def __init__(self, *options):
        self.bus = free_port()
        super().__init__(
            "--cluster-enabled", "yes", "--cluster-port", str(self.bus),
            "--cluster-node-timeout", str(TIMEOUT),
            "--cluster-allow-replica-migration", "no",
            "--repl-diskless-sync-delay", "0", *options)
        self.id = self.cli("CLUSTER", "MYID")

    @property
    def away(self):
        return not self.process.alive

    def obey(self, *words):
        answer = self.cli(*(str(word) for word in words))
        assert answer == "OK", (words, answer)

    def state(self):
        """What CLUSTER INFO and ROLE say."""
        lines = self.cli("CLUSTER", "INFO").split()
        return dict(line.split(":") for line in lines)

    def is_master(self):
        return self.cli("ROLE").startswith("master")

    def epochs(self):
        """Whose word on slots counts how much, as this node knows it."""
        rows = (line.split() for line in
                self.cli("CLUSTER", "NODES").splitlines())
        return {row[0]: row[6] for row in rows}


class Cluster:
    """A store, as support/store.py has them."""

    driver = "redis"

    def __init__(self):
        self.nodes = [Node() for _ in range(2 * MASTERS)]
        for n, node in enumerate(self.nodes):
            node.obey("CLUSTER", "SET-CONFIG-EPOCH", n + 1)
        for n, node in enumerate(self.nodes[:MASTERS]):
            node.obey("CLUSTER", "ADDSLOTSRANGE", n * SLOTS // MASTERS,
                      (n + 1) * SLOTS // MASTERS - 1)
        for node in self.nodes[1:]:
            self.nodes[0].obey("CLUSTER", "MEET", "127.0.0.1", node.port,
                               node.bus)
        for master, replica in zip(self.nodes, self.nodes[MASTERS:]):
            words = "CLUSTER", "REPLICATE", master.id
            assert wait_until(lambda: replica.cli(*words) == "OK")
        self.named = ",".join(f"127.0.0.1:{node.port}"
                              for node in self.nodes[1:4])
        self.settings = {"CACHE_DRIVER": "redis", "REDIS_CLUSTER": "true",
                         "REDIS_HOST": self.named}
        self.heal()

    def service(self, folder):
        del folder
        return "cache_redis", {"host": self.named, "cluster": True}

    @property
    def masters(self):
        return [node for node in self.nodes
                if not node.away and node.is_master()]

    def is_whole(self):
        """All work, and each master's replica could be promoted."""
        states = [node.state() for node in self.nodes]
        infos = [node.cli("INFO", "replication") for node in self.nodes]
        return (all(state["cluster_state"] == "ok" and
                    state["cluster_slots_ok"] == str(SLOTS) and
                    state["cluster_known_nodes"] == str(2 * MASTERS)
                    for state in states) and
                sum("master_link_status:up" in info
                    for info in infos) == MASTERS)

    def agree(self):
        return len({tuple(sorted(node.epochs().items()))
                    for node in self.nodes}) == 1

    def heal(self):
        """Brings back who is away, as a replica of who took its place."""
        for node in self.nodes:
            if node.away:
                node.start()
            node.resume()
        assert wait_until(lambda: self.is_whole() and self.agree()), [
            node.cli("CLUSTER", "NODES") for node in self.nodes]

    def slot_of(self, key):
        return int(self.nodes[0].cli("CLUSTER", "KEYSLOT", key))

    def master_of(self, slot):
        """The node that serves a slot."""
        for master in self.masters:
            line = next(line for line in
                        master.cli("CLUSTER", "NODES").splitlines()
                        if "myself" in line)
            for part in line.split()[8:]:
                first, _, last = part.partition("-")
                if part[0] != "[" and int(first) <= slot <= int(last or first):
                    return master
        raise AssertionError(f"nobody serves slot {slot}")

    def move(self, slot):
        """Moves a slot to another master, as an operator does."""
        old = self.master_of(slot)
        masters = self.masters
        new = masters[(masters.index(old) + 1) % len(masters)]
        assert wait_until(self.agree)
        new.obey("CLUSTER", "SETSLOT", slot, "IMPORTING", old.id)
        old.obey("CLUSTER", "SETSLOT", slot, "MIGRATING", new.id)
        while keys := old.cli("CLUSTER", "GETKEYSINSLOT", str(slot),
                              str(KEYS)).splitlines():
            answer = old.cli("MIGRATE", "127.0.0.1", str(new.port), "", "0",
                             "5000", "KEYS", *keys)
            assert answer in ("OK", "NOKEY"), answer
        for node in [new, old] + masters:
            node.obey("CLUSTER", "SETSLOT", slot, "NODE", new.id)
        return new

    def replica_of(self, master):
        return next(node for node in self.nodes if not node.away and
                    master.id in node.cli("CLUSTER", "NODES") and
                    f"slave {master.id}" in self.myself(node))

    @staticmethod
    def myself(node):
        return next(line for line in
                    node.cli("CLUSTER", "NODES").splitlines()
                    if "myself" in line)

    def lose(self, slot, how):
        """The master of a slot dies or hangs, until it was replaced."""
        master = self.master_of(slot)
        replica = self.replica_of(master)
        getattr(master, how)()
        assert wait_until(replica.is_master)

    def fail_over(self, slot):
        """As an operator asks for it."""
        replica = self.replica_of(self.master_of(slot))
        replica.obey("CLUSTER", "FAILOVER")
        assert wait_until(replica.is_master)

    def names(self):
        """Of all keys."""
        return [name for master in self.masters
                for name in master.cli("--scan").splitlines()]

    def stop(self):
        for node in self.nodes:
            node.stop()
