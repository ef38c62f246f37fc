"""Parts of files and conditions, whoever sends the file and wherever it lies;
and files that the web server sends itself."""

import os
import random
import re
from email.utils import formatdate

import pytest

from support.file_host import ORIGIN, FileHost
from support.file_web import (BASE, MIB, Bytes, Carrier, LargeApache,
                              LargeLighttpd, LargeNginx)
from support.process import wait_until
from support.web_nginx import Nginx

SIZES = {"small": 30_001, "large": 2 * MIB + 11}
ODD = ["plain.txt", "with blank.txt", "50%.txt", "a+b&c=d;e.txt", "#?.txt",
       "é ü.txt", "quote\"'.txt", "%2e%2e.txt"]
SERVERS = [LargeNginx, LargeApache, LargeLighttpd]


def name_of(server):
    return server.__name__.removeprefix("Large").lower()


def encoded(name):
    return "".join(f"%{byte:02X}" for byte in name.encode())


def make(host, name, content):
    path = os.path.join(host.root, name)
    with open(path, "wb") as out:
        out.writelines(content)
    os.chmod(path, 0o644)
    return path


@pytest.fixture(scope="module", name="host")
def a_host():
    host = FileHost()
    host.contents = {name: Bytes(size, seed)
                     for seed, (name, size) in enumerate(SIZES.items())}
    for name, content in host.contents.items():
        os.utime(make(host, name, content), (1e9, 1e9))
    host.serve("heavy", host.root)
    host.serve("accel", host.root, sendfile="x-accel-redirect",
               sendfile_prefix="/weir-files/")
    host.serve("xsend", host.root, sendfile="x-sendfile",
               sendfile_prefix=host.root)
    host.key = host.grant("reads", {
        name: {"*": "GET"} for name in ("heavy", "accel", "xsend")})
    host.site.weir("cors", "add", "api/v2/*", "--origin", ORIGIN,
                   "--credentials", "--expose", "ETag")
    yield host
    host.remove()


@pytest.fixture(scope="module", name="server", params=SERVERS, ids=name_of)
def a_server(request, host):
    server = request.param(host, request.param.__name__)
    yield server
    server.stop()


@pytest.fixture(name="web")
def a_carrier(server, host):
    with Carrier(server.port, host.key) as web:
        yield web


def ask(web, path, method="GET", **lines):
    web.connection.request(method, path, headers=web.lines | {
        key.replace("_", "-"): value for key, value in lines.items()})
    answer = web.connection.getresponse()
    return answer.status, answer.headers, answer.read()


@pytest.mark.parametrize("name", SIZES)
def test_any_part_may_be_asked_for(host, web, name):
    content = host.contents[name]
    random_ = random.Random(content.size)
    whole, headers, _ = ask(web, BASE + name)
    assert whole == 200 and headers["Accept-Ranges"] == "bytes"
    for _ in range(10):
        first = random_.randrange(content.size)
        last = random_.randrange(first, content.size + 10)
        n = min(last, content.size - 1) - first + 1
        status, headers, body = ask(web, BASE + name,
                                    Range=f"bytes={first}-{last}")
        assert status == 206
        assert headers["Content-Range"] == (
            f"bytes {first}-{first + n - 1}/{content.size}")
        assert body == content.part(first, n)


@pytest.mark.parametrize("name", SIZES)
def test_a_range_counts_while_the_file_is_the_same(host, web, name):
    del host
    _, headers, _ = ask(web, BASE + name)
    part = {"Range": "bytes=5-9"}
    for same in (headers["ETag"], headers["Last-Modified"]):
        assert ask(web, BASE + name, If_Range=same, **part)[0] == 206
    for other in ('"other"', "W/" + headers["ETag"], formatdate(
            1e9 - 1, usegmt=True)):
        status, _, body = ask(web, BASE + name, If_Range=other, **part)
        assert status == 200 and len(body) == SIZES[name]


@pytest.mark.parametrize("name", SIZES)
def test_conditions_go_in_their_order(host, web, name):
    del host
    _, headers, _ = ask(web, BASE + name)
    tag, old = headers["ETag"], formatdate(1e9 - 5, usegmt=True)
    now, path = headers["Last-Modified"], BASE + name
    assert ask(web, path, If_None_Match=tag)[0] == 304
    assert ask(web, path, If_Modified_Since=now)[0] == 304
    assert ask(web, path, If_Modified_Since=old)[0] == 200
    assert ask(web, path, If_None_Match='"x"', If_Modified_Since=now)[0] == 200
    assert ask(web, path, If_Match='"x"', If_None_Match=tag)[0] == 412
    assert ask(web, path, If_Unmodified_Since=old)[0] == 412
    assert ask(web, path, If_Unmodified_Since=now, If_Match=tag)[0] == 200
    status, headers, body = ask(web, path, If_None_Match=tag,
                                Range="bytes=0-1")
    assert status == 304 and headers["ETag"] == tag and body == b""


