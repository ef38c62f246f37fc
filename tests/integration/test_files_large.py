"""Large files, up and down, in little memory; clients that are slow, leave or
send more than they may."""

import os
import resource
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import fcgi
from support.file_host import SMALL, FileHost
from support.file_web import BASE, MIB, Bytes, Carrier, LargeApache, LargeNginx
from support.memory import holding_little
from support.process import wait_until

MOST = 2049 * MIB
SIZES = [pytest.param(96 * MIB + 5, id="96m"),
         pytest.param(2048 * MIB, id="2g", marks=pytest.mark.full)]
UNEVEN = 3 * MIB + 7
SOON = 10
FEW = 8
MANY = 20  # clients, more than there are workers
MIDDLING = 200_000
LIMIT = f"max_file_size ({MIDDLING} bytes)"


@pytest.fixture(scope="module", name="host")
def a_host():
    host = FileHost(WORKERS="4")
    host.serve("heavy", host.root, max_file_size=MOST)
    host.serve("middling", host.root, max_file_size=MIDDLING)
    host.key = host.grant("carrier", {
        name: {"*": "all"} for name in ("heavy", "middling", "small")})
    yield host
    host.remove()


@pytest.fixture(scope="module", name="server",
                params=[LargeNginx, LargeApache], ids=["nginx", "apache"])
def a_server(request, host):
    server = request.param(host, request.param.__name__)
    yield server
    server.stop()


@pytest.fixture(name="path")
def a_path(host):
    """A name that nothing has, and nothing keeps."""
    name = f"file-{time.monotonic_ns()}"
    yield name
    if os.path.exists(os.path.join(host.root, name)):
        os.unlink(os.path.join(host.root, name))


@pytest.mark.parametrize("size", SIZES)
def test_a_file_goes_up_and_down_in_little_memory(host, server, path, size):
    content = Bytes(size)
    with (Carrier(server.port, host.key) as web,
          holding_little(server.weirs[0])):
        status, said = web.put(BASE + path, content)
        assert status in (200, 201), said
        headers = web.gets(BASE + path, content)
        assert headers["Content-Length"] == str(size)
        web.gets(BASE + path, content, size - 70000, Range="bytes=-70000")
    assert os.path.getsize(os.path.join(host.root, path)) == size


def test_an_upload_need_not_say_its_length(host, server, path):
    content = Bytes(UNEVEN)
    with Carrier(server.port, host.key) as web:
        web.connection.request("PUT", BASE + path, iter(content), web.lines,
                               encode_chunked=True)
        answer = web.connection.getresponse()
        assert answer.status in (200, 201), answer.read()
        answer.read()
        web.gets(BASE + path, content)


def test_what_is_too_large_is_refused(host, server, path):
    with Carrier(server.port, host.key) as web:
        status, said = web.put(f"/api/v2/middling/{path}",
                               Bytes(MIDDLING + 1))
        assert status == 413 and LIMIT.encode() in said
    assert not os.path.exists(os.path.join(host.root, path))


@pytest.mark.parametrize("path, key, status", [
    ("/api/v2/middling/a", True, 413), (BASE + "nowhere/a", True, 404),
    (BASE + "a", False, 401)])
def test_a_refusal_comes_before_the_body(host, server, path, key, status):
    """Which nobody takes; the answer arrives all the same."""
    with Carrier(server.port, host.key if key else "none") as web:
        assert web.put(path, Bytes(5 * MIB))[0] == status


# What a web server does not let through, or evens out.

@pytest.fixture(scope="module", name="weir")
def a_weir(host):
    """One that waits for nobody long, by itself."""
    server = host.weir(host.path("alone.sock"), READ_TIMEOUT="1s",
                       REQUEST_TIMEOUT="2s")
    yield server
    server.stop()


def beginning(host, path, length, body=b"", service="heavy"):
    """An upload as far as it has come."""
    values = fcgi.cgi(f"/api/v2/{service}/{path}", "PUT",
                      {"X-API-Key": host.key}, length=length)
    values["CONTENT_TYPE"] = "application/octet-stream"
    if length is None:
        values["CONTENT_LENGTH"] = ""
    return (fcgi.begin() + fcgi.records(fcgi.PARAMS, fcgi.pairs(values)) +
            fcgi.records(fcgi.STDIN, body)[:-8 if body else None])


