"""Two weir processes of one installation behind one nginx."""

from support.http import Caller
from support.nginx import Nginx


class Web:
    """HTTP callers for both processes; `other` is the second one's."""

    def __init__(self, ports, mode):
        self.ports = ports
        self.mode = mode
        self.first, self.other = (Caller(port) for port in ports)
        self.call = self.first.call
        self.get = self.first.get
        self.post = self.first.post
        self.patch = self.first.patch
        self.delete = self.first.delete

    def caller(self, key=None, process=0):
        """One more connection, for a thread of its own."""
        return Caller(self.ports[process], key)

    def close(self):
        self.first.close()
        self.other.close()


class Pair:
    """Each process has its own socket, so that a test can choose."""

    def __init__(self, installation, kept=32, **settings):
        self.servers = [installation.serve(name, **settings)
                        for name in ("first", "second")]
        sites = [(server.address, connections)
                 for connections in (kept, 0) for server in self.servers]
        self.nginx = Nginx(installation.path("nginx"), sites)

    @property
    def kept(self):
        """Ports behind which nginx keeps its connections to weir."""
        return self.nginx.ports[:2]

    @property
    def fresh(self):
        """Ports behind which every request has a connection of its own."""
        return self.nginx.ports[2:]

    def stop(self):
        self.nginx.stop()
        for server in self.servers:
            server.stop()
