"""The FastCGI edge, record by record: cuts, ids, connections, aborts."""

import contextlib
import itertools
import time

import pytest

from support import fcgi
from support.answer import check_error
from support.elf import bind_to_itself, library_of

SETTINGS = {"READ_TIMEOUT": "2s"}
PATH = "/api/v2/shop/_table/orders/1"

pytestmark = pytest.mark.usefixtures("stays_quick")


# What is good, however it arrives.

def same(answer, expected):
    return (answer.status, answer.body) == (expected.status, expected.body)


@pytest.mark.parametrize("method, body", [
    ("GET", b""), ("PATCH", b'{"item":"cut"}')])
def test_a_request_cut_anywhere_is_answered_alike(server, key, method, body):
    data = fcgi.request(PATH, method, key, body)
    with server.connect() as client:
        client.send(data)
        expected = client.read_answer()
        assert expected.status == 200
        for cut in range(1, len(data)):
            client.send(data[:cut])
            time.sleep(0.001)
            client.send(data[cut:])
            assert same(client.read_answer(), expected), cut


def padded_records(key, body):
    """A write in records that all carry padding, the empty ones, too."""
    values = fcgi.pairs(fcgi.cgi(PATH, "PATCH", key, body))
    third = len(values) // 3 + 1
    parts = [(fcgi.BEGIN, fcgi.begin()[8:])]
    parts += [(fcgi.PARAMS, values[at:at + third])
              for at in range(0, len(values), third)]
    parts += [(fcgi.PARAMS, b""), (fcgi.STDIN, body[:5]),
              (fcgi.STDIN, body[5:]), (fcgi.STDIN, b"")]
    return [fcgi.record(kind, content, padding=3 + 7 * n)
            for n, (kind, content) in enumerate(parts)]


def test_padded_records_cut_at_their_headers_are_answered_alike(server, key):
    records = padded_records(key, b'{"item":"padded"}')
    data = b"".join(records)
    starts = itertools.accumulate(map(len, records), initial=0)
    cuts = {start + n for start in starts for n in range(-2, 10)}
    with server.connect() as client:
        client.send(data)
        expected = client.read_answer()
        assert expected.status == 200
        for cut in sorted(cuts & set(range(1, len(data)))):
            client.send(data[:cut])
            time.sleep(0.001)
            client.send(data[cut:])
            assert same(client.read_answer(), expected), cut


def test_a_request_sent_byte_by_byte_is_answered(server, good):
    with server.connect() as client:
        client.send_slowly(good)
        assert client.read_answer().status == 200


def test_many_small_records_are_one_request(server, key):
    values = fcgi.pairs(fcgi.cgi(PATH, "PATCH", key, b'{"version":0}'))
    for padding in (0, 1, 255):
        stream = (fcgi.begin() +
                  fcgi.records(fcgi.PARAMS, values, 1, 3, padding) +
                  fcgi.records(fcgi.STDIN, b'{"version":0}', 1, 1, padding))
        assert fcgi.fate_of(server.address, stream) == 200


def gathered(server, data, cut=40):
    """The answer to a request that comes in two parts."""
    with server.connect() as client:
        client.send(data[:cut])
        time.sleep(0.02)
        client.send(data[cut:])
        return client.read_answer()


