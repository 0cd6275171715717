"""The course of a visit, as a client sees it that was written from docs/sync-protocol.md alone."""

import json

from tests.foreign.client import uuid7
from tests.foreign.content import content_hash
from tests.foreign.crew import (
    answer,
    applied,
    converged,
    one,
    photo,
    said,
    submit,
)
from tests.foreign.office import today


def test_two_phones_contradict_each_other_a_person_settles_and_the_visit_is_submitted(office, send_crew):
    crew = send_crew(7)
    leader, member, visit = crew.leader, crew.member, crew.begun()
    answer(leader, visit, **{"TY-03": "no"})
    applied(leader)
    contradiction = one(member, answer(member, visit, **{"TY-01": "no", "TY-03": "yes", "TY-08": "no"}))
    assert contradiction["status"] == "conflict"
    assert {key: row["status"] for key, row in contradiction["answers"].items()} == {
        "TY-01": "applied",
        "TY-03": "conflict",
        "TY-08": "merged",
    }
    leader.pull()
    [rival] = leader.store.document("visit", visit)["conflicts"]["TY-03"]
    assert (rival["value"], rival["by"]) == ("yes", member.user["id"])
    assert said(one(leader, submit(leader, visit))) == ("quarantined", "bad_state")

    present = leader.store.document("visit", visit)["answers"]["TY-03"]
    assert (present["value"], present["rev"]) == ("no", 2)
    settled = {"TY-03": {"value": "yes", "note": "已当面核对", "base": 2, "settles": [rival["id"]]}}
    leader.do("answer", "set", visit, answers=settled)
    applied(leader)
    stale = one(leader, submit(leader, visit))
    leader.pull()
    assert said(stale) == ("conflict", "content_differs")
    assert stale["expected"] == content_hash(leader.store, visit)
    accepted = one(leader, submit(leader, visit))
    leader.pull()
    document = leader.store.document("visit", visit)
    assert (accepted["status"], accepted["hash"]) == ("applied", stale["expected"])
    assert (document["state"], document["conflicts"], document["content_hash"]) == ("submitted", {}, accepted["hash"])

    answer(leader, visit, **{"TY-04": "yes"})
    leader.do("visit", "amend", visit, remarks="补充")
    assert [said(result) for result in leader.push().values()] == [("quarantined", "late_lock")] * 2
    leader.pull()
    assert leader.store.document("visit", visit) == document


def test_a_submit_waits_for_the_operation_before_it_and_is_judged_when_that_arrives(send_crew):
    crew = send_crew(8)
    visit = crew.begun()
    leader = crew.leader
    late = answer(leader, visit, **{"TY-02": 3})
    leader.outbox.clear()
    changed = json.loads(json.dumps(leader.store.document("visit", visit)))
    changed["answers"]["TY-02"]["value"] = 3
    leader.store.rows["visit", visit] = (f"crew:{crew.assignment}", changed)
    last = submit(leader, visit)
    told = leader.send([last])
    assert said(told["results"][0]) == ("held", None)
    assert told["missing"] == [late["n"]]
    told = leader.send([late])
    assert said(told["results"][0]) == ("applied", None)
    assert (told["have"], told["missing"]) == (leader.n, [])
    again = leader.send([last])["results"][0]
    assert (again["status"], again["hash"]) == ("applied", last["data"]["hash"])
    leader.pull()
    assert leader.store.document("visit", visit)["state"] == "submitted"


def test_a_review_visit_closes_what_the_unit_reported(office, send_crew, sign_in):
    crew = send_crew(5)
    visit, finding = crew.begun(), uuid7()
    crew.leader.do("finding", "record", finding, visit=visit, item="TY-02", text="人数不足")
    applied(crew.leader)
    crew.leader.pull()
    submit(crew.leader, visit)
    applied(crew.leader)
    office.call("POST", f"/visits/{visit}/approve", {})
    notice = office.call("POST", "/notices", {"visit": visit})["id"]
    office.call("POST", f"/notices/{notice}/review", {})
    office.sign(notice)
    school = sign_in(crew.school["code"].lower())
    school.call("POST", f"/unit/notices/{notice}/acknowledge")
    [row] = school.call("GET", f"/unit/notices/{notice}")["items"]
    done = {"cause": "排班疏漏", "measure": "补足人手", "responsible_role": "校长", "result": "已改"}
    part = {"item": row["id"], "finished_on": today(), **done}
    school.call("POST", f"/unit/notices/{notice}/report", {"parts": [part]})

    reviewers = send_crew(6, school=crew.school, kind="review_visit")
    again, phone = reviewers.start(reviewers.leader), reviewers.leader
    applied(phone)
    phone.pull()
    assert phone.store.document("finding", finding)["state"] == "reported"
    decided = phone.do("review", "decide", again, decisions=[{"finding": finding, "result": "closed"}])
    assert said(one(phone, decided)) == ("applied", None)
    twice = phone.do("review", "decide", again, decisions=[{"finding": finding, "result": "returned"}])
    assert said(one(phone, twice)) == ("quarantined", "bad_state")
    assert converged(phone)
    assert phone.store.document("finding", finding)["state"] == "closed"


def test_what_comes_before_its_visit_is_held_and_applied_when_the_visit_begins(send_crew):
    crew = send_crew(1)
    phone, visit = crew.leader, crew.start(crew.leader)
    [start], phone.outbox = phone.outbox, []
    waiting = [answer(phone, visit, **{"TY-01": "yes"}), phone.do("visit", "amend", visit, remarks="先到")]
    photo(phone, visit, "TY-05")
    ops = list(phone.outbox)
    told = phone.push()
    assert {(result["status"], result["waits"]["kind"], result["waits"]["id"]) for result in told.values()} == {
        ("held", "visit", visit)
    }
    phone.pull()
    assert {row["op"]: row["status"] for row in phone.store.all("operation").values()} == dict.fromkeys(told, "held")
    phone.outbox = [start]
    applied(phone)
    assert [result["status"] for result in phone.send(ops)["results"]] == ["applied"] * 3
    phone.pull()
    document = phone.store.document("visit", visit)
    assert (document["answers"]["TY-01"]["rev"], document["details"]["remarks"]) == (1, waiting[1]["data"]["remarks"])
    assert "held" not in {row["status"] for row in phone.store.all("operation").values()}


def test_a_returned_visit_has_another_round_and_the_hash_of_the_first_stays(office, send_crew):
    crew = send_crew(2)
    visit, phone = crew.begun(), crew.leader
    first = submit(phone, visit)
    applied(phone)
    office.call("POST", f"/visits/{visit}/return", {"reason": "请补充人数"})
    phone.pull()
    returned = phone.store.document("visit", visit)
    assert (returned["state"], returned["round"], returned["return_reason"]) == ("returned", 2, "请补充人数")
    answer(phone, visit, **{"TY-02": 4})
    applied(phone)
    phone.pull()
    again = submit(phone, visit)
    applied(phone)
    rounds = office.call("GET", f"/visits/{visit}")["rounds"]
    assert [(row["round"], row["content_hash"]) for row in rounds] == [
        (1, first["data"]["hash"]),
        (2, again["data"]["hash"]),
    ]
    assert first["data"]["hash"] != again["data"]["hash"]
    assert converged(phone)
