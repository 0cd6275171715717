"""Pushes at the same instant (real threads; PostgreSQL lets them truly meet)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from backend.accounts.models import User
from backend.journal.models import AuditLine
from backend.sync.models import Operation, StrayOperation
from tests.fixtures.phones import Phone

pytestmark = pytest.mark.django_db(transaction=True)

SCOPE = "crew:one"


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of them as nearly at the same time as threads can; their answers in order."""
    answers: list[Any] = [None] * len(deeds)
    gate = threading.Barrier(len(deeds))

    def run(place: int, deed: Callable[[], Any]) -> None:
        try:
            gate.wait()
            answers[place] = deed()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def pushing(phone: Phone, op: dict[str, Any]) -> Callable[[], Any]:
    def push() -> Any:
        answer = Phone(phone.client).client.post_json("/api/v1/sync/push", {"ops": [op]})
        return answer.status_code, answer.json()

    return push


def test_ten_identical_pushes_have_one_effect_and_ten_equal_answers(
    phone: Phone, inspector: User, grant: Callable[..., None], probes: list[str]
) -> None:
    grant(inspector, SCOPE)
    op = phone.op("probe.put", "a", {"scope": SCOPE})
    answers = at_once(*[pushing(phone, op)] * 10)
    assert answers == [answers[0]] * 10
    assert answers[0][1]["results"] == [{"op": op["op"], "status": "applied", "rev": 1}]
    assert AuditLine.objects.filter(verb="probe.put").count() == 1


def test_two_devices_with_one_id_are_both_answered(
    phone: Phone, second_phone: Phone, inspector: User, grant: Callable[..., None], probes: list[str]
) -> None:
    grant(inspector, SCOPE)
    for step in range(5):
        op = phone.op("probe.put", f"p{step}", {"scope": SCOPE})
        answers = at_once(pushing(phone, op), pushing(second_phone, op))
        assert [status for status, _ in answers] == [200, 200]
        assert sorted(body["results"][0]["status"] for _, body in answers) == ["applied", "id_reused"]
    assert (Operation.objects.count(), StrayOperation.objects.count()) == (5, 5)


def test_a_database_that_cannot_serve_is_told_as_503_with_a_time_to_wait(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("backend.sync.services.push.take", locked)
    answer = phone.client.post_json("/api/v1/sync/push", {"ops": [phone.op("probe.put", "a", {"scope": SCOPE})]})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "busy", "2")
