"""Whose call it is: behind proxies that are trusted, and behind others."""

import http.client
import signal

import pytest

from support.nginx import Nginx
from support.process import wait_until

SETTINGS = {"TRUSTED_PROXIES": "127.0.0.1,unix"}
PATH = "/api/v2/shop/_table/orders/1"
CLIENT, OTHER = "127.0.0.9", "127.0.0.8"  # loopback addresses as good as any
FORGED = "6.6.6.6"

PROXY = """\
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {port};
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
    }}
}}
"""


class Proxy(Nginx):
    """Passes all on to a port, and adds whom it was called by."""

    def config(self, sites):
        return PROXY.format(
            user="user root;", folder=self.folder, port=self.ports[0],
            behind=sites[0])


@pytest.fixture(scope="module")
def proxy(site, pair):
    proxy = Proxy(site.path("proxy"), [pair.fresh[0]])
    yield proxy
    proxy.stop()


@pytest.fixture(name="logged")
def call_from_an_address(site, owner):
    """Who weir says has called: see there for what it is given."""

    def logged(port, source=CLIENT, forwarded=()):
        connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=30, source_address=(source, 0))
        connection.putrequest("GET", PATH)
        connection.putheader("X-API-Key", owner)
        for line in forwarded:
            connection.putheader("X-Forwarded-For", line)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200
        return client_of(site, answer.headers["X-Request-Id"])

    return logged


def client_of(site, id):
    """What the access log says of that call."""
    def lines():
        return [line for line in site.access_lines()
                if line["request_id"] == id]

    assert wait_until(lines, 5)
    return lines()[0]["client"]


@pytest.mark.parametrize("forwarded", [
    (), (FORGED,), (FORGED + ", 127.0.0.1",), (FORGED, "127.0.0.1"),
    ("unknown",), ("x" * 3000,), (",",), ("127.0.0.1," * 100,)])
def test_a_trusted_proxy_names_the_client(proxy, logged, forwarded):
    assert logged(proxy.ports[0], CLIENT, forwarded) == CLIENT
    assert logged(proxy.ports[0], OTHER, forwarded) == OTHER


def test_a_proxy_may_add_a_line_of_its_own(pair, logged):
    """As some do: what the client has sent stays before it."""
    for port in (pair.kept[0], pair.fresh[1]):
        assert logged(port, "127.0.0.1", (FORGED, "203.0.113.7")) == (
            "203.0.113.7")
        assert logged(port, "127.0.0.1", ("203.0.113.7", "127.0.0.1")) == (
            "203.0.113.7")


@pytest.mark.parametrize("forwarded", [
    (FORGED,), (FORGED, "127.0.0.1"), ("127.0.0.1",)])
def test_who_is_not_trusted_names_nobody(pair, logged, forwarded):
    for port in (pair.kept[0], pair.fresh[1]):
        assert logged(port, CLIENT, forwarded) == CLIENT


def test_ports_and_brackets_are_read_over(pair, logged):
    port = pair.kept[0]
    assert logged(port, "127.0.0.1", ("[2001:DB8::7]:443",)) == "2001:db8::7"
    assert logged(port, "127.0.0.1", ("203.0.113.7:99, 127.0.0.1:1",)) == (
        "203.0.113.7")


def test_a_reload_trusts_others(site, pair, logged):
    port = pair.fresh[0]
    assert logged(port, "127.0.0.1", (FORGED,)) == FORGED
    site.configure(TRUSTED_PROXIES=OTHER)
    pair.servers[0].signal(signal.SIGHUP)
    assert wait_until(
        lambda: logged(port, "127.0.0.1", (FORGED,)) == "127.0.0.1", 10)
    assert logged(port, OTHER, (FORGED,)) == FORGED
    site.configure(**SETTINGS)
