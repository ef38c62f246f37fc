"""Several records in one call of the System API, and who made it."""

import pytest

from support.answer import check_error


SYSTEMS = ("sqlite", "mysql")


class TestBatches:
    def names(self, office):
        return [office.name("batch") for _ in range(3)]

    def stored(self, office, names):
        found = office.get("role?fields=name")["resource"]
        return [name for name in names if {"name": name} in found]

    def records(self, names):
        return {"resource": [{"name": names[0]}, {"name": ""},
                             {"name": names[2]}]}

    def test_makes_several(self, office):
        names = self.names(office)
        answer = office.call("POST", "role?fields=name", {
            "resource": [{"name": name} for name in names]})
        assert answer.status == 201
        assert answer.rows == [{"name": name} for name in names]

    @pytest.mark.parametrize("option, kept, words", [
        ("", [0], "could be created."),
        ("?continue=true", [0, 2], "could be created."),
        ("?rollback=true", [], "created. All changes rolled back."),
    ])
    def test_tells_which_failed(self, office, option, kept, words):
        names = self.names(office)
        answer = office.call("POST", "role" + option, self.records(names))
        check_error(answer, 400, words)
        assert answer.error["code"] == 1000
        assert answer.error["context"]["error"] == [1]
        assert self.stored(office, names) == [names[i] for i in kept]

    def test_a_wrong_password_is_of_its_record_alone(self, office):
        emails = [name + "@x.org" for name in self.names(office)]
        records = [{"email": email, "password": "a long enough word"}
                   for email in emails]
        records[0]["password"] = "short"
        records[1]["password"] = 5
        answer = office.call("POST", "user?continue=true",
                             {"resource": records})
        check_error(answer, 400)
        assert answer.error["context"]["error"] == [0, 1]
        for email, n in zip(emails, [0, 0, 1]):
            assert len(office.get(f"user?filter=email={email}")[
                "resource"]) == n

    def test_refuses_both_options(self, office):
        check_error(office.call("POST", "role?continue=true&rollback=true",
                                self.records(self.names(office))), 400,
                    "Rollback and continue")

    def test_changes_by_ids_filter_and_records(self, office):
        names = self.names(office)
        ids = [row["id"] for row in office.call("POST", "role", {
            "resource": [{"name": name} for name in names]}).rows]
        listed = ",".join(map(str, ids))
        def described():
            return [row["description"]
                    for row in office.get("role?ids=" + listed)["resource"]]
        answer = office.call("PATCH", "role?ids=" + listed, {
            "resource": [{"description": "a"}]})
        assert answer.rows == [{"id": id} for id in ids]
        assert described() == ["a"] * 3
        office.call("PUT", f"role?filter=id in ({ids[0]},{ids[1]})", {
            "resource": [{"description": "b"}]})
        assert described() == ["b", "b", "a"]
        office.call("PUT", "role", {"resource": [
            {"id": ids[2], "description": "c"}]})
        assert described() == ["b", "b", "c"]
        answer = office.call("DELETE", "role?ids=" + listed)
        assert answer.rows == [{"id": id} for id in ids]
        check_error(office.call("DELETE", "role?ids=" + listed), 400,
                    "could be deleted")

    def test_deletes_by_records(self, office):
        id = office.make("role", name=office.name("role"))
        answer = office.call("DELETE", "role", {"resource": [{"id": id}]})
        assert answer.rows == [{"id": id}]

    @pytest.mark.parametrize("method, path, body, word", [
        ("POST", "role", None, "No record(s)"),
        ("POST", "role", {"resource": []}, "No record(s)"),
        ("POST", "role", {"resource": [1]}, "object"),
        ("PATCH", "role", {"resource": [{"name": "x"}]}, "id"),
        ("PATCH", "role?ids=1,b", {"resource": [{"name": "x"}]}, "ids"),
        ("DELETE", "role", None, "No record(s)"),
        ("DELETE", "role/x", None, "number"),
        ("PATCH", "role/x", {}, "number"),
    ])
    def test_refuses_what_names_nothing(self, office, method, path, body,
                                        word):
        check_error(office.call(method, path, body), 400, word)

    def test_refuses_a_post_to_a_record(self, office):
        check_error(office.call("POST", "role/1", {"name": "x"}), 405)


def test_tells_who_did_it(office):
    name = office.name("role")
    id = office.make("role", name=name)
    office.change(f"role/{id}", description="for people")
    office.remove(f"role/{id}")
    rows = office.get(f"audit?filter=(resource=role) and (record_id={id})"
                      "&order=id")["resource"]
    assert [row["action"] for row in rows] == ["create", "update", "delete"]
    assert {row["actor"] for row in rows} == {"boss@x.org"}
    assert {row["actor_id"] for row in rows} == {office.boss_id}
    assert {row["source"] for row in rows} == {"127.0.0.1"}
    assert rows[1]["after"]["description"] == "for people"
