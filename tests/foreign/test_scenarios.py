"""Work handed in, as a client sees it that was written from docs/sync-protocol.md alone, against a real process."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.foreign.client import Phone, uuid7
from tests.foreign.content import content_hash, offline_hash
from tests.foreign.crew import (
    Crew,
    answer,
    applied,
    converged,
    one,
    photo,
    said,
    same_but_ids,
)
from tests.foreign.store import Document


def a_day_alone(crew: Crew) -> tuple[str, str, Document]:
    """All that one leader can do without a network, submit included: the visit, its hash, the states of its findings."""
    leader = crew.leader
    leader.do("assignment", "accept", crew.assignment)
    leader.do("assignment", "depart", crew.assignment)
    visit = crew.start(leader)
    crew.inspect(leader, visit)
    leader.do("visit", "sample", visit, classes=[{"grade": 3, "number": 2, "pupils": [4, 17]}])
    leader.do("visit", "amend", visit, remarks="放学时段到访", cards=["演督-0401"])
    kept, withdrawn = uuid7(), uuid7()
    leader.do("finding", "record", kept, visit=visit, item="TY-02", text="人数不足")
    leader.do("finding", "record", withdrawn, visit=visit, item="TY-03", text="误记")
    leader.do("finding", "amend", kept, item="TY-02", text="到场仅一人", answer_key="TY-02")
    leader.do("finding", "withdraw", withdrawn, reason="误记")
    leader.do("visit", "alarm", visit, text="围墙有倒塌危险")
    digest = offline_hash(visit, [["TY", 1]], leader.outbox)
    leader.do("visit", "submit", visit, hash=digest, upto=leader.n)
    return visit, digest, {kept: "recorded", withdrawn: "withdrawn"}


def errands(leader: Phone, given_back: Crew, called_off: Crew) -> int:
    """What is done beside a visit; the number up to which the inbox was read."""
    leader.do("assignment", "decline", given_back.assignment, reason="同日另有任务")
    leader.do("visit", "cancel", called_off.start(leader), reason="学校停课")
    newest, row = max(leader.store.all("inbox").items(), key=lambda row: int(row[1]["seq"]))
    leader.do("inbox", "read", newest, upto=row["seq"])
    leader.do("target", "report", uuid7(), name="无证托管点乙", address="东街")
    return int(row["seq"])


def sent_twice_in_disorder(phone: Phone) -> list[str]:
    """Push the outbox shuffled and doubled; every copy must be told the same. The statuses in the order of `n`."""
    ops, phone.outbox = phone.outbox, []
    twice = ops + ops
    random.Random(11).shuffle(twice)
    told = phone.send(twice)
    results = {result["op"]: result for result in told["results"]}
    assert told["results"] == [results[op["op"]] for op in twice]
    assert (told["have"], told["missing"]) == (phone.n, [])
    assert phone.send(ops)["results"] == [results[op["op"]] for op in ops]
    return [results[op["op"]]["status"] for op in ops]


def test_whole_visits_of_two_phones_sent_out_of_order_and_twice_are_applied_once(office, send_crew):
    crew, barred, called_off = send_crew(4), send_crew(4), send_crew(4)
    alone, given_back = send_crew(4, depart=False), send_crew(4, depart=False)
    leader, member = crew.leader, crew.member
    alone.leader = leader
    leader.pull()
    own, digest, states = a_day_alone(alone)
    read = errands(leader, given_back, called_off)
    first, second, found = crew.start(leader), crew.start(member), uuid7()
    crew.arrive(leader, first)
    answer(leader, first, **{"TY-01": "yes"})
    crew.arrive(member, second)
    answer(member, second, **{"TY-04": "no"})
    member.do("finding", "record", found, visit=second, item="TY-04", text="须核实")
    member.do("recusal", "declare", barred.assignment, kind="near_relative", reason="亲属任教")

    assert set(sent_twice_in_disorder(leader)) == {"applied"}
    assert sent_twice_in_disorder(member) == ["merged", "applied", "applied", "applied", "applied"]

    assert converged(leader)
    assert converged(member)
    done, joined = leader.store.document("visit", own), leader.store.document("visit", first)
    assert (done["state"], done["content_hash"], done["round"]) == ("submitted", digest, 1)
    assert content_hash(leader.store, own) == digest
    assert leader.store.document("visit", second)["same_as"] == first
    assert {key: (row["rev"], row["by"]) for key, row in joined["answers"].items()} == {
        "TY-01": (1, leader.user["id"]),
        "TY-04": (1, member.user["id"]),
    }
    findings = {key: row for key, row in leader.store.all("finding").items() if row["visit"] in (own, first)}
    assert {key: row["state"] for key, row in findings.items()} == states | {found: "recorded"}
    assert findings[found]["visit"] == first
    suspected = [row["name"] for row in leader.store.all("target").values() if row["kind"] == "suspected_site"]
    assert suspected == ["无证托管点乙"]
    inbox = leader.store.all("inbox").values()
    assert {row["seq"]: row["read"] for row in inbox} == {row["seq"]: row["seq"] <= read for row in inbox}
    gone = {("assignment", given_back.assignment), ("assignment", called_off.assignment)}
    assert gone & leader.store.rows.keys() == set()
    assert ("assignment", barred.assignment) not in member.store.rows
    messages = office.call("GET", "/inbox")["items"]
    assert len([row for row in messages if row["subject"]["id"] == own and "alarm" in row["kind"]]) == 1


def test_a_lost_answer_and_a_resend_give_equal_results(send_crew):
    crew = send_crew(5)
    visit = crew.start(crew.leader)
    crew.inspect(crew.leader, visit)
    crew.leader.do("visit", "amend", uuid7(), remarks="不存在的到访")
    batch = list(crew.leader.outbox)
    lost = crew.leader.send(batch)
    assert list(crew.leader.push().values()) == lost["results"]
    assert crew.leader.send(batch[::-1])["results"] == lost["results"][::-1]
    assert converged(crew.leader)


def test_ten_identical_pushes_at_once_have_one_effect_and_ten_equal_answers(office, send_crew):
    crew = send_crew(6)
    visit = crew.start(crew.leader)
    crew.arrive(crew.leader, visit)
    for number in range(5):
        crew.leader.do("finding", "record", uuid7(), visit=visit, item="TY-02", text=f"第{number}条")
    batch, together = list(crew.leader.outbox), Barrier(10)

    def push(_: int) -> list[Document]:
        together.wait(30)
        return list(crew.leader.send(batch)["results"])

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(push, range(10)))
    assert answers == [answers[0]] * 10
    assert [result["status"] for result in answers[0]] == ["applied"] * 7
    findings = office.call("GET", f"/visits/{visit}")["findings"]
    assert sorted(row["number"] for row in findings) == [1, 2, 3, 4, 5]
    assert converged(crew.leader)


def test_work_on_an_invisible_visit_is_answered_like_work_on_nothing(send_crew, sign_in):
    crew = send_crew(9)
    visit = crew.begun()
    finding = uuid7()
    crew.leader.do("finding", "record", finding, visit=visit, item="TY-02", text="人数不足")
    applied(crew.leader)
    crew.leader.pull()
    before = crew.leader.store.document("visit", visit)
    stranger = sign_in("t10_a")

    def tell(hidden: str, found: str, sent: str, file: str) -> list[Document]:
        answer(stranger, hidden, **{"TY-04": "yes"})
        stranger.do("visit", "amend", hidden, remarks="外人")
        stranger.do("visit", "submit", hidden, hash="0" * 64)
        stranger.do("visit", "start", uuid7(), assignment=sent, rev=1)
        stranger.do("finding", "record", uuid7(), visit=hidden, item="TY-02", text="外人")
        stranger.do("finding", "amend", found, item="TY-02", text="外人")
        stranger.do("finding", "withdraw", found, reason="外人")
        stranger.do("assignment", "accept", sent)
        stranger.do("inbox", "read", file, upto=1)
        photo(stranger, hidden, "TY-05")
        return [same_but_ids(result) for result in stranger.push().values()]

    inbox = next(iter(crew.leader.store.all("inbox")))
    real = tell(visit, finding, crew.assignment, inbox)
    nothing = tell(uuid7(), uuid7(), uuid7(), uuid7())
    assert real == nothing
    assert [said(result) for result in nothing if result["status"] != "held"] == [("quarantined", "late_assignment")]
    crew.leader.pull()
    assert crew.leader.store.document("visit", visit) == before
    assert converged(stranger)


def test_bad_operations_are_quarantined_with_their_codes_and_a_good_one_beside_them_is_applied(send_crew):
    crew = send_crew(11)
    visit = crew.begun()
    phone = crew.leader
    wrong = {
        "unknown_kind": [phone.do("dance", "begin", uuid7()), phone.do("visit", "dance", visit)],
        "bad_state": [phone.do("assignment", "decline", crew.assignment, reason="已经到校")],
        "invalid": [
            phone.do("visit", "amend", visit, remarks=5),
            phone.do("visit", "amend", "no-uuid", remarks="x"),
            phone.do("visit", "cancel", visit),
            answer(phone, visit, **{"TY-99": "yes"}),
            answer(phone, visit, **{"TY-02": "很多"}),
            phone.do("finding", "record", uuid7(), visit=visit, item="TY-02", severity="veto", text="上调"),
            phone.do("evidence", "add", uuid7(), visit=visit, sha256="zz", size=1, filetype="image/jpeg"),
            phone.do("visit", "amend", visit, remarks="长" * 100_000),
        ],
    }
    good = answer(phone, visit, **{"TY-02": 4})
    forbidden = crew.member.do("assignment", "depart", crew.assignment)
    assert said(one(crew.member, forbidden)) == ("quarantined", "no_permission")
    told = phone.push()
    for code, ops in wrong.items():
        assert [said(told[op["op"]]) for op in ops] == [("quarantined", code)] * len(ops)
    assert all(told[op["op"]].keys() >= {"path", "msg"} for op in wrong["invalid"])
    assert told[good["op"]]["status"] == "applied"
    phone.pull()
    fates = {row["op"]: (row["status"], row["code"]) for row in phone.store.all("operation").values()}
    assert fates == {op["op"]: ("quarantined", code) for code, ops in wrong.items() for op in ops}
    assert phone.store.document("visit", visit)["answers"]["TY-02"]["value"] == 4


def test_who_declared_to_stay_away_may_not_begin(send_crew):
    crew = send_crew(11)
    crew.member.do("recusal", "declare", crew.assignment, kind="own_employer")
    applied(crew.member)
    visit = crew.start(crew.member)
    assert said(crew.member.push()[crew.member.kept[-1]["op"]]) == ("quarantined", "late_assignment")
    crew.leader.pull()
    assert ("visit", visit) not in crew.leader.store.rows


def test_an_older_answer_or_finding_that_arrives_late_does_not_override_the_newer_one(send_crew):
    crew = send_crew(9)
    visit, phone, finding = crew.begun(), crew.leader, uuid7()
    phone.do("finding", "record", finding, visit=visit, item="TY-02", text="一")
    applied(phone)
    older = [answer(phone, visit, **{"TY-02": 5}), phone.do("finding", "amend", finding, item="TY-02", text="二")]
    phone.outbox.clear()
    answer(phone, visit, **{"TY-02": 6})
    phone.do("finding", "amend", finding, item="TY-02", text="三")
    applied(phone)
    phone.send(older)
    phone.pull()
    assert phone.store.document("visit", visit)["answers"]["TY-02"]["value"] == 6
    assert phone.store.document("visit", visit)["conflicts"] == {}
    assert phone.store.document("finding", finding)["text"] == "三"


def test_an_older_word_on_the_visit_that_arrives_late_does_not_override_the_newer_one(send_crew):
    crew = send_crew(9)
    visit, phone = crew.begun(), crew.leader

    def say(word: str, number: int) -> list[Document]:
        phone.do("visit", "amend", visit, remarks=word)
        phone.do("visit", "feedback", visit, text=word)
        phone.do("visit", "sample", visit, classes=[{"grade": number, "number": number}])
        phone.do("visit", "check_in", visit, reason=word)
        phone.do("visit", "sign", visit, refused=word)
        ops = list(phone.outbox)
        phone.outbox.clear()
        return ops

    older, newer = say("旧", 1), say("新", 2)
    phone.send(newer)
    phone.pull()
    before = phone.store.document("visit", visit)
    phone.send(older)
    phone.pull()
    after = phone.store.document("visit", visit)
    for part in ("details", "feedback", "sample", "check_in", "signatures"):
        assert after[part] == before[part]


def test_a_batch_that_is_too_large_is_halved_and_a_monster_is_set_aside(send_crew):
    phone = send_crew(10).leader
    for number in range(8):
        phone.do("target", "report", uuid7(), name=f"托管点{number}", padding="x" * 200_000)
    monster = phone.do("target", "report", uuid7(), name="过大", padding="x" * 1_200_000)
    applied(phone)
    assert (phone.aside, phone.outbox, len(phone.offer([op["op"] for op in [*phone.kept, monster]]))) == (
        [monster],
        [],
        1,
    )
    phone.pull()
    names = [row["name"] for row in phone.store.all("target").values() if row["kind"] == "suspected_site"]
    assert sorted(names) == [f"托管点{number}" for number in range(8)]


def test_an_id_used_again_for_something_else_is_told_so_and_changes_nothing(send_crew):
    crew = send_crew(12)
    visit = crew.begun()
    first = crew.leader.do("visit", "amend", visit, remarks="第一")
    stored = one(crew.leader, first)
    other = first | {"data": {"remarks": "第二"}}
    assert said(crew.leader.send([other])["results"][0]) == ("id_reused", None)
    assert said(crew.member.send([first])["results"][0]) == ("id_reused", None)
    assert crew.leader.send([first])["results"] == [stored]
    crew.leader.pull()
    assert crew.leader.store.document("visit", visit)["details"]["remarks"] == "第一"


def test_an_offer_names_what_the_server_lacks(send_crew):
    phone = send_crew(13).leader
    phone.do("target", "report", uuid7(), name="无证托管点丙")
    unsent = phone.outbox.pop()
    known = [op["op"] for op in phone.kept]
    assert len(known) == 2
    assert phone.offer([*known, unsent["op"]]) == [unsent["op"]]
    phone.kept.append(unsent)
    assert phone.repair() == [unsent["op"]]
    applied(phone)
    assert phone.offer([*known, unsent["op"]]) == []


def test_the_fate_of_a_contradicting_operation_does_not_spoil_the_sum_of_its_author(send_crew):
    crew = send_crew(7)
    visit = crew.begun()
    answer(crew.leader, visit, **{"TY-03": "no"})
    applied(crew.leader)
    one(crew.member, answer(crew.member, visit, **{"TY-03": "yes"}))
    assert converged(crew.member)
