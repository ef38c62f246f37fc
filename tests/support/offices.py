"""An installation that is driven through the System API, by two processes."""

import itertools

from support import accounts, shop
from support.weir import Installation

BOSS = "boss@x.org"
MASK = "**********"
ACCESS = "role_service_access_by_role_id"
READS = {"component": "_table/*", "verb_mask": 1}
NUMBER = itertools.count(1)


class Office:
    """An administrator, a user and an app, and a service with the shop."""

    def __init__(self, folder, settings):
        self.site = Installation(folder, **(accounts.SETTINGS | settings))
        self.shop = self.site.engine.create("shop", shop.sql(
            self.site.engine))
        self.site.add_service("shop", "sqlite", **self.shop)
        self.user_id = accounts.add(self.site, "joe@x.org")
        self.boss_id = accounts.add(self.site, BOSS, "admin")
        self.servers = [self.site.serve(name)
                        for name in ("first", "second")]
        self.clients = [server.connect() for server in self.servers]
        self.boss = accounts.enter(self.clients[0], BOSS,
                                   path="system/admin/session")

    def stop(self):
        for client in self.clients:
            client.close()
        for server in self.servers:
            server.stop()

    def call(self, method, path, body=None, **headers):
        """As the administrator, at the first process."""
        return self.boss.call(method, "system/" + path, body, headers)

    def get(self, path):
        """What a read that is fine answers."""
        answer = self.call("GET", path)
        assert answer.status == 200, answer
        return answer.json

    def make(self, resource, **record):
        """The id of a new record."""
        answer = self.call("POST", resource, {"resource": [record]})
        assert answer.status in (200, 201), answer
        return answer.rows[0]["id"]

    def change(self, path, **members):
        answer = self.call("PATCH", path, members)
        assert answer.status == 200, answer
        return answer.json

    def remove(self, path):
        answer = self.call("DELETE", path)
        assert answer.status == 200, answer
        return answer.json

    def name(self, kind):
        """One that nobody has."""
        return f"{kind}{next(NUMBER)}"

    @property
    def shop_id(self):
        return self.get("service?filter=name=shop&fields=id")["resource"][0][
            "id"]

    def add_role(self, **members):
        """The id of a role that reads the shop."""
        return self.make("role", name=self.name("role"), is_active=True,
                         **{ACCESS: [READS | {"service_id": self.shop_id}]},
                         **members)

    def add_app(self, **members):
        """The id and the key of a new app that is active."""
        record = {"name": self.name("app"), "is_active": True} | members
        answer = self.call("POST", "app", {"resource": [record]})
        assert answer.status == 201, answer
        return answer.rows[0]["id"], answer.rows[0]["api_key"]

    def orders(self, key, process=0):
        """The status of a read of the shop with that key."""
        return self.clients[process].call(
            "/api/v2/shop/_table/orders?limit=1",
            headers={accounts.KEY: key}).status
