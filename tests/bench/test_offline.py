"""The visit that pushing is measured with is a real one: the product applies all of it."""

import gzip
import random
from collections import Counter

from backend.core import codec
from backend.inspections.models import ChecklistTemplate
from bench.offline import CHECKLISTS, Errand, Handset, OfflineVisit, pushes, request
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork

MADE_OF = {
    "visit.start": 1,
    "visit.check_in": 1,
    "visit.sample": 1,
    "answer.set": 5,
    "evidence.add": 12,
    "finding.record": 3,
    "visit.submit": 1,
}


def errand(fieldwork: Fieldwork) -> tuple[Errand, Phone]:
    assignment = fieldwork.released(templates=CHECKLISTS)
    phone = Phone(fieldwork.cast.client(assignment.leader))
    pairs = [(str(code), int(version)) for code, version in assignment.templates]
    return Errand(str(assignment.pk), 1, pairs, "primary", list(range(1, 7)), 108.7132, 30.9322, 0), phone


def visit_of(made: Errand, first: int = 1) -> OfflineVisit:
    templates = [row.parsed for row in ChecklistTemplate.objects.filter(code__in=CHECKLISTS)]
    return OfflineVisit(made, templates, first, random.Random(3))


def test_every_operation_of_the_visit_is_applied_and_its_hash_agrees(fieldwork: Fieldwork) -> None:
    made, phone = errand(fieldwork)
    answer = phone.client.post_json("/api/v1/sync/push", codec.loads(visit_of(made).body()))
    assert {(result["status"], result.get("code")) for result in answer.json()["results"]} == {("applied", None)}
    assert answer.json()["missing"] == []


def test_the_visit_has_the_operations_and_answers_that_it_promises(fieldwork: Fieldwork) -> None:
    visit = visit_of(errand(fieldwork)[0], first=40)
    ops = codec.loads(visit.body())["ops"]
    assert Counter(f"{op['kind']}.{op['verb']}" for op in ops) == MADE_OF
    assert sum(len(op["data"]["answers"]) for op in ops if op["kind"] == "answer") == 60
    assert [op["n"] for op in ops] == list(range(40, 64))


def test_a_phone_numbers_its_visits_on_and_sends_them_gzipped(fieldwork: Fieldwork) -> None:
    made, _ = errand(fieldwork)
    handset = Handset(1, "device", "token", [made, made])
    templates = [row.parsed for row in ChecklistTemplate.objects.filter(code__in=CHECKLISTS)]
    first, second = pushes(handset, templates, random.Random(1))
    assert (codec.loads(first)["ops"][0]["n"], codec.loads(second)["ops"][0]["n"], handset.n) == (1, 25, 48)
    head, _, body = request("/api/v1/sync/push", handset, first, Other="1").partition(b"\r\n\r\n")
    assert gzip.decompress(body) == first
    assert b"Other: 1" in head
    assert f"Content-Length: {len(body)}".encode() in head
