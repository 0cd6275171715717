"""Push: custody, then judgement (protocol, Push)."""

import datetime as dt
import gzip
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.models import User
from backend.core import clock
from backend.core.actor import system
from backend.journal import upkeep
from backend.journal.models import AuditLine, FeedRow
from backend.journal.writing import write
from backend.sync.models import Operation, StrayOperation, Verdict
from backend.sync.services.sweeping import sweep
from tests.fixtures.people import Cast, Client
from tests.fixtures.phones import Phone

Grant = Callable[..., None]
SCOPE = "crew:one"


@pytest.fixture(autouse=True)
def granted(grant: Grant, inspector: User, probes: list[str]) -> None:
    grant(inspector, SCOPE)


def put(phone: Phone, object_id: object = "", **data: Any) -> dict[str, Any]:
    return phone.op("probe.put", object_id or uuid.uuid4(), {"scope": SCOPE, **data})


def test_an_operation_is_applied_with_the_revision_of_its_object(phone: Phone) -> None:
    first, second = put(phone, "a", value=1), put(phone, "a", value=2)
    assert phone.push(first)["results"] == [{"op": first["op"], "status": "applied", "rev": 1}]
    answer = phone.push(second)
    assert answer["results"] == [{"op": second["op"], "status": "applied", "rev": 2}]
    assert (answer["have"], answer["missing"], answer["durable"]) == (2, [], None)


def test_what_was_sent_is_kept_word_for_word(phone: Phone) -> None:
    op = put(phone, "a", note="原话")
    phone.push(op)
    assert json.loads(Operation.objects.get().body) == op


def test_a_repeated_push_has_one_effect_and_the_same_answer(phone: Phone, probes: list[str]) -> None:
    op = put(phone, "a")
    answers = [phone.push(op) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert probes == ["a"]
    assert AuditLine.objects.filter(verb="probe.put").count() == 1


def test_one_bad_operation_costs_only_itself(phone: Phone) -> None:
    ops = [put(phone, "a"), put(phone, "b", fail="bug"), put(phone, "c", fail="state"), put(phone, "d")]
    results = phone.push(*ops)["results"]
    assert [(each["status"], each.get("code")) for each in results] == [
        ("applied", None),
        ("error", None),
        ("quarantined", "bad_state"),
        ("applied", None),
    ]
    kept = FeedRow.objects.filter(kind="probe").order_by("object_id").values_list("object_id", flat=True)
    assert list(kept) == ["a", "d"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "nonsense"}, "unknown_kind"),
        ({"data": {"scope": 7}}, "invalid"),
        ({"data": []}, "invalid"),
        ({"n": -3}, "invalid"),
        ({"kind": 12}, "invalid"),
        ({"op": "not-a-uuid"}, "invalid"),
        ({"id": ""}, "invalid"),
        ({"data": {"scope": SCOPE, "fail": "forbidden"}}, "no_permission"),
    ],
)
def test_content_problems_are_quarantined_and_kept_whole(phone: Phone, change: dict[str, Any], code: str) -> None:
    op = put(phone, "x") | change
    good = put(phone, "y")
    results = phone.push(op, good)["results"]
    assert (results[0]["op"], results[0]["status"], results[0]["code"]) == (op["op"], "quarantined", code)
    assert results[1]["status"] == "applied"
    assert op in [json.loads(body) for body in Operation.objects.values_list("body", flat=True)]
    assert phone.push(op)["results"][0] == results[0]


def test_an_operation_waits_for_what_it_needs_and_is_judged_when_it_arrives(phone: Phone) -> None:
    child, parent = put(phone, "child", needs="parent"), put(phone, "parent")
    held = phone.push(child)["results"][0]
    assert (held["status"], held["waits"]) == ("held", {"kind": "probe", "id": "parent"})
    phone.push(parent)
    assert phone.push(child)["results"][0]["status"] == "applied"


def test_something_not_visible_is_answered_like_something_not_there(phone: Phone) -> None:
    op = phone.op("probe.put", "z", {"scope": "crew:of-others"})
    assert phone.push(op)["results"][0]["status"] == "held"


def test_the_phone_hears_what_becomes_of_its_held_operation(phone: Phone, inspector: User) -> None:
    child, parent = put(phone, "child", needs="parent"), put(phone, "parent")
    phone.push(child)
    phone.pull()
    assert phone.documents("operation")[child["op"]]["status"] == "held"
    phone.push(parent)
    phone.pull()
    assert phone.documents("operation")[child["op"]]["status"] == "applied"


def test_a_reused_id_is_kept_and_never_answered_with_the_stored_result(
    phone: Phone, second_phone: Phone, inspector: User
) -> None:
    op = put(phone, "a")
    phone.push(op)
    other = op | {"data": {"scope": SCOPE, "value": 9}}
    assert phone.push(other)["results"] == [{"op": op["op"], "status": "id_reused"}]
    assert second_phone.push(op)["results"] == [{"op": op["op"], "status": "id_reused"}]
    assert StrayOperation.objects.count() == 2
    assert phone.push(op)["results"][0]["status"] == "applied"