def taken(host, weir):
    """Uploads that it is writing, whether they have a name yet or not."""
    found = 0
    for entry in os.scandir(f"/proc/{weir.id}/fd"):
        try:
            found += os.readlink(entry.path).startswith(host.root + "/")
        except FileNotFoundError:
            pass  # closed meanwhile
    return found


END_OF_BODY = fcgi.record(fcgi.STDIN)
PIECE = bytes(100_000)


def lying(host):
    """All that lies in the root, hidden or not."""
    return sorted(os.listdir(host.root))


def test_what_announces_too_much_is_refused_before_it_comes(
        host, weir, path):
    with fcgi.Client(weir.address) as client:
        client.send(beginning(host, path, MOST + 1, PIECE))
        answer = client.read_answer()
    assert answer.status == 413
    assert f"max_file_size ({MOST} bytes)" in answer.json["error"]["message"]


def test_what_turns_out_too_large_is_refused_then(host, weir, path):
    before = lying(host)
    with fcgi.Client(weir.address) as client:
        client.send(beginning(host, path, None, 3 * PIECE, "middling"))
        answer = client.read_answer()
    assert answer.status == 413
    assert LIMIT in answer.json["error"]["message"]
    assert wait_until(lambda: lying(host) == before, SOON)


@pytest.mark.parametrize("length", [0, 2 * len(PIECE)])
def test_a_length_must_be_as_announced(host, weir, path, length):
    before = lying(host)
    with fcgi.Client(weir.address) as client:
        client.send(beginning(host, path, length, PIECE) + END_OF_BODY)
        answer = client.read_answer()
    assert answer.status == 400
    assert "Content-Length says" in answer.json["error"]["message"]
    assert wait_until(lambda: lying(host) == before, SOON)


