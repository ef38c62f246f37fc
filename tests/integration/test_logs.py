"""Where the logs go and what a line is: files, syslog and systemd's journal."""

import json
import os
import re
import select
import signal
import subprocess
import uuid

import pytest

from support import shop
from support.process import wait_until
from support.receiver import Journal, Receiver
from support.weir import Installation, PROGRAM, Server, environment

BACK = 10  # seconds, at most
ORDERS = "/api/v2/shop/_table/orders"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
DAEMON, LOCAL3 = 3, 19
INFO = 6
COMMON = re.compile(
    r'(\S+) - (\S+) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000)\] '
    r'"((?:[^"\\]|\\.)*)" (\d{3}) (\d+)((?: [a-z_]+=(?:\d+|"(?:[^"\\]|\\.)*"))*)')


class House:
    def __init__(self, folder):
        self.site = Installation(folder)
        self.site.add_service("shop", "sqlite", **self.site.engine.create(
            "shop", shop.sql(self.site.engine)))
        self.site.add_role("all")
        self.site.grant("all", "shop", "*", "GET")
        self.key = self.site.add_key("all", "all")
        self.held = []

    def keep(self, what):
        self.held.append(what)
        return what

    def receiver(self, **more):
        return self.keep(Receiver(f"/tmp/weir-{uuid.uuid4().hex}", **more))

    def serve(self, **settings):
        return self.keep(self.site.serve(uuid.uuid4().hex, **settings))

    def call(self, server, path=ORDERS + "/1", **headers):
        with server.connect() as client:
            return client.call(path, "GET", {
                "X-DreamFactory-API-Key": self.key, **headers})

    def stop(self):
        while self.held:
            self.held.pop().stop()


@pytest.fixture(name="one", scope="module")
def an_installation(tmp_path_factory):
    return House(tmp_path_factory.mktemp("logs"))


@pytest.fixture(name="house")
def what_it_runs_is_stopped(one):
    yield one
    one.stop()


def test_syslog_takes_both_logs(house):
    log, access = house.receiver(), house.receiver()
    server = house.serve(
        LOG_FILE=f"syslog:{log.path}", ACCESS_LOG=f"syslog:{access.path}",
        SYSLOG_FACILITY="local3")
    assert house.call(server, REQUEST_ID="to-syslog").status == 200
    server.stop()
    told = log.syslog()
    assert {one[1] for one in told} == {server.id}
    assert (LOCAL3 * 8 + INFO, server.id, "info: stopping: draining") in told
    lines = [json.loads(text) for _, _, text in access.syslog()]
    assert {one[0] for one in access.syslog()} == {LOCAL3 * 8 + INFO}
    (line,) = [line for line in lines if line["request_id"] == "to-syslog"]
    assert (line["status"], line["service"]) == (200, "shop")


def test_the_journal_takes_fields(house):
    log, access = house.receiver(), house.receiver()
    server = house.serve(
        LOG_FILE=f"journal:{log.path}", ACCESS_LOG=f"journal:{access.path}",
        ACCESS_FORMAT="text")
    assert house.call(server, REQUEST_ID="to-journal",
                      traceparent=TRACE).status == 200
    server.stop()
    told = log.journal()
    assert told[-1]["MESSAGE"].startswith("info: ")
    assert {one["SYSLOG_IDENTIFIER"] for one in told} == {"weir"}
    assert {one["WEIR_LOG"] for one in told} == {"log"}
    (line,) = [one for one in access.journal()
               if one["WEIR_REQUEST_ID"] == "to-journal"]
    assert COMMON.fullmatch(line.pop("MESSAGE"))
    assert int(line.pop("WEIR_DURATION_US")) > 0
    assert int(line.pop("WEIR_BYTES")) > 0
    assert line == {
        "PRIORITY": str(INFO), "SYSLOG_FACILITY": str(DAEMON),
        "SYSLOG_IDENTIFIER": "weir", "WEIR_LOG": "access",
        "WEIR_REQUEST_ID": "to-journal", "WEIR_TRACE_ID": TRACE[3:35],
        "WEIR_PARENT_ID": TRACE[36:52], "WEIR_CLIENT": "127.0.0.1",
        "WEIR_APP": "all", "WEIR_KEY": house.key[:6], "WEIR_SERVICE": "shop",
        "WEIR_METHOD": "GET", "WEIR_PATH": ORDERS + "/1",
        "WEIR_STATUS": "200", "WEIR_CACHE": "none", "WEIR_LIMIT": "none"}


@pytest.fixture(name="journal", scope="module")
def a_journal():
    if not Journal.can_run():
        pytest.skip("systemd-journald is not installed, or this is not root")
    journal = Journal()
    yield journal
    journal.stop()


