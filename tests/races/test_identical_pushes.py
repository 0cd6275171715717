"""Fifty identical pushes at once: one effect, fifty equal answers (protocol, Push)."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from backend.core.ids import uuid7
from backend.inspections.models import AnswerRevision, Evidence, Finding, Visit
from backend.journal.models import AuditLine, FeedRow
from backend.sync.models import DeviceLog, Operation, StrayOperation, Verdict
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork
from tests.races.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

CALLERS = 50


def visit_ops(phone: Phone, assignment: object) -> list[dict[str, Any]]:
    """A visit as it lies in an outbox after a day without a network."""
    visit, finding = str(uuid7()), str(uuid7())
    fact = {"visit": visit, "sha256": "a" * 64, "size": 100, "filetype": "image/jpeg", "finding": finding}
    return [
        phone.op("visit.start", visit, {"assignment": str(assignment), "rev": 1}),
        phone.op("visit.check_in", visit, {"reason": "地下室无定位"}),
        phone.op("answer.set", visit, {"answers": {"TY-01": {"value": "yes"}, "TY-02": {"value": 1}}}),
        phone.op("finding.record", finding, {"visit": visit, "item": "TY-02", "text": "到场人数不足。"}),
        phone.op("evidence.add", uuid7(), fact),
        phone.op("answer.set", visit, {"answers": {"TY-01": {"value": "no"}}}),
    ]


def pushing(phone: Phone, ops: list[dict[str, Any]]) -> Callable[[], Any]:
    def push() -> Any:
        answer = phone.client.post_json("/api/v1/sync/push", {"ops": ops})
        return answer.status_code, answer.json()

    return push


def test_fifty_identical_pushes_have_one_effect_and_fifty_equal_answers(cast: Cast, fieldwork: Fieldwork) -> None:
    assignment = fieldwork.released()
    device = cast.client(assignment.leader)
    callers = [Phone(cast.client(assignment.leader, device.device.pk)) for _ in range(CALLERS)]
    ops = visit_ops(Phone(device), assignment.pk)

    answers = at_once(*[pushing(phone, ops) for phone in callers])

    assert answers == [answers[0]] * CALLERS
    status, body = answers[0]
    assert (status, [result["status"] for result in body["results"]]) == (200, ["applied"] * len(ops))
    assert (body["have"], body["missing"]) == (len(ops), [])
    assert (Operation.objects.count(), Verdict.objects.count(), StrayOperation.objects.count()) == (6, 6, 0)
    assert (Visit.objects.count(), Finding.objects.count(), Evidence.objects.count()) == (1, 1, 1)
    words = AnswerRevision.objects.order_by("n", "key").values_list("key", "n", "rev")
    assert list(words) == [("TY-01", 3, 1), ("TY-02", 3, 1), ("TY-01", 6, 2)]
    lines = AuditLine.objects.filter(device_id=device.device.pk).exclude(kind="device")
    assert max(Counter(lines.values_list("verb", "kind", "object_id", "detail__fields")).values()) <= 2
    assert lines.filter(verb="visit.started").count() == lines.filter(verb="finding.recorded").count() == 1


def test_the_chain_of_the_device_holds_each_operation_once(cast: Cast, fieldwork: Fieldwork) -> None:
    assignment = fieldwork.released()
    device = cast.client(assignment.leader)
    callers = [Phone(cast.client(assignment.leader, device.device.pk)) for _ in range(8)]
    ops = visit_ops(Phone(device), assignment.pk)
    at_once(*[pushing(phone, ops) for phone in callers])
    log = DeviceLog.objects.get(device_id=device.device.pk)
    links = set(Operation.objects.filter(device_id=device.device.pk).values_list("chain", flat=True))
    assert (len(links), log.chain in links, log.have, log.top) == (len(ops), True, len(ops), len(ops))
    assert FeedRow.objects.filter(kind="visit").count() == 1
