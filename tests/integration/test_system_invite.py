"""Users who are invited by mail, and set their passwords themselves."""

import os
import re
import stat

import pytest

from support import accounts
from support.accounts import WORD, Person, enter
from support.answer import check_error
from support.offices import BOSS
from support.process import wait_until
from support.weir import Installation


def serve(tmp_path, **settings):
    site = Installation(tmp_path, **accounts.SETTINGS, **settings)
    accounts.add(site, BOSS, "admin")
    return site.serve()


@pytest.fixture
def mails(tmp_path):
    """A folder into which the program that sends mail puts each."""
    folder = tmp_path / "mails"
    folder.mkdir()
    program = tmp_path / "sendmail"
    program.write_text(f'#!/bin/sh\nname=$(mktemp {folder}/.XXXXXX)\n'
                       f'cat >"$name"\nmv "$name" {folder}/mail.$$\n')
    os.chmod(program, stat.S_IRWXU)
    return folder


def test_mails_a_code_that_sets_the_password(tmp_path, mails):
    server = serve(tmp_path, SENDMAIL=f'"{tmp_path}/sendmail -t"',
                   MAIL_FROM_ADDRESS="weir@x.org")
    with server.connect() as client:
        boss = enter(client, BOSS, path="system/admin/session")
        answer = boss.call("POST", "system/user?send_invite=true", {
            "resource": [{"email": "new@x.org"}]})
        assert answer.status == 201
        id = answer.rows[0]["id"]
        assert boss.get(f"system/user/{id}").json["confirmed"] is False
        assert wait_until(lambda: list(mails.glob("mail.*")))
        [mail] = mails.glob("mail.*")
        text = mail.read_text()
        assert "new@x.org" in text
        code = re.search(r"[0-9a-f]{32}", text)[0]
        answer = Person(client).call("POST", "user/password", {
            "email": "new@x.org", "code": code, "new_password": WORD})
        assert answer.status == 200, answer
        assert boss.get(f"system/user/{id}").json["confirmed"] is True
        assert enter(client, "new@x.org").get("user/session").status == 200
    server.stop()


def test_refuses_where_no_mail_is_sent(tmp_path):
    server = serve(tmp_path)
    with server.connect() as client:
        boss = enter(client, BOSS, path="system/admin/session")
        answer = boss.call("POST", "system/user?send_invite=true", {
            "resource": [{"email": "new@x.org"}]})
        check_error(answer, 501, "SENDMAIL")
        assert boss.get("system/user").rows == []
    server.stop()