def test_a_part_comes_from_the_cache_as_well(host, web):
    ask(web, BASE + "small")
    status, headers, body = ask(web, BASE + "small", Range="bytes=-7")
    assert status == 206 and "hit" in headers["Cache-Status"]
    assert body == host.contents["small"].part(SIZES["small"] - 7, 7)
    assert headers["Last-Modified"] == formatdate(1e9, usegmt=True)


# The web server sends the file.

SENDERS = [("accel", LargeNginx), ("xsend", LargeLighttpd)]


@pytest.fixture(scope="module", name="sender", params=SENDERS,
                ids=lambda pair: pair[0])
def a_sender(request, host):
    """A server, and the path of the service that it sends for."""
    service, kind = request.param
    server = kind(host, "sends-" + service)
    server.base = f"/api/v2/{service}/"
    yield server
    server.stop()


@pytest.fixture(name="sent")
def a_sent(sender, host):
    with Carrier(sender.port, host.key) as web:
        yield web


def line_of(host, headers):
    """It is written after the answer."""
    id = headers["X-Request-Id"]
    return wait_until(lambda: [line for line in host.site.access_lines()
                               if line["request_id"] == id])[0]


@pytest.mark.parametrize("name", SIZES)
def test_the_web_server_sends_it(host, sender, sent, name):
    """weir sends none of it."""
    for _ in range(2):
        status, headers, body = ask(sent, sender.base + name)
        assert status == 200
        assert body == host.contents[name].part(0, SIZES[name])
        assert not [key for key in headers if re.match("X-(Acc|Send)", key)]
        bypass = "weir; fwd=bypass"  # which nginx does not pass on
        assert headers.get("Cache-Status", bypass) == bypass
        assert line_of(host, headers)["bytes"] == 0


def test_tags_are_those_of_weir(host, sender, sent):
    del host
    anew = {"Cache_Control": "no-cache"}  # its owner may have changed
    tag = ask(sent, BASE + "small", **anew)[1]["ETag"]
    _, headers, _ = ask(sent, sender.base + "small", **anew)
    assert headers["ETag"] == tag
    assert ask(sent, sender.base + "small", If_None_Match=tag)[0] == 304
    assert ask(sent, sender.base + "small", If_Match=tag)[0] == 200
    assert ask(sent, sender.base + "small", If_Match='"x"')[0] == 412
    status, headers, body = ask(sent, sender.base + "small", "HEAD")
    assert status == 200 and body == b""
    assert headers["Content-Length"] == str(SIZES["small"])


def lines_of(headers):
    """Those that are weir's, whoever sends the file."""
    ours = re.compile("X-Content-Type|Content-Security|Access-Control")
    return {key: headers[key] for key in headers if ours.match(key)}


@pytest.mark.parametrize("more", [{}, {"Range": "bytes=3-9"}])
def test_the_web_server_says_what_weir_says(sender, sent, more):
    page = {"Origin": ORIGIN} | more
    said = lines_of(ask(sent, BASE + "small", **page)[1])
    _, headers, _ = ask(sent, sender.base + "small", **page)
    assert len(said) == 5 and lines_of(headers) == said
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "Origin" in ", ".join(headers.get_all("Vary"))
    assert headers["X-Request-Id"]


def test_a_tag_is_of_what_is_sent(host, sender, sent):
    """Also when another program has just written the file, though some web
    servers remember its size."""
    tags = set()
    for content in (b"one", b"two"):
        make(host, "changing", [content])
        for _ in range(2):
            _, headers, body = ask(sent, sender.base + "changing")
            assert body == content
            tags.add(headers["ETag"])
        assert ask(sent, sender.base + "changing",
                   If_Match=headers["ETag"])[0] == 200
    assert len(tags) == 2


def test_the_web_server_sends_parts(host, sender, sent):
    for more in ({}, {"If_Range": ask(sent, BASE + "large")[1]["ETag"]}):
        status, headers, body = ask(sent, sender.base + "large",
                                    Range="bytes=1000000-1099999", **more)
        assert status == 206
        assert headers["Content-Range"].endswith(f"/{SIZES['large']}")
        assert body == host.contents["large"].part(1_000_000, 100_000)


@pytest.mark.parametrize("name", ODD)
def test_any_name_arrives(host, sender, sent, name):
    make(host, name, [name.encode()])
    plain = ask(sent, BASE + encoded(name))
    status, _, body = ask(sent, sender.base + encoded(name))
    assert (status, body) == (plain[0], plain[2])


def test_nobody_goes_past_weir(host, sender, sent):
    del host
    assert ask(sent, "/weir-files/small")[0] == 404
    sent.lines = {}
    assert ask(sent, sender.base + "small")[0] == 401


def test_a_file_that_is_gone_is_not_found(host, sender, sent):
    del host
    assert ask(sent, sender.base + "never")[0] == 404


def test_the_header_is_a_matter_of_the_setting(host):
    """What a web server is told that is not set up for it."""
    server = Nginx(host, "plain")
    try:
        with Carrier(server.port, host.key) as web:
            status, headers, body = ask(web, "/api/v2/xsend/small")
            assert status == 200 and body == b""
            assert headers["X-Sendfile"] == os.path.join(host.root, "small")
            assert ask(web, BASE + "small")[1]["X-Sendfile"] is None
    finally:
        server.stop()
