"""Whatever a phone sends: no 500, no operation lost, no answer outside the protocol (issue of bad input)."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings

from backend.sync.registry import registry
from tests.fixtures.phones import Phone
from tests.fuzz import oracle
from tests.fuzz.messages import Known, Twice, Word, broken, operation, payloads, text
from tests.fuzz.rounds import BRIEF, push_batches
from tests.fuzz.world import Field, undone

OP = "01980000-0000-7000-8000-0000000000%02x"


def test_there_is_a_valid_message_of_every_operation(field: Field) -> None:
    assert set(payloads(field.known)) == set(registry.operations)


def test_the_valid_messages_are_understood(field: Field) -> None:
    """What is broken below begins as something that a handler reads to its end."""
    told = {}
    for number, name in enumerate(sorted(registry.operations)):
        with undone():
            result = oracle.push(field.phone.client, [operation(name, field.known, op=OP % number, n=1)])[0]
            told[name] = (result["status"], result.get("code"))
    assert {name: each for name, each in told.items() if each[1] in {"invalid", "unknown_kind"}} == {}


def test_batches_with_faults_of_every_kind(field: Field) -> None:
    push_batches(field, BRIEF)


def test_one_fault_in_every_operation(field: Field) -> None:
    for name in sorted(registry.operations):

        @settings(BRIEF, max_examples=6)
        @given(broken(operation(name, field.known, op=OP % 1, n=1), field.known.ids, most=1))
        def run(op: Any) -> None:
            with undone():
                oracle.push(field.phone.client, [op])
                field.still_whole()

        run()


POISON: dict[str, Any] = {
    "a number no double holds": Word("1e400"),
    "half of a surrogate pair": "\ud83d",
    "nesting of 6000": Word("[" * 6000 + "]" * 6000),
    "a number of 400 digits": Word("9" * 400),
    "a key that comes twice": Twice(Word("1e400"), 1),
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_what_no_parser_holds_costs_one_operation_at_most(field: Field, poison: Any) -> None:
    good = _amend(field.known, 2)
    for member in ("op", "n", "kind", "id", "at", "data", "future"):
        with undone():
            results = oracle.push(field.phone.client, [_amend(field.known, 1) | {member: poison}, good])
            assert results[1]["status"] == "applied", member
            if member not in {"data", "future"} and not isinstance(poison, Twice):
                assert (results[0]["status"], results[0]["code"]) == ("quarantined", "invalid"), member
    with undone():
        clock = {"now": poison, "offset": poison}
        assert oracle.push(field.phone.client, [good], clock)[0]["status"] == "applied"


@pytest.mark.parametrize(
    "poison", [Word("1e400"), "\ud83d", Word("[" * 6000 + "]" * 6000)], ids=["1e400", "half", "deep"]
)
def test_a_poisoned_operation_keeps_its_id_and_its_number(phone: Phone, poison: Any) -> None:
    """Else its number would be missing for ever, and its phone could not tell which one was answered."""
    bad = phone.op("visit.amend", OP % 9) | {"kind": poison}
    answer = json.loads(oracle.post(phone.client, oracle.PUSH, f'{{"ops":[{text(bad)}]}}'.encode()).content)
    assert (answer["results"][0]["op"], answer["have"], answer["missing"]) == (bad["op"], 1, [])


def _amend(known: Known, number: int) -> dict[str, Any]:
    op = operation("visit.amend", known, op=OP % number, n=number)
    op["data"] = {"remarks": f"第{number}次"}
    return op


@pytest.mark.parametrize(
    "body",
    [b'{"ops":[NaN]}', b'{"ops":[Infinity]}', b'{"ops":[01]}', b'{"ops":[1,]}', b'{"ops":["\\ud800"}', b"\x00", b"[]"],
)
def test_a_body_that_is_not_json_is_refused_whole(phone: Phone, body: bytes) -> None:
    oracle.refused(oracle.post(phone.client, oracle.PUSH, body), "invalid")


@pytest.mark.parametrize("raw", [b'"\xff"', b'{"op":"\xff"}', b'{"id":"\xed\xa0\x80"}'])
def test_bytes_that_are_no_text_are_kept_too(phone: Phone, raw: bytes) -> None:
    answer = oracle.post(phone.client, oracle.PUSH, b'{"ops":[' + raw + b"]}")
    assert [each["status"] for each in json.loads(answer.content)["results"]] == ["quarantined"]
    oracle.in_custody(["base64:" + base64.b64encode(raw).decode()])
