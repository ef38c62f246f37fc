"""The FastCGI edge against streams that no web server sends.

Each may be answered or the connection closed; what must never happen is that
the process ends, or that a good client has to wait.
"""

import time

import pytest

from support import fcgi
from support.process import wait_until
from support.scramble import Scrambler

SETTINGS = {"READ_TIMEOUT": "2s", "MAX_HEADERS": "32k"}
PATH = "/api/v2/shop/_table/orders/1"
SEED = 20240229

pytestmark = pytest.mark.usefixtures("stays_quick")


def values_of(key):
    return fcgi.pairs(fcgi.cgi(PATH, headers=key))


def bad_streams(key):
    """Name by name, what must be refused: closed, or answered >= 400."""
    params = fcgi.records(fcgi.PARAMS, values_of(key))
    empty = fcgi.record(fcgi.STDIN)
    rest = params + empty
    return {
        "record with id 0": fcgi.begin(id=0) + rest,
        "management record in the middle":
            fcgi.begin() + fcgi.record(fcgi.GET_VALUES, id=0) + rest,
        "get values": fcgi.record(
            fcgi.GET_VALUES, fcgi.pairs({"FCGI_MAX_CONNS": ""}), id=0),
        "get values, twelve names": fcgi.record(
            fcgi.GET_VALUES, fcgi.pairs({"FCGI_MAX_CONNS": ""}) * 12,
            id=0) + fcgi.begin() + rest,
        "get values with an id": fcgi.record(
            fcgi.GET_VALUES, fcgi.pairs({"FCGI_MPXS_CONNS": ""}) * 12) * 3,
        "unknown type": fcgi.record(99) + fcgi.begin() + rest,
        "type 0": fcgi.record(0) + fcgi.begin() + rest,
        "type of an answer": fcgi.record(fcgi.STDOUT, b"x" * 100) * 5,
        "version 0": fcgi.record(
            fcgi.BEGIN, b"\0\1\1\0\0\0\0\0", version=0) + rest,
        "version 2": fcgi.record(
            fcgi.BEGIN, b"\0\1\1\0\0\0\0\0", version=2) + rest,
        "wrong role": fcgi.begin(role=2) + rest,
        "no such role": fcgi.begin(role=65535) + rest,
        "begin twice": fcgi.begin() * 2 + rest,
        "begin within parameters": fcgi.begin() + fcgi.record(
            fcgi.PARAMS, values_of(key)) + fcgi.begin() + rest,
        "no begin": rest,
        "short begin": fcgi.record(fcgi.BEGIN, b"\0\1") + rest,
        "empty begin": fcgi.record(fcgi.BEGIN) + rest,
        "long begin": fcgi.record(fcgi.BEGIN, b"\0\1\1" + b"\0" * 997) + rest,
        "two ids": fcgi.begin(id=1) + fcgi.begin(id=2) + rest,
        "parameters of another id": fcgi.begin() + fcgi.records(
            fcgi.PARAMS, values_of(key), id=2) + empty,
        "no parameters": fcgi.begin() + fcgi.record(fcgi.PARAMS) + empty,
        "huge name length": fcgi.begin() + fcgi.records(
            fcgi.PARAMS, b"\xff\xff\xff\xfe\x01AB") + empty,
        "huge value length": fcgi.begin() + fcgi.records(
            fcgi.PARAMS, b"\x01\xff\xff\xff\xfeAB") + empty,
        "two huge lengths": fcgi.begin() + fcgi.records(
            fcgi.PARAMS, b"\xff\xff\xff\xfe\xff\xff\xff\xfe" + b"A" * 64)
            + empty,
        "largest lengths": fcgi.begin() + fcgi.records(
            fcgi.PARAMS, b"\xff\xff\xff\xff\xff\xff\xff\xff" + b"A" * 64)
            + empty,
        "pair beyond the parameters": fcgi.begin() + fcgi.records(
            fcgi.PARAMS, b"\x03\x7fABCvalue") + empty,
        "cut length": fcgi.begin() + fcgi.records(
            fcgi.PARAMS, b"\x80\x00") + empty,
        "zero bytes": bytes(1000),
        "all ones": b"\xff" * 1000,
        "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "many empty records": fcgi.begin() + fcgi.record(fcgi.DATA) * 1000,
    }