def test_gaps_in_the_numbers_are_named(phone: Phone) -> None:
    ops = [put(phone, f"p{place}") for place in range(6)]
    answer = phone.push(ops[0], ops[3], ops[5])
    assert (answer["have"], answer["missing"]) == (1, [2, 3, 5])
    answer = phone.push(ops[1], ops[2])
    assert (answer["have"], answer["missing"]) == (4, [5])
    assert phone.push(ops[4])["have"] == 6


def test_a_failed_operation_is_tried_again_by_the_sweeper(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    op = put(phone, "a", fail="bug")
    with clock.fixed(clock.now()) as hand:
        assert phone.push(op)["results"][0]["status"] == "error"
        hand.move(minutes=2)
        assert sweep() == 1
        assert Verdict.objects.get().tries == 2
        assert sweep() == 0


def test_an_operation_left_without_judgement_by_a_crash_is_judged_by_the_sweeper(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise SystemError("power cut")

    op = put(phone, "a")
    monkeypatch.setattr("backend.sync.services.push.judge", crash)
    assert phone.push(op)["results"][0]["status"] == "error"
    monkeypatch.undo()
    with clock.fixed(clock.now()) as hand:
        hand.move(minutes=1)
        assert sweep() == 1
    assert phone.push(op)["results"][0]["status"] == "applied"


def test_what_was_wrong_with_its_form_is_still_known_after_a_crash(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise SystemError("power cut")

    op = put(phone, "a")
    monkeypatch.setattr("backend.sync.services.push.judge", crash)
    phone.push(op, HTTP_SYNC_DEVICE=str(uuid.uuid4()))
    monkeypatch.undo()
    with clock.fixed(clock.now()) as hand:
        hand.move(minutes=1)
        assert sweep() == 1
    result = phone.push(op)["results"][0]
    assert (result["status"], result["code"]) == ("quarantined", "invalid")


def test_a_revoked_phone_hands_in_its_work_and_it_waits_for_review(phone: Phone, office_client: Client) -> None:
    office_client.post_json(f"/api/v1/devices/{phone.client.device.pk}/revoke")
    result = phone.push(put(phone, "a"))["results"][0]
    assert (result["status"], result["code"]) == ("quarantined", "author_disabled")
    answer = phone.pull_page()
    assert (answer.status_code, answer.json()["code"]) == (403, "deposit_only")


def test_a_sync_device_that_is_not_the_tokens_is_invalid(phone: Phone) -> None:
    result = phone.push(put(phone, "a"), HTTP_SYNC_DEVICE=str(uuid.uuid4()))["results"][0]
    assert (result["status"], result["code"]) == ("quarantined", "invalid")


def test_too_many_operations_are_sent_back_to_be_halved(phone: Phone) -> None:
    ops = [put(phone, f"p{place}") for place in range(201)]
    answer = phone.client.post_json("/api/v1/sync/push", {"ops": ops})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_ops")
    assert Operation.objects.count() == 0


def test_an_operation_over_256_kilobytes_is_quarantined_and_one_over_the_body_limit_is_named(phone: Phone) -> None:
    big = put(phone, "a", note="长" * 100_000)
    result = phone.push(big)["results"][0]
    assert (result["status"], result["code"]) == ("quarantined", "invalid")
    huge = put(phone, "b", note="x" * 1_100_000)
    answer = phone.client.post_json("/api/v1/sync/push", {"ops": [huge]})
    assert (answer.status_code, answer.json()["code"], answer.json()["op"]) == (413, "op_too_large", huge["op"])


def test_bodies_may_be_gzip_and_bombs_are_bounded(phone: Phone) -> None:
    def post(body: bytes) -> Any:
        return phone.client.post(
            "/api/v1/sync/push", body, content_type="application/json", HTTP_CONTENT_ENCODING="gzip"
        )

    good = gzip.compress(json.dumps({"ops": [put(phone, "a")]}).encode())
    assert post(good).json()["results"][0]["status"] == "applied"
    assert post(gzip.compress(b" " * 40_000_000)).status_code == 413
    assert post(good[:-9]).json()["code"] == "malformed_gzip"
    assert post(b"not gzip").json()["code"] == "malformed_gzip"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"ops": 3}', b'{"ops": [1, null, "x", {}]}', b"\xff\xfe", b"[" * 5000]
)
def test_broken_bodies_never_end_in_a_server_error(phone: Phone, body: bytes) -> None:
    answer = phone.client.post("/api/v1/sync/push", body, content_type="application/json")
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert {each["status"] for each in answer.json()["results"]} == {"quarantined"}


def test_schools_do_not_sync(cast: Cast, school_user: User) -> None:
    client = cast.client(school_user)
    for path in ("push", "pull", "offer"):
        answer = client.post_json(f"/api/v1/sync/{path}", {"ops": [], "ids": []})
        assert (answer.status_code, answer.json()["code"]) == (403, "no_sync")


def test_offer_names_what_is_kept_and_not_decided(phone: Phone) -> None:
    """As after a restore: the backup has an operation in custody, and its verdict was written only later."""
    decided, open_here = put(phone, "a"), put(phone, "b")
    phone.push(decided, open_here)
    Verdict.objects.filter(pk=open_here["op"]).delete()
    ids = {"ids": [decided["op"], open_here["op"]]}
    assert phone.client.post_json("/api/v1/sync/offer", ids).json() == {"lack": [open_here["op"]]}
    phone.push(open_here)
    assert phone.client.post_json("/api/v1/sync/offer", ids).json() == {"lack": []}


def test_offer_names_what_the_server_lacks(phone: Phone, second_phone: Phone) -> None:
    op, lost = put(phone, "a"), put(phone, "b")
    phone.push(op)
    answer = phone.client.post_json("/api/v1/sync/offer", {"ids": [op["op"], lost["op"]]})
    assert answer.json() == {"lack": [lost["op"]]}


def test_every_answer_carries_time_and_epoch(phone: Phone) -> None:
    for answer in (phone.pull_page(), phone.client.post_json("/api/v1/sync/push", {"ops": 3})):
        assert answer["Sync-Epoch"] == "e1"
        assert abs(int(answer["Sync-Time"]) - clock.now_ms()) < 60_000


def test_a_text_that_no_database_holds_is_quarantined_and_not_tried_for_ever(phone: Phone) -> None:
    bad, literal = put(phone, "a", note="a\x00b"), put(phone, "b", note="a\\u0000b")
    results = phone.push(bad, literal)["results"]
    assert [(each["status"], each.get("code")) for each in results] == [("quarantined", "invalid"), ("applied", None)]
    assert Operation.objects.get(pk=bad["op"]).body == json.dumps(bad, ensure_ascii=False, separators=(",", ":"))


def test_another_phone_that_uses_the_id_of_a_held_operation_does_not_have_it_judged(
    phone: Phone, second_phone: Phone
) -> None:
    op = put(phone, "a", needs="b")
    assert phone.push(op)["results"][0]["status"] == "held"
    assert second_phone.push(op)["results"][0]["status"] == "id_reused"
    assert Verdict.objects.get().tries == 1


def test_a_stray_under_the_id_of_a_held_operation_does_not_touch_it(phone: Phone) -> None:
    op = put(phone, "a", needs="b")
    assert phone.push(op)["results"][0]["status"] == "held"
    assert phone.push({**op, "kind": "NOT A KIND"})["results"][0]["status"] == "id_reused"
    assert phone.push(op)["results"][0]["status"] == "held"
    phone.push(put(phone, "b"))
    assert phone.push(op)["results"][0]["status"] == "applied"


def test_an_unreadable_operation_counts_as_arrived_under_its_number(phone: Phone) -> None:
    """Else the number would be missing for ever, and every submission of the device would wait for it."""
    poison = {**put(phone, "a"), "kind": "NOT A KIND"}
    answer = phone.push(poison, put(phone, "b"))
    assert [each["status"] for each in answer["results"]] == ["quarantined", "applied"]
    assert (answer["have"], answer["missing"]) == (2, [])


def test_a_phone_hears_once_that_an_operation_is_held_however_often_it_is_looked_at(phone: Phone) -> None:
    op = put(phone, "a", needs="b")
    phone.push(op)
    phone.pull()
    told = phone.documents("operation")[op["op"]]
    with clock.fixed(clock.now()) as hand:
        for _ in range(3):
            hand.move(minutes=2)
            sweep()
            phone.push(op)
        phone.pull()
    assert phone.documents("operation")[op["op"]] == told
    assert upkeep.verify(repair=False).wrong_documents == []


def test_an_operation_may_be_held_for_months(phone: Phone) -> None:
    op = put(phone, "a", needs="b")
    phone.push(op)
    with write(actor=system(phone.client.user.county_id or 0)):
        Verdict.objects.update(tries=2**15 - 1)
    with clock.fixed(clock.now() + dt.timedelta(minutes=2)):
        sweep()
        assert phone.push(op)["results"][0]["status"] == "held"
        phone.push(put(phone, "b"))
        assert phone.push(op)["results"][0]["status"] == "applied"


@pytest.mark.parametrize("named", [2**70, 1.5, [[[1]]], {"a": 2**70}, None])
def test_an_id_of_any_kind_is_answered_for(phone: Phone, named: Any) -> None:
    results = phone.push({**put(phone, "a"), "op": named}, put(phone, "b"))["results"]
    assert [each["status"] for each in results] == ["quarantined", "applied"]
