"""Rounds of odd messages: briefly by the suite, for long by the soak."""

import json
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.sync.registry import registry
from tests.fuzz import oracle
from tests.fuzz.messages import broken, odd_values, pushes, text
from tests.fuzz.world import Field, undone

BRIEF = settings(
    max_examples=60,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # shrinking takes minutes, and a batch is short as it is
)

CLOCK = {"now": 1795370999000, "offset": -7980000, "age": 86400}
SCHEMAS = ["1", "0", "-7", "x", "", "99999999999999999999", "\u0661"]
PAGE = {"epoch", "rows", "drop", "reset", "more", "cursor", "csum", "durable"}


def push_batches(field: Field, rounds: settings) -> None:
    """Batches, some operations as they should be and some broken; read again by the phone and by the office."""
    names = sorted(registry.operations)

    @rounds
    @given(
        ops=pushes(names, field.known),
        clock=st.one_of(st.just(CLOCK), odd_values, broken(CLOCK, field.known.ids)),
        schema=st.sampled_from(SCHEMAS),
        device=st.sampled_from(["own", "none", "other", "nonsense"]),
        packed=st.booleans(),
        again=st.booleans(),
    )
    def run(ops: list[Any], clock: Any, schema: str, device: str, packed: bool, again: bool) -> None:
        how: dict[str, Any] = {"packed": packed, "HTTP_SYNC_SCHEMA": schema}
        own = str(field.phone.client.device.pk)
        if device != "none":
            how["HTTP_SYNC_DEVICE"] = {"own": own, "other": field.known.visit, "nonsense": "\u00ff,;"}[device]
        with undone():
            results = oracle.push(field.phone.client, ops, clock, **how)
            if device not in {"own", "none"}:
                assert {each["status"] for each in results} <= {"quarantined", "id_reused"}
            field.still_whole()
            if again:
                assert oracle.push(field.phone.client, ops, clock, **how) == results

    run()


def _pulled(answer: Any) -> None:
    """A page of the protocol, or a refusal of the protocol."""
    told = json.loads(answer.content)
    match answer.status_code:
        case 200:
            assert set(told) == PAGE
        case 409:
            assert told["code"] == "epoch"
        case 426:
            assert (told["code"], told["min_schema"]) == ("upgrade", 1)
        case _:
            oracle.refused(answer, "invalid")


def pull_pages(field: Field, rounds: settings) -> None:
    phone = field.phone
    valid = {"cursor": phone.cursor, "limit": 50, "csum": phone.sums, "pending": {"ops": 3, "bytes": 700, "oldest": 1}}

    @rounds
    @given(
        st.one_of(broken(valid, field.known.ids), odd_values),
        st.sampled_from(SCHEMAS),
    )
    def run(message: Any, schema: str) -> None:
        with undone():
            body = text(message).encode()
            _pulled(oracle.post(phone.client, oracle.PULL, body, HTTP_SYNC_SCHEMA=schema, HTTP_ACCEPT_ENCODING=""))

    run()


def offer_ids(field: Field, rounds: settings) -> None:
    @rounds
    @given(st.one_of(broken({"ids": field.known.ids}, field.known.ids), odd_values))
    def run(message: Any) -> None:
        answer = oracle.post(field.phone.client, oracle.OFFER, text(message).encode())
        if answer.status_code == 200:
            assert set(json.loads(answer.content)) == {"lack"}
        else:
            oracle.refused(answer, "invalid")

    run()