@pytest.mark.parametrize("name", bad_streams({}))
def test_nonsense_is_refused(server, key, name):
    stream = bad_streams(key)[name]
    assert fcgi.is_refusal(fcgi.fate_of(server.address, stream))


def test_streams_in_the_wrong_order_never_hang(server, key):
    params = fcgi.records(fcgi.PARAMS, values_of(key))
    stdin = fcgi.records(fcgi.STDIN, b"")
    for stream in (stdin + params, stdin + params + stdin,
                   params + stdin + params, params + params + stdin):
        assert fcgi.fate_of(server.address, fcgi.begin() + stream) != "silent"


def test_empty_names_and_values_are_harmless(server, key):
    values = b"\0\0" * 50 + values_of(key) + b"\0\0" * 50
    stream = (fcgi.begin() + fcgi.records(fcgi.PARAMS, values) +
              fcgi.record(fcgi.STDIN))
    assert fcgi.fate_of(server.address, stream) != "silent"


def test_too_many_bytes_of_parameters_are_refused(server, key):
    for size in (33_000, 70_000, 1_000_000):
        lines = {**key, "X-Long": "x" * size}
        stream = fcgi.request(PATH, headers=lines)
        assert fcgi.fate_of(server.address, stream) in (431, "closed")


def test_too_many_parameters_are_refused(server, key):
    lines = {**key, **{f"X-{i}": "" for i in range(4000)}}
    stream = fcgi.request(PATH, headers=lines)
    assert fcgi.fate_of(server.address, stream) in (431, "closed")


def test_parameters_without_end_are_refused(server):
    end = time.monotonic() + 20
    with server.connect() as client:
        client.send(fcgi.begin())
        with pytest.raises(OSError):
            while time.monotonic() < end:
                client.send(fcgi.record(fcgi.PARAMS, b"x" * 65000))


def version(site, id):
    (value,) = site.ask("SELECT version FROM orders WHERE id = ?", id)
    return value


def test_a_body_shorter_than_said_is_refused(site, server, key):
    path = "/api/v2/shop/_table/orders/3"
    before = version(site, 3)
    body = b'{"version":%d}' % (before + 1)
    stream = fcgi.request(path, "PATCH", key, body, length=len(body) + 10)
    assert fcgi.is_refusal(fcgi.fate_of(server.address, stream))
    assert version(site, 3) == before


def test_a_body_longer_than_said_never_hangs(server, key):
    for length in (0, 1, 5):
        stream = fcgi.request(PATH, "PATCH", key, b'{"version":0}',
                              length=length)
        assert fcgi.is_refusal(fcgi.fate_of(server.address, stream))


@pytest.mark.parametrize("length", [
    "-1", "x", "", "1e3", "0x10", "99999999999999999999", " 5", "5 "])
def test_a_length_that_is_no_number_never_hangs(server, key, length):
    stream = fcgi.request(PATH, "PATCH", key, b'{"version":0}',
                          length=length)
    assert fcgi.fate_of(server.address, stream) != "silent"


def test_a_huge_content_length_costs_nothing(server, key):
    stream = fcgi.request(PATH, "PATCH", key, b"{}", length=2 ** 40)
    assert fcgi.is_refusal(fcgi.fate_of(server.address, stream))


def send_bad_streams(server, check_quick, scrambler, count):
    """A batch at a time on connections that stay open meanwhile."""
    for _ in range(0, count, 50):
        bad = [server.connect() for _ in range(50)]
        for client in bad:
            try:
                client.send(scrambler.stream())
            except OSError:
                pass
        check_quick()
        for client in bad:
            client.close()


def check_bad_streams(server, key, check_quick, count):
    before = server.sockets
    good = [fcgi.request(PATH, headers=key),
            fcgi.request(PATH, "PATCH", key, b'{"version":0}')]
    for seed, data in enumerate(good):
        scrambler = Scrambler(data, SEED + seed)
        send_bad_streams(server, check_quick, scrambler, count // 2)
    assert wait_until(lambda: server.sockets <= before, 10)


def test_a_thousand_bad_streams_hurt_nobody(server, key, check_quick):
    check_bad_streams(server, key, check_quick, 1000)


@pytest.mark.full
def test_many_more_bad_streams_hurt_nobody(server, key, check_quick):
    check_bad_streams(server, key, check_quick, 50_000)
