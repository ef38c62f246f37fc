"""Web servers before file services, set up for large files as deploy/ says."""

import http.client

from support.apache import ProxyFcgi
from support.http import KEY_HEADER
from support.lighttpd import Lighttpd
from support.web_nginx import Nginx

MIB = 1 << 20
SERVICE = "heavy"
BASE = f"/api/v2/{SERVICE}/"


def uncommented(text, first):
    """The lines from `first` to the next closing brace, in force."""
    out = []
    inside = False
    for line in text.split("\n"):
        bare = line.strip().removeprefix("#").strip()
        inside = inside or bare == first
        out.append(line.replace("# ", "", 1).replace("#\t", "\t", 1)
                   if inside else line)
        inside = inside and bare != "}"
    assert "\n".join(out) != text, first
    return "\n".join(out)


class SendingNginx(Nginx):
    """It sends the files of the root itself."""

    def adapted(self, text):
        """The file with what is commented out in it."""
        text = uncommented(text, "location /weir-files/ {")
        return text.replace("/srv/files/", self.host.root + "/")

    def configure(self):
        super().configure()
        with open(self.path("weir.conf"), encoding="utf-8") as file:
            text = file.read()
        self.write("weir.conf", self.adapted(text))


class LargeNginx(SendingNginx):
    def adapted(self, text):
        text = uncommented(text, "location /api/v2/files/ {")
        return super().adapted(text).replace("/api/v2/files/", BASE)


class LargeApache(ProxyFcgi):
    pass


class LargeLighttpd(Lighttpd):
    def changes(self):
        sends = ('"x-sendfile" => "enable", "x-sendfile-docroot" => '
                 f'( "{self.host.root}" ),')
        return super().changes() | {
            '"connect-timeout" => 5,': '"connect-timeout" => 5, ' + sends}


class Bytes:
    """Content of any size, no two MiB of which are alike."""

    def __init__(self, size, seed=1):
        self.size = size
        self.seed = seed

    def piece(self, at, n):
        """Up to the end of the MiB that `at` lies in."""
        index, start = divmod(at, MIB)
        head = b"%16d" % (index * 1000003 + self.seed)
        whole = head + bytes(range(256)) * (MIB // 256)
        return whole[start:min(start + n, MIB)]

    def __iter__(self):
        for at in range(0, self.size, MIB):
            yield self.piece(at, min(MIB, self.size - at))

    def part(self, first, n):
        out = b""
        while len(out) < n:
            out += self.piece(first + len(out), n - len(out))
        return out


class Carrier:
    """Sends and gets content without holding it."""

    def __init__(self, port, key, timeout=120):
        self.lines = {KEY_HEADER: key}
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=timeout)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.connection.close()

    def put(self, path, content, **more):
        self.connection.request(
            "PUT", path, iter(content),
            self.lines | {"Content-Length": str(content.size)} | more)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def get(self, path, **more):
        self.connection.request("GET", path, headers=self.lines | more)
        return self.connection.getresponse()

    def gets(self, path, content, first=0, **more):
        """Is this what comes? Its headers; all of it is read."""
        answer = self.get(path, **more)
        at = first
        while piece := answer.read(MIB):
            assert piece == content.part(at, len(piece)), at
            at += len(piece)
        assert at == content.size, (answer.status, at)
        return answer.headers
