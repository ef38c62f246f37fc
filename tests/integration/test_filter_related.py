"""Filters on related records (contract.md 7), on every engine alike."""

import json
import urllib.parse

import pytest

from support.answer import check_error
from support.desk import IGNORES_CASE

ENGINES = ("sqlite", "mysql")

TABLES = """
CREATE TABLE lands (
    code VARCHAR(8) {ignores_case} NOT NULL PRIMARY KEY, name VARCHAR(20));
CREATE TABLE customers (
    id {key}, name VARCHAR(20), country VARCHAR(20),
    land VARCHAR(8) {ignores_case},
    FOREIGN KEY (land) REFERENCES lands (code));
CREATE TABLE profiles (
    id {key}, customer INTEGER UNIQUE, vip BOOLEAN,
    FOREIGN KEY (customer) REFERENCES customers (id));
CREATE TABLE orders (
    id {key}, customer INTEGER, payer INTEGER, amount INTEGER, day DATE,
    FOREIGN KEY (customer) REFERENCES customers (id));
CREATE TABLE products (id {key}, name VARCHAR(20), price DECIMAL(6,2));
CREATE TABLE items (
    `order` INTEGER NOT NULL, product INTEGER NOT NULL, number INTEGER,
    PRIMARY KEY (`order`, product),
    FOREIGN KEY (`order`) REFERENCES orders (id) ON DELETE CASCADE,
    FOREIGN KEY (product) REFERENCES products (id));
CREATE TABLE staff (
    id {key}, name VARCHAR(20), boss INTEGER,
    FOREIGN KEY (boss) REFERENCES staff (id));
CREATE TABLE routes (
    id {key}, start INTEGER, goal INTEGER,
    FOREIGN KEY (start) REFERENCES stops (id),
    FOREIGN KEY (goal) REFERENCES stops (id));
CREATE TABLE r1 (
    id {key}, customer INTEGER, name VARCHAR(20),
    FOREIGN KEY (customer) REFERENCES customers (id));
"""
STOPS = "CREATE TABLE stops (id {key}, name VARCHAR(20));"

ROWS = {
    "lands": [{"code": "us", "name": "States"}, {"code": "fr",
                                                 "name": "France"}],
    "customers": [
        {"id": 1, "name": "Ann", "country": "USA", "land": "US"},
        {"id": 2, "name": "Bob", "country": "USA", "land": None},
        {"id": 3, "name": "Cyd", "country": "France", "land": "fr"},
        {"id": 4, "name": "Dan", "country": None, "land": "FR"},
    ],
    "profiles": [{"id": 1, "customer": 1, "vip": True},
                 {"id": 2, "customer": 3, "vip": False},
                 {"id": 3, "customer": None, "vip": True}],
    "orders": [
        {"id": 1, "customer": 1, "amount": 10, "day": "2024-01-01"},
        {"id": 2, "customer": 1, "amount": 20, "day": "2024-02-01"},
        {"id": 3, "customer": 2, "amount": 30, "day": None},
        {"id": 4, "customer": 3, "amount": None, "day": "2024-03-01"},
        {"id": 5, "customer": None, "amount": 50, "day": "2024-04-01"},
    ],
    "products": [{"id": 1, "name": "cog", "price": 1.10},
                 {"id": 2, "name": "nut", "price": 2.50},
                 {"id": 3, "name": "pin", "price": None}],
    "items": [{"order": 1, "product": 1, "number": 1},
              {"order": 1, "product": 2, "number": 2},
              {"order": 2, "product": 1, "number": 3},
              {"order": 4, "product": 3, "number": None}],
    "staff": [{"id": 1, "name": "top", "boss": None},
              {"id": 2, "name": "mid", "boss": 1},
              {"id": 3, "name": "low", "boss": 2},
              {"id": 4, "name": "own", "boss": 4}],
    "stops": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
    "routes": [{"id": 1, "start": 1, "goal": 2},
               {"id": 2, "start": 2, "goal": 1},
               {"id": 3, "start": 1, "goal": None}],
    "r1": [{"id": 1, "customer": 1, "name": "x"},
           {"id": 2, "customer": 3, "name": "y"}],
}