def test_records_of_a_byte_and_padding_harm_no_later_request(
        server, key, good):
    values = fcgi.pairs({**fcgi.cgi(PATH, headers=key), "HTTP_X": "y" * 500})
    stream = (fcgi.begin() + fcgi.records(fcgi.PARAMS, values, 1, 1, 255) +
              fcgi.record(fcgi.STDIN))
    assert gathered(server, stream, len(stream) // 2).status == 200
    assert gathered(server, good).status == 200


def padded_head(key, n):
    """BEGIN and one PARAMS record, n bytes together."""
    values = fcgi.pairs(fcgi.cgi(PATH, headers=key))
    fill = n - 16 - 8 - len(values) - 5 - len("HTTP_P")
    values += fcgi.pairs({"HTTP_P": "p" * fill})
    return fcgi.begin() + fcgi.record(fcgi.PARAMS, values)


def test_padding_is_never_part_of_the_next_request(server, key, good):
    """It lies where libfcgi, which reads 8 KB at a time, stops."""
    stream = (padded_head(key, 8184) + fcgi.record(fcgi.PARAMS, padding=200) +
              fcgi.record(fcgi.STDIN))
    assert gathered(server, stream).status == 200
    assert gathered(server, good).status == 200


def test_padding_behind_the_parameters_is_no_record(server, key):
    """libfcgi takes it for one."""
    values = fcgi.pairs(fcgi.cgi(PATH, "PATCH", key, b'{"version":0}'))
    with server.connect() as client:
        for padding in (1, 8, 200, 255):
            client.send(fcgi.begin() + fcgi.record(fcgi.PARAMS, values) +
                        fcgi.record(fcgi.PARAMS, padding=padding) +
                        fcgi.record(fcgi.STDIN, b'{"version":0}') +
                        fcgi.record(fcgi.STDIN))
            assert client.read_answer().status == 200


def test_padding_at_the_end_is_taken_off_the_connection(server, key):
    stream = (padded_head(key, 8176) + fcgi.record(fcgi.PARAMS) +
              fcgi.record(fcgi.STDIN, padding=200))
    with server.connect() as client:
        for _ in range(3):
            client.send(stream)
            assert client.read_answer().status == 200


def test_any_request_id_will_do(server, key):
    for id in (1, 2, 255, 256, 65535):
        with server.connect() as client:
            client.send(fcgi.request(PATH, headers=key, id=id))
            assert client.read_answer(id).status == 200


def test_a_kept_connection_serves_many(server, key):
    with server.connect() as client:
        for _ in range(1000):
            assert client.call(PATH, headers=key).status == 200


def test_a_connection_not_to_be_kept_is_closed(server, key):
    with server.connect() as client:
        assert client.call(PATH, headers=key, keep=False).status == 200
        assert client.is_closed(within=2)


def test_an_idle_kept_connection_stays(server, key):
    with server.connect() as client:
        client.call(PATH, headers=key)
        time.sleep(3)
        assert client.call(PATH, headers=key).status == 200


def records_of(server, key, **more):
    """The types of the records of an answer that comes before its body."""
    body = b"x" * 300_000
    values = fcgi.cgi(PATH, "PATCH", key, body, 10**9) | more
    with server.connect() as client:
        client.send(fcgi.begin() +
                    fcgi.records(fcgi.PARAMS, fcgi.pairs(values)) +
                    fcgi.records(fcgi.STDIN, body)[:-8])
        kinds = []
        with contextlib.suppress(fcgi.Closed):
            while True:
                kinds.append(client.read_record()[0])
    return kinds


def test_only_nginx_is_told_that_an_answer_is_the_last(server, key):
    """On a connection that Apache kept, the next answer would begin so."""
    for name in ("Apache/2.4.71 (Debian)", "", "xnginx"):
        assert records_of(server, key, SERVER_SOFTWARE=name)[-1] == fcgi.END
    kinds = records_of(server, key, SERVER_SOFTWARE="nginx/1.22.1")
    assert kinds[-2:] == [fcgi.END, fcgi.GET_VALUES_RESULT]


def test_two_requests_in_one_write_never_hang(server, good):
    """No web server does that: they may be refused, not left waiting."""
    with server.connect() as client:
        client.send(good + good)
        for _ in range(2):
            assert client.fate() in (200, "closed")


# Abort.

def version(site, id):
    (value,) = site.ask("SELECT version FROM orders WHERE id = ?", id)
    return value


def test_an_abort_before_the_request_is_harmless(server, good):
    stream = fcgi.record(fcgi.ABORT) + good
    assert fcgi.fate_of(server.address, stream) in (200, "closed", "ended")


@pytest.mark.parametrize("cut", ["parameters", "body"])
def test_an_aborted_write_is_not_done(site, server, key, cut):
    path = "/api/v2/shop/_table/orders/3"
    before = version(site, 3)
    body = b'{"version":%d}' % (before + 1)
    values = fcgi.pairs(fcgi.cgi(path, "PATCH", key, body))
    stream = fcgi.begin() + fcgi.record(fcgi.PARAMS, values)
    if cut == "body":
        stream += fcgi.record(fcgi.PARAMS)
        stream += fcgi.record(fcgi.STDIN, body[:-1])
    stream += fcgi.record(fcgi.ABORT)
    assert fcgi.is_refusal(fcgi.fate_of(server.address, stream))
    assert version(site, 3) == before


def test_an_abort_after_the_request_is_harmless(server, good):
    stream = good + fcgi.record(fcgi.ABORT)
    assert fcgi.fate_of(server.address, stream) in (200, "closed", "ended")


def test_an_abort_of_a_slow_query_is_harmless(server, key):
    path = "/api/v2/shop/_table/slow?offset=77"
    with server.connect() as client:
        client.send(fcgi.request(path, headers=key))
        time.sleep(0.2)
        client.send(fcgi.record(fcgi.ABORT))
        assert client.fate() in (200, "closed", "ended")


# Half of it, and then nothing.

def test_half_a_request_is_given_up_in_time(server, good):
    with server.connect() as client:
        client.send(good[:len(good) // 2])
        assert client.is_closed(within=10)


@pytest.mark.parametrize("stop", [0, 5])
def test_half_a_body_is_told_that_it_is_late(server, key, stop):
    """A web server that passes it on as it comes has a client to tell."""
    body = b'{"version":0}'
    data = (fcgi.begin() +
            fcgi.records(fcgi.PARAMS, fcgi.pairs(
                fcgi.cgi(PATH, "PATCH", key, body))) +
            fcgi.records(fcgi.STDIN, body[:stop])[:-8])
    with server.connect() as client:
        client.send(data)
        check_error(client.read_answer(), 408, "in time")
        assert client.is_closed(within=2)


def test_a_silent_connection_costs_no_thread(server, check_quick):
    threads = server.threads
    silent = [server.connect() for _ in range(200)]
    check_quick()
    assert server.threads == threads
    for client in silent:
        client.close()


# The library.

def test_libfcgi_may_be_bound_to_itself(site, server, key, tmp_path):
    """As some systems link all libraries: then it reads another way."""
    name = "libfcgi.so.0"
    bind_to_itself(library_of(server, name), tmp_path / name)
    other = site.serve("bound", LD_LIBRARY_PATH=str(tmp_path))
    assert library_of(other, name) == str(tmp_path / name)
    with other.connect() as client:
        for headers in key, {**key, "X-Long": "x" * 20000}, key:
            client.send(fcgi.request(PATH, headers=headers))
            assert client.read_answer().status == 200
    other.stop()