def test_a_real_journal_takes_them(house, journal):
    server = house.serve(LOG_FILE=f"syslog:{journal.syslog}",
                         ACCESS_LOG=f"journal:{journal.socket}")
    assert house.call(server, ORDERS + "/\r\nMESSAGE=forged",
                      REQUEST_ID="real").status >= 400
    server.stop()
    found = []
    assert wait_until(lambda: found.append(journal.entries(
        "WEIR_REQUEST_ID=real")) or found[-1], BACK)
    (entry,) = found[-1]
    assert entry["_PID"] == str(server.id)
    assert entry["WEIR_PATH"] == ORDERS + r"/\x0d\x0aMESSAGE=forged"
    assert json.loads(entry["MESSAGE"])["request_id"] == "real"
    assert wait_until(lambda: [
        entry for entry in journal.entries("_TRANSPORT=syslog")
        if entry["MESSAGE"] == "info: stopping: draining"
        and entry["SYSLOG_IDENTIFIER"] == "weir"
        and entry["SYSLOG_PID"] == str(server.id)], BACK)


def test_stderr_that_is_the_journal_gets_fields(house, journal):
    """As systemd starts it: JOURNAL_STREAM names what stderr is."""
    if subprocess.run(["unshare", "-m", "true"], check=False,
                      capture_output=True).returncode:
        pytest.skip("no name space of mounts may be made")
    output = house.site.path("stream.out")
    with open(output, "wb"):
        about = os.stat(output)
    address = house.site.path("stream.sock")
    server = house.keep(Server(
        ["unshare", "-m", "sh", "-c",
         f"mkdir -p /run/systemd/journal && mount --bind {journal.folder} "
         f"/run/systemd/journal && exec {PROGRAM} serve "
         f"--env {house.site.env_file}"],
        output, address, env=environment(
            JOURNAL_STREAM=f"{about.st_dev}:{about.st_ino}",
            LISTEN="unix:" + address, LOG_FILE="stderr",
            ACCESS_LOG="stderr"))).wait_ready()
    house.call(server, REQUEST_ID="by-stream")
    assert wait_until(lambda: journal.entries(
        "WEIR_REQUEST_ID=by-stream", "WEIR_STATUS=200"), BACK)
    assert server.output == ""


def test_stderr_of_a_child_of_the_journal_is_stderr(house):
    """The variable is inherited; the file is another."""
    server = house.serve(LOG_FILE="stderr", ACCESS_LOG="off",
                         JOURNAL_STREAM="1:2")
    server.stop()
    assert "info" in server.output and "stopping: draining" in server.output


def test_a_receiver_that_is_full_holds_up_nobody(house):
    access = house.receiver(reads=False)
    server = house.serve(ACCESS_LOG=f"syslog:{access.path}")
    log = len(house.site.read("weir.log"))

    def told(what):
        return house.site.read("weir.log")[log:].count(what)
    with server.connect() as client:
        for _ in range(300):
            assert client.call("/api/v2").status < 500
        assert wait_until(
            lambda: told("lines of the access log are dropped") == 1, BACK)
        access.thread.start()

        def is_back():
            client.call("/api/v2")
            return told("writes to the access log were dropped")
        assert wait_until(is_back, 2 * BACK)
    dropped = int(re.search(
        r"(\d+) writes to the access log were dropped or cut: "
        + re.escape(access.path) + ": its receiver is full",
        house.site.read("weir.log")[log:])[1])
    assert dropped > 200
    assert told("lines of the access log are dropped") == 1


def test_a_receiver_may_come_and_go(house):
    """Its absence is told where else there is: on stderr, once."""
    path = f"/tmp/weir-{uuid.uuid4().hex}"
    server = house.serve(LOG_FILE=f"syslog:{path}", LOG_LEVEL="debug")
    cry = f"weir: lines of the log are dropped: {path}: "
    assert wait_until(lambda: cry in server.output, BACK)
    for turn in range(2):
        receiver = Receiver(path)
        try:
            server.signal(signal.SIGHUP)
            assert wait_until(lambda: any(
                text == "info: reloaded"
                for _, _, text in receiver.syslog()), BACK)
            assert turn or any("writes to the log were dropped" in text
                               for _, _, text in receiver.syslog())
        finally:
            receiver.stop()
        server.signal(signal.SIGHUP)
    assert server.output.count(cry) == 1


def test_a_reload_moves_the_logs(tmp_path):
    house = House(tmp_path)
    server = house.serve()
    receiver = house.receiver()
    try:
        os.rename(house.site.path("access.log"), house.site.path("old.log"))
        house.call(server, REQUEST_ID="before")
        assert wait_until(lambda: "before" in house.site.read("old.log"), BACK)
        server.signal(signal.SIGHUP)
        assert wait_until(lambda: os.path.exists(
            house.site.path("access.log")), BACK)
        house.call(server, REQUEST_ID="after")
        assert wait_until(lambda: [
            line for line in house.site.access_lines()
            if line["request_id"] == "after"], BACK)
        house.site.configure(ACCESS_LOG=f"syslog:{receiver.path}",
                             ACCESS_FORMAT="text", LOG_FORMAT="json")
        server.signal(signal.SIGHUP)
        assert wait_until(lambda: '"message":"reloaded"' in
                          house.site.read("weir.log"), BACK)
        house.call(server, REQUEST_ID="to-syslog")
        assert wait_until(lambda: any(
            COMMON.fullmatch(text) and 'request_id="to-syslog"' in text
            for _, _, text in receiver.syslog()), BACK)
        assert "to-syslog" not in house.site.read("access.log")
    finally:
        house.stop()