class Market:
    def __init__(self, client, keys):
        self.client = client
        self.keys = keys

    def call(self, method, path, body=None, role="owner", **options):
        query = "?" + urllib.parse.urlencode(options) if options else ""
        body = b"" if body is None else json.dumps(body).encode()
        return self.client.call(
            f"/api/v2/market/_table/{path}{query}", method,
            {"X-DreamFactory-API-Key": self.keys[role]}, body)

    def ask(self, table, filter, **more):
        return self.call("GET", table, filter=filter, **more)

    def ids(self, table, filter, **more):
        answer = self.ask(table, filter, fields="id", **more)
        assert answer.status == 200, answer
        return [row["id"] for row in answer.rows]

    def fill(self):
        self.call("PATCH", "staff", {"boss": None}, filter="id > 0")
        for table in reversed(ROWS):
            answer = self.call("DELETE", table, force="true")
            assert answer.status == 200, answer
        for table, rows in ROWS.items():
            answer = self.call("POST", table, {"resource": rows})
            assert answer.status == 200, answer


def on(name, operator, value=None):
    return {"name": name, "operator": operator, "value": value}


GRANTS = {
    "orders": [("_table/orders/*", "GET", None)],
    "customers": [("_table/customers/*", "GET", None),
                  ("_table/orders/*", "GET", None)],
    "joined": [("_table/orders/*", "GET", None),
               ("_table/products/*", "GET", None)],
    "writer": [("_table/customers/*", "POST", None),
               ("_table/orders/*", "all", None)],
    "french": [("_table/orders/*", "all", None),
               ("_table/customers/*", "GET", [on("country", "=", "France")])],
    "few": [("_table/orders/*", "GET", None),
            ("_table/products/*", "GET", None),
            ("_table/items/*", "GET", [on("number", ">", 1)])],
    "wrong": [("_table/orders/*", "GET", None),
              ("_table/customers/*", "GET", [on("nosuch", "is null")])],
    "none": [("_table/orders/*", "GET", [on("amount", ">", 15)]),
             ("_table/customers/*", "GET", None)],
}


@pytest.fixture(scope="module")
def keys(site, engine):
    words = {"key": engine.key, "ignores_case": IGNORES_CASE[engine.type]}
    sql = (STOPS + TABLES).format(**words)
    if engine.type == "mysql":
        sql = sql.replace("`", '"')
    site.add_service("market", engine.type, cache_enabled=True, cache_ttl=60,
                     **engine.create("market", sql))
    site.grant("owner", "market", "*", "all")
    keys = {"owner": site.keys["owner"]}
    for role, rows in GRANTS.items():
        site.add_role(role)
        for component, verbs, filters in rows:
            site.grant(role, "market", component, verbs, filters)
        keys[role] = site.add_key(role, role)
    return keys


@pytest.fixture(scope="module")
def market_client(site, keys):
    server = site.serve("market")
    with server.connect() as client:
        yield client
    server.stop()


@pytest.fixture
def market(market_client, keys):
    market = Market(market_client, keys)
    market.fill()
    return market