@pytest.mark.usefixtures("weir")  # has made the cache, which is large
def test_what_is_larger_than_files_may_be_is_refused(host, path):
    """By the limit of the process, whose signal ends nothing."""
    before = lying(host)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * MIB, hard))
    try:
        server = host.weir(host.path("limited.sock"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    try:
        with fcgi.Client(server.address) as client:
            client.send(beginning(host, path, 17 * MIB, bytes(17 * MIB)) +
                        END_OF_BODY)
            assert client.read_answer().status == 507
        assert wait_until(lambda: lying(host) == before, SOON)
        with fcgi.Client(server.address) as client:
            client.send(beginning(host, path, 3, b"yes") + END_OF_BODY)
            assert client.read_answer().status == 201
        assert server.alive
    finally:
        server.stop()


def test_a_connection_goes_on_behind_an_upload(host, weir, path):
    with fcgi.Client(weir.address) as client:
        client.send(beginning(host, path, len(PIECE), PIECE) + END_OF_BODY)
        assert client.read_answer().status in (200, 201)
        answer = client.call(BASE + path, headers={"X-API-Key": host.key})
        assert answer.body == PIECE


def test_an_upload_that_stalls_is_late(host, weir, path):
    before = lying(host)
    with fcgi.Client(weir.address) as client:
        client.send(beginning(host, path, 2 * len(PIECE), PIECE))
        begun = time.monotonic()
        answer = client.read_answer()
        # a second, and what 64 KiB a second give it
        assert 2 < time.monotonic() - begun < 2 + SOON
    assert answer.status == 408
    assert wait_until(lambda: lying(host) == before, SOON)


def test_an_upload_that_is_given_up_leaves_nothing(host, weir, path):
    before = lying(host)
    with fcgi.Client(weir.address) as client:
        client.send(beginning(host, path, 2 * len(PIECE), PIECE))
        assert wait_until(lambda: taken(host, weir), SOON)
    assert wait_until(lambda: not taken(host, weir), SOON)
    assert lying(host) == before


def test_uploads_wait_for_each_other_and_hold_nobody_else(
        host, weir, path):
    """Of four workers one waits for bodies."""
    begun = beginning(host, path, 2 * len(PIECE), PIECE)
    with (fcgi.Client(weir.address) as first,
          fcgi.Client(weir.address) as second,
          fcgi.Client(weir.address) as other):
        first.send(begun)
        assert wait_until(lambda: taken(host, weir), SOON)
        second.send(beginning(host, path + "-2", len(PIECE), PIECE) +
                    END_OF_BODY)
        answer = other.call(BASE, headers={"X-API-Key": host.key})
        assert answer.status == 200
        first.send(fcgi.records(fcgi.STDIN, PIECE))
        assert first.read_answer().status in (200, 201)
        assert second.read_answer().status in (200, 201)
    os.unlink(os.path.join(host.root, path + "-2"))


def test_who_finds_no_worker_is_told_to_come_again(host, weir, path):
    with (fcgi.Client(weir.address) as first,
          fcgi.Client(weir.address) as second):
        first.send(beginning(host, path, 3 * len(PIECE), 2 * PIECE))
        assert wait_until(lambda: taken(host, weir), SOON)
        second.send(beginning(host, path + "-2", len(PIECE), PIECE) +
                    END_OF_BODY)
        answer = second.read_answer()
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "1"


@pytest.fixture(scope="module", name="lying_file")
def a_file(host):
    content = Bytes(UNEVEN)
    with open(os.path.join(host.root, "lying"), "wb") as out:
        out.writelines(content)
    return content


def asking(host, name="lying", method="GET"):
    return fcgi.request(BASE + name, method, {"X-API-Key": host.key})


def test_slow_downloads_hold_no_worker(host, weir, lying_file):
    clients = [fcgi.Client(weir.address) for _ in range(MANY)]
    for client in clients:
        client.send(asking(host))
    with fcgi.Client(weir.address) as other:
        answer = other.call(BASE, headers={"X-API-Key": host.key})
        assert answer.status == 200
    for client in clients:
        answer = client.read_answer()
        assert answer.body == lying_file.part(0, UNEVEN)
        client.close()


def rest_of(client):
    """Of an answer whose head was read."""
    out = b""
    while True:
        kind, _, content = client.read_record()
        if kind == fcgi.END:
            return out
        out += content


def test_downloads_may_outnumber_the_queue(host, lying_file):
    """They wait for a place in it, and lose nothing."""
    server = host.weir(host.path("narrow.sock"), WORKERS="1", QUEUE="1")
    clients = [fcgi.Client(server.address) for _ in range(FEW)]
    try:
        for client in clients:
            client.send(asking(host))
            assert b"Status: 200" in client.read_record()[2]
        with ThreadPoolExecutor(FEW) as pool:
            bodies = list(pool.map(rest_of, clients))
    finally:
        for client in clients:
            client.close()
        server.stop()
    assert all(body == lying_file.part(0, UNEVEN) for body in bodies)


def test_a_download_that_nobody_reads_is_cut_off(host, weir, lying_file):
    """Two seconds, and what the socket took."""
    del lying_file
    with fcgi.Client(weir.address) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.send(asking(host))
        lines = wait_until(lambda: [
            line for line in host.site.access_lines()
            if line.get("truncated")], 3 * SOON)
    assert lines[0]["status"] == 200 and lines[0]["bytes"] < UNEVEN


def test_a_client_that_leaves_ends_its_download(host, weir, lying_file):
    del lying_file
    before = len(host.site.access_lines())
    with fcgi.Client(weir.address) as client:
        client.send(asking(host))
        client.read_record()
    assert wait_until(lambda: [
        line for line in host.site.access_lines()[before:]
        if line.get("truncated")], 2)


def test_a_file_that_becomes_shorter_is_broken_off(host, weir):
    name = os.path.join(host.root, "shrinking")
    with open(name, "wb") as out:
        out.writelines(Bytes(UNEVEN))
    with fcgi.Client(weir.address) as client:
        client.send(asking(host, "shrinking"))
        client.read_record()
        os.truncate(name, MIB)
        with pytest.raises((fcgi.Closed, ConnectionError)):
            while client.read_record()[0] == fcgi.STDOUT:
                pass
            raise fcgi.Closed("no record of FastCGI")
    os.unlink(name)


def test_a_head_tells_the_length_alone(host, weir, lying_file):
    with fcgi.Client(weir.address) as client:
        client.send(asking(host, method="HEAD"))
        answer = client.read_answer()
    assert answer.headers["Content-Length"] == str(lying_file.size)
    assert answer.body == b""


def test_what_was_sent_is_logged(host, weir, lying_file):
    with fcgi.Client(weir.address) as client:
        client.send(asking(host))
        answer = client.read_answer()
    assert answer.status == 200
    id = answer.headers["X-Request-Id"]
    lines = wait_until(lambda: [line for line in host.site.access_lines()
                                if line["request_id"] == id], SOON)
    assert lines[0]["bytes"] == lying_file.size
    assert "truncated" not in lines[0]
    assert SMALL < lines[0]["bytes"]
