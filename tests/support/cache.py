"""An installation of cache services, and one who calls them.

`own` has a connection of its own, `shared` is on the store of the settings,
`bare` answers as DreamFactory does, `small` forgets after two seconds.
"""

import json

from support.http import Caller
from support.nginx import Nginx
from support.weir import Installation

SERVICES = ("own", "other", "shared", "bare", "small")


class CacheSite:
    def __init__(self, folder, store, own=(), **settings):
        """own: more of the config of services with a connection of theirs."""
        self.store = store
        self.site = Installation(folder, **store.settings, **settings)
        kind, config = store.service(self.site.folder)
        config |= dict(own)
        self.add("own", kind, **config)
        self.add("other", kind, **config)
        self.add("shared", "cache_local", store="default")
        self.add("bare", kind, bare_values=True, **config)
        self.add("small", kind, default_ttl=2, **config)
        self.site.add_role("all")
        for name in SERVICES:
            self.site.grant("all", name, "*", "all")
        self.key = self.site.add_key("all", "all")
        self.server = self.nginx = None

    def add(self, name, kind, **config):
        self.site.add_service(name, kind, **config)

    def start(self):
        self.server = self.site.serve("cache")
        self.nginx = Nginx(self.site.path("nginx"),
                           [(self.server.address, 8)])
        return self

    @property
    def port(self):
        return self.nginx.ports[0]

    def stop(self):
        self.nginx.stop()
        self.server.stop()


class Cache:
    """Calls the services of a site; a body that is no bytes is JSON."""

    def __init__(self, port, key):
        self.caller = Caller(port, key)
        self.close = self.caller.close

    def call(self, method, path, body=None, key=None, **headers):
        lines = {name.replace("_", "-"): value
                 for name, value in headers.items()}
        if isinstance(body, str):
            body = body.encode()
        return self.caller.call(method, "/api/v2/" + path, body, lines, key)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def put(self, path, body, **more):
        """Stores exactly that JSON text, or that value."""
        text = body if isinstance(body, str) else json.dumps(body)
        answer = self.call("PUT", path, text, **more)
        assert answer.status == 200, answer
        return answer

    def value(self, path):
        """The value's JSON text as it stands in the answer."""
        answer = self.get(path)
        assert answer.status == 200, answer
        head, _, text = answer.body.partition(b',"value":')
        assert head.startswith(b'{"key":'), answer
        assert text.endswith(b"}"), answer
        return text[:-1].decode()

    def flush(self, *services):
        for name in services:
            answer = self.call("DELETE", name)
            assert answer.status == 200, answer

    def listed(self, service, **query):
        """All keys, page by page."""
        keys, words = [], "&".join(f"{k}={v}" for k, v in query.items())
        cursor = ""
        while cursor is not None:
            more = f"&cursor={cursor}" if cursor else ""
            answer = self.get(f"{service}?{words}{more}")
            assert answer.status == 200, answer
            keys += [row["key"] for row in answer.rows]
            cursor = answer.json["meta"].get("next")
        return keys