@pytest.mark.parametrize("table, text, found", [
    # belongs_to, by the relation's name and by the table's
    ("orders", "customers.country='USA'", [1, 2, 3]),
    ("orders", "customers_by_customer.country = 'USA'", [1, 2, 3]),
    ("orders", "CUSTOMERS.Country = USA", [1, 2, 3]),
    ("orders", "`customers`.`country` = USA", [1, 2, 3]),
    ("orders", 'customers."country" = USA', [1, 2, 3]),
    ("orders", '"customers".country = USA', [1, 2, 3]),
    ("orders", "customers.name starts with 'A' or amount = 30", [1, 2, 3]),
    ("orders", "customers.name in (Ann, Cyd) and amount is null", [4]),
    ("orders", "customers.id > 1 and customers.id < 3", [3]),
    ("orders", "customers.country is null", []),
    ("orders", "not customers.country = 'USA'", [4, 5]),
    ("orders", "customers.country != 'USA'", [4]),
    ("orders", "not (customers.country = 'USA')", [4, 5]),
    ("orders", "not not customers.country = 'USA'", [1, 2, 3]),
    ("orders", "not customers.id is not null", [5]),
    ("customers", "lands.name = 'States'", [1]),
    ("customers", "lands.code = 'fr'", [3, 4]),
    # has_many and has_one
    ("customers", "orders.amount > 15", [1, 2]),
    ("customers", "orders_by_customer.amount in (10, null)", [1, 3]),
    ("customers", "not orders.amount > 15", [3, 4]),
    ("customers", "orders.amount not in (10)", [1, 2]),
    ("customers", "not orders.id is not null", [4]),
    ("customers", "orders.amount = 10 and orders.amount = 20", [1]),
    ("customers", "orders.day >= '2024-02-01'", [1, 3]),
    ("customers", "profiles.vip = true", [1]),
    ("customers", "not profiles.vip = true and country = USA", [2]),
    ("customers", "orders.amount = 30 xor profiles.vip = true", [1, 2]),
    ("customers", "orders.amount = 30 nor profiles.vip = true", [3, 4]),
    # many_many
    ("orders", "products.name = 'cog'", [1, 2]),
    ("orders", "products_by_items.price > 1.10", [1]),
    ("orders", "not products.name = 'cog'", [3, 4, 5]),
    ("orders", "items.number >= 2", [1, 2]),
    ("products", "orders.amount = 20", [1]),
    # a table and itself
    ("staff", "staff_by_boss.name = 'mid'", [3]),
    ("staff", "staff_by_boss_has_many.name = 'low'", [2]),
    ("staff", "staff_by_boss.name = 'own'", [4]),
    # several that lead to one table
    ("routes", "stops_by_start.name = a", [1, 3]),
    ("routes", "stops_by_goal.name = a", [2]),
    ("stops", "routes_by_start.goal is null", [1]),
    # one behind the other
    ("orders", "customers.profiles.vip = true", [1, 2]),
    ("orders", "customers.lands.name starts with F", [4]),
    ("orders", "not customers.profiles.vip = true", [3, 4, 5]),
    ("customers", "orders.products.name = pin", [3]),
    ("staff", "staff_by_boss.staff_by_boss.name = top", [3]),
    ("lands", "customers.orders.amount = 20", None),
    # a table that is called like a name of the SQL
    ("r1", "customers.country = USA", [1]),
    ("customers", "r1.name = y", [3]),
    ("r1", "customers.orders.amount = 10", [1]),
    ("customers", "r1.customers.orders.amount = 10", "levels"),
])
def test_records_are_found_by_what_is_related_to_them(
        market, table, text, found):
    if found is None:
        answer = market.ask(table, text, fields="code")
        assert [row["code"] for row in answer.rows] == ["us"]
    elif found == "levels":
        check_error(market.ask(table, text), 400, "at most 2 relations")
    else:
        assert market.ids(table, text) == found


def test_it_goes_with_all_that_filters_go_with(market):
    text = "customers.country = :c and not products.name = nut"
    params = {"params[:c]": "USA"}
    assert market.ids("orders", text, order="id desc", **params) == [3, 2]
    assert market.ask("orders", text, count_only="true", **params).json == 2
    answer = market.ask("orders", "customers.country = USA",
                        group="customer", fields="customer,COUNT(*)")
    assert answer.rows == [{"customer": 1, "COUNT_ALL": 2},
                           {"customer": 2, "COUNT_ALL": 1}]
    answer = market.call("POST", "orders?method=GET",
                         {"filter": "customers.name = :n",
                          "params": {":n": "Cyd"}, "fields": "id"})
    assert answer.rows == [{"id": 4}]


def test_related_records_are_filtered_by_theirs(market):
    """Where related= has a filter of its own."""
    options = {"related": "orders", "orders.fields": "id",
               "orders.filter": "products.name = nut or not items.number > 0"}
    def found(role="owner"):
        answer = market.call("GET", "customers", role=role, fields="id",
                             **options)
        assert answer.status == 200, answer
        return [[order["id"] for order in row["orders_by_customer"]]
                for row in answer.rows]

    assert found() == [[1], [3], [4], []]
    assert found() == [[1], [3], [4], []]
    assert market.call("PATCH", "products/2", {"name": "x"}).status == 200
    assert found() == [[], [3], [4], []]
    check_error(market.call("GET", "customers", role="customers", **options),
                403, "'products'")


