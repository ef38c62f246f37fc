"""A Redis master, its replica, and the three sentinels that watch them."""

import os
import subprocess

from support.process import wait_until
from support.redis import Redis

NAME = "mymaster"
SENTINELS = 3
DOWN = 400  # milliseconds of silence until a server counts as down


class Kept(Redis):
    """A server that keeps its settings in a file, which it may rewrite."""

    words = ()

    def __init__(self, master=None):
        self.master = master
        super().__init__()

    def lines(self):
        yield 'save ""'
        yield "repl-diskless-sync-delay 0"
        if self.master:
            yield f"replicaof 127.0.0.1 {self.master.port}"

    def argv(self):
        path = self.path("conf")
        if not os.path.exists(path):
            with open(path, "w", encoding="ascii") as out:
                out.write(f"port {self.port}\nbind 127.0.0.1\n"
                          f"dir {self.folder}\n")
                out.writelines(line + "\n" for line in self.lines())
        return ["redis-server", path, *self.words]

    def tell(self, *words):
        """Its answer; nothing when it ends the connection meanwhile."""
        try:
            return self.cli(*words)
        except subprocess.CalledProcessError:
            return ""

    def is_master(self):
        return self.tell("ROLE").startswith("master")


class Sentinel(Kept):
    name = "sentinel"
    words = ("--sentinel",)

    def lines(self):
        yield f"sentinel monitor {NAME} 127.0.0.1 {self.master.port} 2"
        yield f"sentinel down-after-milliseconds {NAME} {DOWN}"
        yield f"sentinel failover-timeout {NAME} 1000"

    def is_well(self, master):
        """Is that the master, and its replica ready to be promoted?"""
        replicas = self.tell("SENTINEL", "REPLICAS", NAME)
        return (f"status=ok,address=127.0.0.1:{master.port},slaves=1,"
                f"sentinels={SENTINELS}" in self.tell("INFO", "sentinel") and
                "master-link-status\nok" in replicas and
                "_down" not in replicas.replace("master_link_down", ""))


class Group:
    """A store, as support/store.py has them."""

    driver = "redis"

    def __init__(self):
        first = Kept()
        self.servers = [first, Kept(first)]
        wait_until(lambda: "connected" in self.servers[1].tell("ROLE"))
        self.sentinels = [Sentinel(first) for _ in range(SENTINELS)]
        for sentinel in self.sentinels:  # what it does not know it asks for
            sentinel.tell("SENTINEL", "DEBUG", "INFO-PERIOD", "200")
        self.named = ",".join(f"127.0.0.1:{s.port}" for s in self.sentinels)
        self.settings = {"CACHE_DRIVER": "redis",
                         "REDIS_HOST": "no-such-host.invalid",
                         "REDIS_SENTINEL_HOST": self.named}
        self.heal()

    def service(self, folder):
        del folder
        return "cache_redis", {"sentinel_host": self.named,
                               "database_index": 1}

    @property
    def master(self):
        """Whom the sentinels name."""
        port = self.sentinels[0].cli(
            "SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).splitlines()[1]
        return next(s for s in self.servers if s.port == int(port))

    @property
    def replica(self):
        return next(s for s in self.servers if s is not self.master)

    def fail_over(self):
        """As an operator asks for it: the master lives on, as one at first."""
        replica = self.replica
        assert self.sentinels[0].tell("SENTINEL", "FAILOVER", NAME) == "OK"
        assert wait_until(replica.is_master)

    def lose(self, how):
        """Kills or pauses the master until the replica was promoted."""
        master, replica = self.master, self.replica
        getattr(master, how)()
        assert wait_until(replica.is_master)
        assert wait_until(lambda: self.master is replica)

    def heal(self):
        """Brings back who is away, as a replica of who is master now."""
        for server in self.servers:
            if not server.process.alive:
                server.start()
            server.resume()
        assert wait_until(self.is_whole), [
            s.tell("INFO", "sentinel") for s in self.sentinels]

    def is_whole(self):
        master, replica = self.master, self.replica
        if replica.is_master() and master.is_master():
            replica.tell("REPLICAOF", "127.0.0.1", str(master.port))
        return all(s.is_well(master) for s in self.sentinels)

    def stop(self):
        for daemon in self.sentinels + self.servers:
            daemon.stop()
