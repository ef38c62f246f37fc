"""A folder that services serve, for web servers in front of weir."""

import os
import secrets

from support import accounts
from support.http import Caller
from support.web_server import Host

API = "/api/v2/"
RATE = 5  # calls of the key that is counted
ORIGIN = "https://app.example"
SMALL = 1000  # bytes of a file of the service "small"
BIG = 64 << 20
LARGE = 3 << 30
TTL = 60


class FileHost(Host):
    """Services over one root, and one whose files others change."""

    def __init__(self, **settings):
        super().__init__(**accounts.SETTINGS | settings)
        self.root = self.make_folder("root")
        self.watched = self.make_folder("watched")
        self.serve("files", self.root, max_file_size=BIG)
        self.serve("watched", self.watched, cache_check="mtime")
        self.serve("fixed", self.root, read_only=True)
        self.serve("small", self.root, max_file_size=SMALL)
        self.serve("large", self.root, max_file_size=LARGE)
        self.serve("handed", self.root, sendfile="x-accel-redirect",
                   sendfile_prefix="/weir-files/")
        self.key = self.grant("owner", {
            name: {"*": "all"}
            for name in ("files", "watched", "fixed", "small", "large",
                         "handed")})
        self.site.weir("cors", "add", "api/v2/files/*", "--origin", ORIGIN)

    def serve(self, name, root, **config):
        self.site.add_service(name, "local_file", root=root,
                              cache_enabled=True, cache_ttl=TTL, **config)

    def grant(self, role, rows):
        """A role with rows by service and component, and a key of it."""
        self.site.add_role(role)
        for service, components in rows.items():
            for component, verbs in components.items():
                self.site.grant(role, service, component, verbs)
        return self.site.add_key(role, role)


class Room:
    """A folder of the root for one test, and its calls."""

    def __init__(self, host, web, service="files", root=None):
        self.name = "room-" + secrets.token_hex(4)
        self.web = web
        self.base = f"{API}{service}/{self.name}/"
        self.place = os.path.join(root or host.root, self.name)
        os.mkdir(self.place)
        os.chmod(self.place, 0o777)

    def path(self, name=""):
        return os.path.join(self.place, name)

    def call(self, method, name="", body=None, **headers):
        lines = {key.replace("_", "-"): value
                 for key, value in headers.items()}
        if isinstance(body, bytes):
            lines.setdefault("Content-Type", "application/octet-stream")
        return self.web.call(method, self.base + name, body, headers=lines)

    def get(self, name="", **headers):
        return self.call("GET", name, **headers)

    def put(self, name, body=b"x", **headers):
        answer = self.call("PUT", name, body, **headers)
        assert answer.status in (200, 201), answer
        return answer

    def write(self, name, text):
        """As a program beside weir does."""
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(self.path(name), 0o666)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def names(self):
        """All that lies there, hidden or not."""
        return sorted(os.listdir(self.place))

    def listed(self, name="", query=""):
        answer = self.get(f"{name}?as_list=true{query}")
        assert answer.status == 200, answer
        return [path.removeprefix(self.name + "/") for path in answer.rows]


def parts(*files, boundary="bOuNdArY"):
    """A body of multipart/form-data, and its type."""
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"'
        f'{named}\r\n\r\n'.encode() + content + b"\r\n"
        for field, name, content in files
        for named in [f'; filename="{name}"' if name else ""])
    return (body + f"--{boundary}--\r\n".encode(),
            f"multipart/form-data; boundary={boundary}")


def caller(server, key):
    return Caller(server.port, key, timeout=20)