@pytest.mark.parametrize("table, text, words", [
    ("routes", "stops.name = a", "Relation 'stops' is ambiguous: name one of "
     "stops_by_start, stops_by_goal."),
    ("staff", "staff.name = a", "Relation 'staff' is ambiguous"),
    ("orders", "nosuch.name = a", "'nosuch.name'. Position 1."),
    ("orders", "id = 1 and lands.name = a", "'lands.name'. Position 12."),
    ("orders", "customers.nosuch = a", "'customers.nosuch'"),
    ("orders", "customers. = a", "'customers.'"),
    ("orders", ".country = a", "'.country'"),
    ("orders", "customers..country = a", "'customers..country'"),
    ("orders", "customers.lands.nosuch = a", "'customers.lands.nosuch'"),
    ("orders", "`customers.country` = a", "'customers.country'"),
    ("orders", "customers.id = many", "Field 'id' must be a valid integer."),
    ("orders", "customers.country", "unparsable"),
    ("orders", "customers = 1", "'customers'"),
    ("orders", " or ".join(["customers.id = 1"] * 21),
     "at most 20 conditions on related records"),
    ("orders", "customers.id in (SELECT 1)", "Field 'id' must be"),
    ("orders", "customers.id = 1) or EXISTS (SELECT 1", "unparsable"),
    ("orders", "`customers`) or 1=1 --`.id = 1", "unparsable"),
])
def test_what_is_no_related_field_is_400(market, table, text, words):
    check_error(market.ask(table, text), 400, words)


def test_groups_have_no_relations(market):
    check_error(market.call("GET", "orders", group="customer",
                            having="customers.country = USA"), 400,
                "'customers.country'")


def test_the_related_table_must_be_open_to_get(market):
    for role in ("orders", "writer"):
        check_error(market.ask("orders", "customers.id = 1", role=role), 403,
                    "'customers'")
    check_error(market.ask("orders", "id = 1 or products.id = 1",
                           role="joined"), 403, "'items'")
    check_error(market.ask("orders", "customers.lands.code = us",
                           role="french"), 403, "'lands'")
    check_error(market.call("DELETE", "orders", role="writer",
                            filter="customers.id = 1"), 403, "'customers'")
    assert len(market.ids("orders", "id > 0")) == 5


def test_only_related_rows_that_may_be_read_count(market):
    assert market.ids("orders", "customers.id > 0", role="french") == [4]
    assert market.ids("orders", "not customers.id > 0", role="french") == [
        1, 2, 3, 5]
    assert market.ids("orders", "customers.country = 'USA'",
                      role="french") == []
    assert market.ids("orders", "products.name = cog", role="few") == [2]
    assert market.ids("orders", "customers.country = 'USA'",
                      role="none") == [2, 3]
    check_error(market.ask("orders", "customers.id > 0", role="wrong"), 403,
                "row filters")


def test_related_rows_that_may_not_be_read_are_not_shown(market):
    def names(role, related, name):
        answer = market.call("GET", "orders", role=role, fields="id",
                             related=related)
        assert answer.status == 200, answer
        found = [row[name] for row in answer.rows]
        return [one and one["name"] if not isinstance(one, list)
                else [each["name"] for each in one] for one in found]

    def customers(role):
        return names(role, "customers", "customers_by_customer")

    assert customers("owner") == ["Ann", "Ann", "Bob", "Cyd", None]
    assert customers("french") == [None, None, None, "Cyd", None]
    assert customers("none") == ["Ann", "Bob", None]
    assert names("owner", "products", "products_by_items") == [
        ["cog", "nut"], ["cog"], [], ["pin"], []]
    assert names("few", "products", "products_by_items") == [
        ["nut"], ["cog"], [], [], []]
    check_error(market.call("GET", "orders", role="wrong",
                            related="customers"), 403)
    assert "customers_by_customer" not in market.call(
        "GET", "orders", role="wrong", related="*").rows[0]
    answer = market.call("PATCH", "orders/1", {"amount": 1}, role="french",
                         related="customers")
    assert answer.json == {"id": 1, "customers_by_customer": None}