HOSTILE = '/x"\\\r\n\x1b[2J\x7f\xff\xc2\x85 y'


def test_a_line_of_text_is_that_of_web_servers(house):
    path = house.site.path("common.log")
    server = house.serve(ACCESS_LOG=path, ACCESS_FORMAT="text")
    house.call(server, REQUEST_ID="common")
    house.call(server, ORDERS + HOSTILE, REQUEST_ID="hostile")
    server.stop()
    with open(path, encoding="utf-8", newline="\n") as lines:
        lines = lines.read().removesuffix("\n").split("\n")
    matches = [COMMON.fullmatch(line) for line in lines]
    assert all(matches), lines
    (match,) = [m for m in matches if 'request_id="common"' in m[7]]
    assert (match[1], match[2], match[4], match[5]) == (
        "127.0.0.1", "-", f"GET {ORDERS}/1", "200")
    assert (f' app="all" key="{house.key[:6]}" service="shop" duration_us='
            in match[7])
    assert ' cache="none" limit="none"' in match[7]
    (match,) = [m for m in matches if 'request_id="hostile"' in m[7]]
    assert match[4].startswith(f"GET {ORDERS}" + r'/x\"\\\x0d\x0a\x1b[2J\x7f')
    assert not re.search("[\x00-\x1f\x7f-\x9f]", match[0])


def test_the_log_is_json_when_that_is_set(house):
    path = house.site.path("log.json")
    server = house.serve(LOG_FILE=path, LOG_FORMAT="json",
                         SLOW_REQUEST="1ms", LOG_LEVEL="debug")
    house.call(server, ORDERS + HOSTILE, REQUEST_ID="hostile")
    server.stop()
    with open(path, encoding="utf-8", newline="\n") as lines:
        told = [json.loads(line) for line in
                lines.read().removesuffix("\n").split("\n")]
    assert all({"time", "level", "pid", "message"} <= one.keys()
               for one in told)
    assert "stopping: draining" in [one["message"] for one in told]


def test_the_whole_key_is_in_no_log(house):
    server = house.serve()
    house.call(server, ORDERS + f"?api_key={house.key}", REQUEST_ID="keyed")
    assert wait_until(lambda: any(
        line["request_id"] == "keyed" and line["key"] == house.key[:6]
        for line in house.site.access_lines()), BACK)
    for name in ("access.log", "weir.log"):
        assert house.key not in house.site.read(name)


def test_a_wrong_key_has_no_beginning(house):
    server = house.serve()
    with server.connect() as client:
        client.call(ORDERS, "GET", {"X-DreamFactory-API-Key": "f" * 64,
                                    "REQUEST_ID": "wrong"})
    assert wait_until(lambda: any(
        line["request_id"] == "wrong" and "key" not in line
        for line in house.site.access_lines()), BACK)


@pytest.mark.parametrize("place", ["syslog:log", "journal:/" + 108 * "x"])
def test_what_is_no_path_of_a_socket_is_refused(house, place):
    server = house.site.serve("refused", ready=False, LOG_FILE=place)
    assert server.wait() == 1
    assert "expected the absolute path of a socket" in server.output


@pytest.mark.parametrize("setting", ["LOG_FILE", "ACCESS_LOG"])
def test_a_reload_waits_for_no_reader_of_a_pipe(tmp_path, setting):
    house = House(tmp_path)
    server = house.serve()
    pipe = house.site.path("pipe")
    os.mkfifo(pipe)
    try:
        house.site.configure(**{setting: pipe})
        server.signal(signal.SIGHUP)
        assert wait_until(lambda: f"reload: cannot open log {pipe}: it is a "
                          "pipe that nobody reads" in
                          house.site.read("weir.log"), BACK)
        house.call(server, REQUEST_ID="as-before")
        assert wait_until(lambda: [
            line for line in house.site.access_lines()
            if line["request_id"] == "as-before"], BACK)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            server.signal(signal.SIGHUP)
            house.call(server, REQUEST_ID="into-the-pipe")
            assert wait_until(lambda: house.call(server).status == 200 and
                              select.select([reader], [], [], 0)[0], BACK)
            assert os.read(reader, 4096)
        finally:
            os.close(reader)
        server.stop()
    finally:
        house.stop()