def test_no_write_finds_more_than_a_read(market):
    answer = market.call("PATCH", "orders", {"amount": 1}, role="french",
                         filter="customers.country = 'USA'")
    assert (answer.status, answer.rows) == (200, [])
    answer = market.call("DELETE", "orders", role="french",
                         filter="customers.id > 0")
    assert answer.rows == [{"id": 4}]


def test_records_are_changed_and_deleted_by_what_is_related(market):
    answer = market.call("PATCH", "orders", {"amount": 7},
                         filter="customers.name = Ann", fields="id,amount")
    assert answer.rows == [{"id": 1, "amount": 7}, {"id": 2, "amount": 7}]
    answer = market.call("DELETE", "orders",
                         filter="not products.id is not null")
    assert answer.rows == [{"id": 3}, {"id": 5}]
    assert market.ids("orders", "id > 0") == [1, 2, 4]


def test_a_write_may_look_into_the_table_that_it_writes(market):
    """MySQL's error 1093: through itself, and there and back."""
    answer = market.call("PATCH", "staff", {"name": "under"},
                         filter="staff_by_boss.name = 'top'")
    assert answer.rows == [{"id": 2}]
    answer = market.call("PATCH", "staff", {"boss": None},
                         filter="staff_by_boss.id > 0")
    assert answer.rows == [{"id": 2}, {"id": 3}, {"id": 4}]
    answer = market.call("PATCH", "customers", {"country": "x"},
                         filter="orders.customers.name = Bob")
    assert answer.rows == [{"id": 2}]
    answer = market.call("PATCH", "items", {"number": 9},
                         filter="orders.products.name = nut")
    assert answer.rows == [{"order": 1, "product": 1},
                           {"order": 1, "product": 2}]
    answer = market.call("DELETE", "staff",
                         filter="not staff_by_boss_has_many.id > 0")
    assert len(answer.rows) == 4


@pytest.mark.parametrize("text, table, id, change", [
    ("customers.country = 'USA'", "customers", 3, {"country": "USA"}),
    ("not products.name = 'pin'", "products", 3, {"name": "pins"}),
    ("customers.profiles.vip = true", "profiles", 2, {"vip": True}),
])
def test_a_write_to_a_related_table_outdates_the_answer(
        market, text, table, id, change):
    before = market.ids("orders", text)
    assert market.ask("orders", text, fields="id").hit
    assert market.call("PATCH", f"{table}/{id}", change).status == 200
    after = market.ask("orders", text, fields="id")
    assert not after.hit
    assert [row["id"] for row in after.rows] == sorted(before + [4])


def test_a_junction_outdates_the_answer_and_others_do_not(market):
    text = "products.name = 'pin'"
    assert market.ids("orders", text) == [4]
    assert market.call("PATCH", "staff/1", {"name": "x"}).status == 200
    assert market.ask("orders", text, fields="id").hit
    assert market.call("POST", "items",
                       [{"order": 5, "product": 3}]).status == 200
    assert market.ids("orders", text) == [4, 5]


def test_answers_are_not_shared_by_who_sees_other_related_rows(market):
    text = "customers.id > 0"
    assert market.ids("orders", text) == [1, 2, 3, 4]
    assert market.ids("orders", text) == [1, 2, 3, 4]
    answer = market.ask("orders", text, fields="id", role="french")
    assert not answer.hit
    assert [row["id"] for row in answer.rows] == [4]


def test_filters_may_be_nested_around_related_fields(market):
    for text, most in (("({} and id > 0)", 45), ("(id = 1 or {})", 15),
                       ("not (id = 1 and {})", 9)):
        filters = ["customers.orders.id > 0"]
        for _ in range(65):
            filters.append(text.format(filters[-1]))
        good = [market.ask("orders", f, count_only="true").status == 200
                for f in filters]
        deepest = good.index(False) - 1
        assert deepest >= most, (text, deepest)
        for f in filters[deepest + 1:]:
            check_error(market.ask("orders", f, count_only="true"), 400)
